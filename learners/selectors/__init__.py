"""Reads that give a computed value, grouped by subject."""
