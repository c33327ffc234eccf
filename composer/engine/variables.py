"""Environment variables that say how the ``podman`` program is called."""

ARGUMENTS = "COMPOSER_PODMAN_ARGS"
"""Flags for every call of a local ``podman`` (``--root DIR`` …)."""
BUILD_ARGUMENTS = "COMPOSER_PODMAN_BUILD_ARGS"
"""Flags for every ``podman build``."""
PROGRAM = "COMPOSER_PODMAN"
"""The path of ``podman``, in place of the first one on ``PATH``."""
