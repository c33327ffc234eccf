"""``stats``: what the project's containers use."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from composer.state import Container, Usage
from composer.ui.stats import CLEAR, formatted, redrawn
from composer.usecases.containers import check_services, project_containers
from composer.usecases.context import Context

SECONDS = 1.0
"""Between two looks: what processors did in between is shown."""


class StatsOptions(NamedTuple):
    """The flags of ``stats``."""

    services: tuple[str, ...] = ()
    all: bool = False
    """Also what does not run."""
    stream: bool = True
    template: str = "table"
    """``table``, ``json`` or a template."""
    truncate: bool = True
    pods: bool = False
    """A line for each pod, and for each container that is in none."""
    only: tuple[str, ...] = ()
    """These pods alone."""


Look = Callable[[], tuple[Sequence[Container], Mapping[str, Usage]]]
"""What there is to show, and by id what those of it use that run."""


def stats(ctx: Context, options: StatsOptions) -> int:
    """Print what containers use: once, or again every second until Ctrl-C. The exit code.

    On a terminal each table takes the place of the one before.
    """
    look = _pods(ctx, options) if options.pods else _containers(ctx, options)
    live = options.stream and options.template.startswith("table") and sys.stdout.isatty()
    if live:
        sys.stdout.write(CLEAR)
    _, before = look()
    while True:
        time.sleep(SECONDS)
        shown, now = look()
        # Those that have ended meanwhile are left out, unless all are wanted.
        shown = [c for c in shown if options.all or c.id in now]
        text = formatted(shown, before, now, template=options.template, truncate=options.truncate)
        sys.stdout.write(redrawn(text) if live else text)
        sys.stdout.flush()
        if not options.stream:
            return 0
        before = now


def _containers(ctx: Context, options: StatsOptions) -> Look:
    found = project_containers(ctx, ctx.project_name)
    check_services(ctx, options.services, found)

    def look() -> tuple[Sequence[Container], Mapping[str, Usage]]:
        shown = _chosen(project_containers(ctx, ctx.project_name), options)
        running = [container.id for container in shown if container.running]
        return shown, {used.id: used for used in ctx.engine.usage(running)}

    return look


def _pods(ctx: Context, options: StatsOptions) -> Look:
    from composer.usecases.pod_stats import look_at_pods

    limits: dict[str, int] = {}
    return lambda: look_at_pods(ctx, options.only, limits, all=options.all)


def _chosen(containers: Sequence[Container], options: StatsOptions) -> list[Container]:
    return [
        container
        for container in containers
        if (options.all or container.running)
        and (not options.services or container.service in options.services)
    ]
