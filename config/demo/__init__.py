"""The demo school: fictional throughout. Its catalog is data of this package; its people come from a seeded generator."""
