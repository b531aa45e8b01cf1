"""The processes of one machine: embedded PostgreSQL and Redis, the supervisor, and where their files are.

`paths` is pure and may be imported by settings. Nothing in this package reads Django's settings, so the services can be
started before they are loaded.
"""
