"""``events``: what happens to the project's containers, while it does."""

from __future__ import annotations

import sys

from composer.ui.events import action_of, to_json, to_text
from composer.usecases.containers import check_services, project_containers
from composer.usecases.context import Context


def events(
    ctx: Context,
    services: tuple[str, ...],
    *,
    json: bool,
    since: str | None,
    until: str | None,
) -> int:
    """Print each event of the project's containers (of ``services`` if any), until Ctrl-C.

    With ``until`` it ends by itself. Returns the exit code.
    """
    name = ctx.project_name
    if services:
        check_services(ctx, services, project_containers(ctx, name))
    show = to_json if json else to_text
    for event in ctx.engine.events(name, lambda: False, since=since, until=until):
        if action_of(event) and not event.oneoff and (not services or event.service in services):
            sys.stdout.write(show(event))
            sys.stdout.flush()
    return 0
