"""``port``: where a container's port is published."""

from __future__ import annotations

import sys

from composer.errors import ComposerError
from composer.usecases.containers import running_replica
from composer.usecases.context import Context


def port(
    ctx: Context, service: str, private: int, *, protocol: str = "tcp", index: int | None = None
) -> int:
    """Print the address and port that ``private`` is published on. Returns the exit code."""
    from composer.ui.ports import host_address

    container = running_replica(ctx, service, index)
    ports = sorted(container.ports, key=lambda p: (p.container_port, p.protocol))
    published = [p for p in ports if p.host_port]
    for found in published:
        if (found.container_port, found.protocol) == (private, protocol):
            address = host_address(found)
            host = f"[{address}]" if ":" in address else address
            sys.stdout.write(f"{host}:{found.host_port}\n")
            return 0
    there = ", ".join(f"{p.container_port}/{p.protocol}" for p in published) or "none"
    raise ComposerError(
        f"{container.name} does not publish {private}/{protocol}",
        hint=f"Its published ports: {there}.",
    )
