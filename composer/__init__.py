"""composer: a Compose Specification orchestrator for Podman."""

__version__ = "0.1.0"
