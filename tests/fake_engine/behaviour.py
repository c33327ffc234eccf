"""What a test says that containers do."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Behaviour:
    """What containers of one service (or one container, by name) do once they run."""

    healthy_after: int | None = None
    """Number of health checks until one passes; None: it has no health check."""
    interval: int = 1_000_000_000
    """Nanoseconds between two checks."""
    unhealthy_after: int | None = None
    """Number of failed checks after which it counts as unhealthy; None: it stays ``starting``."""
    exits_with: int | None = None
    """It exits with this code: at once, or after ``exits_after`` looks at it."""
    exits_after: int = 0
    logs: list[bytes] = field(default_factory=list)
