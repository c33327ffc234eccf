"""Runs the health check of a container at its interval, where Podman has no timers to do it.

Podman's timers are systemd's. Without them nobody runs checks but a command that waits; ``up``, as
long as it is attached, does so for its containers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from composer.engine.api import Engine
from composer.errors import EngineError
from composer.scheduler.conditions import probe_command
from composer.spec.units import nanoseconds

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


def keep_alive(
    engine: Engine,
    container: str,
    check: Mapping[str, Any],
    stopped: threading.Event,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Restart ``container`` whenever ``check`` has failed as often as it may, until ``stopped``.

    Failures count once it has passed, the container is healthy, or the start period is over; after
    each restart anew.
    """
    command = probe_command(check["test"])
    interval = max(nanoseconds(str(check.get("interval", "30s"))) / 1e9, SHORTEST)
    allowed = int(check.get("retries", 3))
    grace = nanoseconds(str(check.get("start_period", "0s"))) / 1e9
    failures, counts_from = 0, clock() + grace
    while not stopped.wait(interval):
        try:
            detail = engine.inspect(container)
            if detail.status != "running":
                failures, counts_from = 0, clock() + grace
            elif engine.probe(container, command):
                failures, counts_from = 0, clock()
            elif clock() >= counts_from or detail.health == "healthy":
                failures += 1
            if failures >= allowed and not stopped.is_set():
                engine.restart(container)
                failures, counts_from = 0, clock() + grace
        except EngineError as error:
            if error.status == GONE:
                return
