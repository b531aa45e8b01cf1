"""The W3C VC API: credentials of trusted systems issued, and credentials and presentations of anybody verified."""
