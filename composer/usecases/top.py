"""``top``: the processes of the project's containers."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from composer.errors import EngineError
from composer.state import Container, Processes
from composer.ui.top import to_table
from composer.usecases.containers import check_services, project_containers
from composer.usecases.context import Context

_AT_ONCE = 8


def top(ctx: Context, services: tuple[str, ...]) -> int:
    """Print the processes of running containers, those of ``services`` if any. The exit code."""
    found = project_containers(ctx, ctx.project_name)
    check_services(ctx, services, found)
    shown = [c for c in found if c.running and (not services or c.service in services)]

    def look(container: Container) -> Processes | None:
        try:
            return ctx.engine.processes(container.id)
        except EngineError:
            if ctx.engine.inspect(container.id).status != "running":
                return None  # it has ended meanwhile, or is paused: Podman looks inside of it
            raise

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        seen = list(zip(shown, pool.map(look, shown), strict=True))
    sys.stdout.write(to_table([(c, p) for c, p in seen if p is not None]))
    return 0
