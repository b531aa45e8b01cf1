"""What people fill in: one module for each page or desk."""
