"""The commands of earning, the only writers. Grouped by subject; import this package: `from learners import services`."""
