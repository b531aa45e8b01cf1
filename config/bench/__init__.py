"""Benchmarks. Every figure is taken beside its floor: what the same machine does in the same run with no work of ours."""
