"""podman-compose's options before the command that take a value, and Docker Compose has not.

Here are only their names, for those who may not import Typer.
"""

from __future__ import annotations

IN_VAIN = tuple(
    f"--podman-{name}-args"
    for name in ("pull", "push", "inspect", "run", "start", "stop", "rm", "volume")
)
"""Flags of podman's commands that composer does not call: it speaks to Podman's service."""

VALUES = (
    *("--in-pod", "--pod-args", "--podman-path", "--podman-args", "--podman-build-args"),
    *IN_VAIN,
)
