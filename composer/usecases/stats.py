"""``stats``: what the project's containers use."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
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


def stats(ctx: Context, options: StatsOptions) -> int:
    """Print what containers use: once, or again every second until Ctrl-C. The exit code.

    On a terminal each table takes the place of the one before.
    """
    found = project_containers(ctx, ctx.project_name)
    check_services(ctx, options.services, found)
    live = options.stream and options.template.startswith("table") and sys.stdout.isatty()
    if live:
        sys.stdout.write(CLEAR)
    before = _look(ctx, _chosen(found, options))
    while True:
        time.sleep(SECONDS)
        shown = _chosen(project_containers(ctx, ctx.project_name), options)
        now = _look(ctx, shown)
        # Those that have ended meanwhile are left out, unless all are wanted.
        shown = [c for c in shown if options.all or c.id in now]
        text = formatted(shown, before, now, template=options.template, truncate=options.truncate)
        sys.stdout.write(redrawn(text) if live else text)
        sys.stdout.flush()
        if not options.stream:
            return 0
        before = now


def _chosen(containers: Sequence[Container], options: StatsOptions) -> list[Container]:
    return [
        container
        for container in containers
        if (options.all or container.running)
        and (not options.services or container.service in options.services)
    ]


def _look(ctx: Context, containers: Sequence[Container]) -> Mapping[str, Usage]:
    """By id, what those of ``containers`` use that run."""
    running = [container.id for container in containers if container.running]
    return {used.id: used for used in ctx.engine.usage(running)}
