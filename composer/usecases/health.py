"""``health``: every health check, run now."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from composer.background import Asked
from composer.errors import ComposerError, EngineError
from composer.state import Container, HealthResult, PodState
from composer.ui.health import Checked, formatted, verdicts
from composer.usecases.containers import project_containers
from composer.usecases.context import Context
from composer.usecases.pods import project_pods

if TYPE_CHECKING:
    from composer.engine.api import Engine

_AT_ONCE = 16
"""Checks mostly wait for what they ask."""
_TIMEOUT = 30.0
"""Seconds that a check may take if it does not say."""
_GRACE = 1.0
"""Seconds for what comes with a check: Podman needs a tenth of one to run it."""
_CLEAR = "\x1b[H\x1b[2J"


def health(
    ctx: Context, names: Sequence[str], *, format: str, watch: bool = False, interval: float = 2.0
) -> int:
    """Run the health checks of services and pods (all without names), and print a line for each.

    With ``watch`` it goes on, every ``interval`` seconds, until it is interrupted. Returns the exit
    code: 1 if a check failed. Raises ``ComposerError`` for a name that there is not, and for one
    that has no check.
    """
    shown: object = None
    while True:
        rows = _look(ctx, names)
        state = [(row.Name, row.Health) for row in rows]
        terminal = watch and sys.stdout.isatty() and format == "table"
        if terminal or state != shown:
            sys.stdout.write((_CLEAR if terminal else "") + formatted(rows, format))
            sys.stdout.flush()
        shown = state
        if not watch:
            return 1 if any(row.Health != "healthy" for row in rows) else 0
        time.sleep(interval)


def _look(ctx: Context, names: Sequence[str]) -> list[Checked]:
    name = ctx.project_name
    containers = [c for c in project_containers(ctx, name) if not c.oneoff]
    pods = project_pods(ctx, name) if any(c.pod for c in containers) else []
    chosen = _chosen(containers, pods, names)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(lambda c: check(ctx.engine, c), chosen))
    rows = [row for row in answers if row is not None]
    if not rows:
        raise ComposerError(
            f"nothing of {', '.join(names) or f'project {name}'} has a health check",
            hint="Give a service a `healthcheck`, and create its containers anew.",
        )
    whole = [p for p in pods if {c.id for c in p.containers} <= {c.id for c in chosen}]
    return [*rows, *verdicts(whole, rows)]


def _chosen(
    containers: Sequence[Container], pods: Sequence[PodState], names: Sequence[str]
) -> list[Container]:
    if not names:
        return list(containers)
    from composer.plan.pod_commands import names_of

    called = {name: pod for pod in pods for name in names_of(pod)}
    services = {c.service for c in containers}
    for name in names:
        if name not in called and name not in services:
            known = sorted(services | {pod.key or pod.name for pod in pods})
            raise ComposerError(
                f"no container of a service or pod {name}",
                hint=f"There are: {', '.join(known) or 'none'}.",
            )
    wanted = set(names)
    ids = {pod.id for pod in pods if wanted.intersection(names_of(pod))}
    return [c for c in containers if c.service in wanted or c.pod in ids]


def check(engine: Engine, container: Container) -> Checked | None:
    """Run the check of ``container`` once; None if it has none.

    What does not run is not healthy.
    """
    begun = time.monotonic()
    try:
        detail = engine.inspect(container.id)
        if not detail.has_healthcheck:
            return None
        if detail.status != "running":
            return _row(container, "unhealthy", detail.status, f"it is {detail.status}", begun)
        limit = detail.health_config.get("Timeout", 0) / 1e9 or _TIMEOUT
        result = _within(limit, lambda: engine.run_healthcheck(container.id))
        if result is None:
            return _row(container, "unhealthy", detail.health, f"no answer in {limit:g} s", begun)
    except EngineError as error:
        return _row(container, "unhealthy", "", error.message, begun)
    verdict = "healthy" if result.passed else "unhealthy"
    return _row(container, verdict, result.status, result.output, begun)


def _within(seconds: float, call: Callable[[], HealthResult]) -> HealthResult | None:
    """What ``call`` gives, or None if that takes longer. Raises what it raises.

    Podman 4.3 counts a check that takes too long as failed, but waits for its end.
    """
    asked = Asked(call)
    return asked.answer() if asked.answered(seconds + _GRACE) else None


def _row(container: Container, health: str, counted: str, output: str, begun: float) -> Checked:
    return Checked(
        Kind="container",
        Name=container.name,
        Service=container.service,
        Pod=container.pod_name,
        Health=health,
        Counted=counted,
        Seconds=round(time.monotonic() - begun, 3),
        Output=output,
    )
