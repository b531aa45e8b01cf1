"""The commands of issuing, the only writers. Grouped by subject; import this package: `from issuance import services`."""
