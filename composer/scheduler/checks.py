"""Runs the health check of a container at its interval, where Podman has no timers to do it.

Podman's timers are systemd's. Without them nobody runs checks but a command that waits; ``up``, as
long as it is attached, does so for its containers.
"""

from __future__ import annotations

import threading

from composer.engine.api import Engine
from composer.errors import EngineError

INTERVAL = 30.0
"""Seconds between two checks where the container does not say."""
SHORTEST = 0.1
GONE = 404


def keep_checking(engine: Engine, container: str, stopped: threading.Event) -> None:
    """Run the check of ``container`` once an interval, until ``stopped`` or the container is gone.

    One that has no check is left alone; while one does not run, there is nothing to check.
    """
    while True:
        try:
            detail = engine.inspect(container)
            if not detail.has_healthcheck:
                return
            if detail.status == "running":
                engine.run_healthcheck(container)
            interval = detail.health_config.get("Interval", 0) / 1e9 or INTERVAL
        except EngineError as error:
            if error.status == GONE:
                return
            interval = INTERVAL
        if stopped.wait(max(interval, SHORTEST)):
            return
