"""Benchmarks: composer, its peers and the bare API on one Podman, in turn. See ``make bench``."""
