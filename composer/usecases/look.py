"""``ps`` and ``ls``: what there is."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from composer.errors import ComposerError
from composer.printable import printable
from composer.state import PROJECT, Container, MountPoint
from composer.usecases.containers import check_services, project_containers
from composer.usecases.context import Context

STATUSES = ("paused", "restarting", "removing", "running", "dead", "created", "exited")


class PsOptions(NamedTuple):
    """The flags of ``ps``."""

    services: tuple[str, ...] = ()
    all: bool = False
    format: str = "table"
    """``table``, ``json``, ``raw`` or a template."""
    quiet: bool = False
    names: bool = False
    """``--services``: only the names of services."""
    status: tuple[str, ...] = ()
    orphans: bool = True
    truncate: bool = True


def ps(ctx: Context, options: PsOptions) -> int:
    """Print the project's containers. Returns the exit code."""
    name = ctx.project_name
    found = project_containers(ctx, name)
    check_services(ctx, options.services, found)
    shown = [c for c in found if _wanted(c, options)]
    if not options.orphans:
        project = ctx.project()
        shown = [c for c in shown if c.service in project.services]
    write = sys.stdout.write
    if options.quiet:
        write("".join(f"{c.id}\n" for c in shown))
    elif options.names:
        services = dict.fromkeys(c.service for c in shown)
        write("".join(f"{printable(service)}\n" for service in services))
    else:
        from composer.ui.ps import formatted

        shown = with_health(ctx, name, shown)
        mounts = _mounts(ctx, name, shown, options.format)
        write(
            formatted(shown, time.time(), options.format, truncate=options.truncate, mounts=mounts)
        )
    return 0


def _mounts(
    ctx: Context, project: str, containers: list[Container], format: str
) -> Mapping[str, Sequence[MountPoint]]:
    """What is mounted into each of ``containers``, by its id, if ``format`` shows any of it."""
    asked = format == "json" or any(word in format for word in ("json .", "Mounts", "LocalVolumes"))
    if not asked or not any(c.mounts for c in containers):
        return {}
    return ctx.engine.mounts({"label": [f"{PROJECT}={project}"]})


def with_health(ctx: Context, project: str, containers: list[Container]) -> list[Container]:
    """The containers with their health, which older Podmans do not say in the list.

    Asking for those of each health is three calls, inspecting them all would be one for each.
    """
    if not any(c.running for c in containers) or any(c.health for c in containers):
        return containers
    health = {
        found.id: status
        for status in ("starting", "healthy", "unhealthy")
        for found in ctx.engine.containers({"label": [f"{PROJECT}={project}"], "health": [status]})
    }
    return [msgspec.structs.replace(c, health=health.get(c.id, "")) for c in containers]


def _wanted(container: Container, options: PsOptions) -> bool:
    if options.services and container.service not in options.services:
        return False
    if options.status:
        from composer.ui.ps import state

        return state(container) in options.status
    return options.all or (container.running and not container.oneoff)


def parse_filter(values: tuple[str, ...], allowed: str) -> list[str]:
    """Read ``--filter KEY=VALUE`` arguments where ``allowed`` is the only key."""
    found = []
    for value in values:
        key, equals, text = value.partition("=")
        if not equals or key != allowed:
            raise ComposerError(f"cannot filter by {value!r}", hint=f"Use {allowed}=VALUE.")
        found.append(text)
    return found


def _matches(wanted: str, name: str) -> bool:
    """Whether ``wanted`` is in ``name``, as it is or as a regular expression."""
    try:
        return wanted in name or re.search(wanted, name) is not None
    except re.error:
        return False


def ls(ctx: Context, *, all: bool, format: str, quiet: bool, names: list[str]) -> int:
    """Print the projects of this engine: ``format`` is ``table``, ``json`` or a template.

    Returns the exit code.
    """
    from composer.ui.ls import formatted, rows

    members = [c for c in ctx.engine.containers() if not c.is_infra and not c.oneoff]
    found = rows(members, stopped=all)
    shown = [row for row in found if not names or any(_matches(text, row.Name) for text in names)]
    if quiet:
        sys.stdout.write("".join(f"{printable(row.Name)}\n" for row in shown))
    else:
        sys.stdout.write(formatted(shown, format))
    return 0
