"""``events``: what happens to the project's containers, while it does."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping

from composer.state import NUMBER, POD, SERVICE
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
    pods: Collection[str] = (),
) -> int:
    """Print each event of the project's containers (of ``services`` if any), until Ctrl-C.

    Of ``pods`` if any are named: also those of their infra containers. With ``until`` it ends by
    itself. Returns the exit code.
    """
    name = ctx.project_name
    if services:
        check_services(ctx, services, project_containers(ctx, name))
    inside = _inside(ctx, pods) if pods else None
    show = to_json if json else to_text
    for event in ctx.engine.events(name, lambda: False, since=since, until=until):
        wanted = not services or event.service in services
        if inside is not None:
            wanted = wanted and _place(event.labels) in inside
        if action_of(event) and not event.oneoff and wanted:
            sys.stdout.write(show(event))
            sys.stdout.flush()
    return 0


def _inside(ctx: Context, pods: Collection[str]) -> set[tuple[str, str]]:
    """Where the containers of ``pods`` are, and those that will take their places."""
    from composer.usecases.pod_look import whole_pods

    whole = whole_pods(ctx, tuple(pods))
    members = (container for one in whole for container in (*one.members, one.infra))
    return {_place(container.labels) for container in members if container is not None}


def _place(labels: Mapping[str, str]) -> tuple[str, str]:
    """The service of a container (the pod of an infra container), and the number."""
    return (labels.get(SERVICE) or f"pod {labels.get(POD, '')}", labels.get(NUMBER, ""))
