"""The processes of one machine: embedded PostgreSQL and Redis, the supervisor, and where their files are.

`paths` is pure and may be imported by settings. Nothing in this package imports Django, so the services can be started
before settings are loaded.
"""
