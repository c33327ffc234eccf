"""Waiting for a container's end, and checking its health."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from composer.engine.detail import inspect
from composer.engine.libpod import Libpod, Query, segment
from composer.state import HealthResult

_POLL_SECONDS = 0.2
_ALIVE = ("running", "paused", "stopping", "restarting")


def wait_exit(libpod: Libpod, container: str, stop: Callable[[], bool]) -> int | None:
    """POST /libpod/containers/{name}/wait; the exit code, None when ``stop`` said so first.

    ``stop`` is asked five times a second.
    """
    path = f"/containers/{segment(container)}/wait"
    query: Query = {"condition": ["stopped", "exited"], "interval": "50ms"}
    while True:
        state = inspect(libpod, container).state
        if state.status not in _ALIVE:
            return state.exit_code
        with libpod.stream("POST", path, query, what=f"wait for {container}") as answer:
            while (data := answer.read(_POLL_SECONDS)) is None:
                if stop():
                    return None
        # Podman 4.3 answers -1 for one that is already being removed; ask again for the truth.
        if data.strip().isdigit():
            return int(data)


class _Health(msgspec.Struct, rename="pascal"):
    status: str = ""


def run_healthcheck(libpod: Libpod, container: str) -> HealthResult:
    """GET /libpod/containers/{name}/healthcheck.

    The answer tells how this run ended; what the engine makes of it (retries, start period) is in
    the container.
    """
    path = f"/containers/{segment(container)}/healthcheck"
    passed = libpod.get(path, kind=_Health, what=f"check {container}").status == "healthy"
    counted = inspect(libpod, container).state.health
    last = counted.log[-1].output.strip() if counted and counted.log else ""
    return HealthResult(status=counted.status if counted else "", passed=passed, output=last)
