"""The professions of the school; their home is the catalog, whose items admit them."""

from credentials.professions import BY_KEY, PROFESSIONS, find

__all__ = ["BY_KEY", "PROFESSIONS", "find"]
