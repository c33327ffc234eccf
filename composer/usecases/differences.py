"""Networks and volumes that differ from the file are made anew, kept, or asked about."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import msgspec

from composer.errors import ComposerError
from composer.plan.anew import Difference, differences
from composer.plan.intent import Up
from composer.spec.model import Project
from composer.state import Container, State
from composer.usecases.context import Context


def decide(
    ctx: Context, project: Project, selected: list[str], state: State, intent: Up, *, yes: bool
) -> Up:
    """``intent`` with the networks and volumes to make anew.

    A network loses nothing by that. A volume loses its data: the user is asked, unless ``yes``.
    Raises ``ComposerError`` when there is no terminal to ask on, and when others use the volume.
    """
    found = differences(project, [project.services[name] for name in selected], state)
    if not found:
        return intent
    if intent.recreate == "never":
        for difference in found:
            ctx.warn(f"{_said(difference)}; it stays as it is, since nothing is to be recreated")
        return intent
    everything = ctx.engine.containers()
    orphaned = intent.remove_orphans
    known = {*project.services, *project.disabled_services}
    left = intent.run.service if intent.run is not None else ""

    def replaced(container: Container) -> bool:
        mine = container.project == project.name and not container.oneoff
        if container.service == left:
            return False
        return mine and (
            container.service in selected or (orphaned and container.service not in known)
        )

    networks, volumes, inherited = [], {}, {}
    for difference in found:
        if difference.kind == "network":
            users = [c for c in everything if difference.name in c.networks]
            others = _names(c for c in users if not replaced(c))
            if others:
                ctx.warn(
                    f"{_said(difference)}; it stays as it is, because containers are on it that "
                    f"this command does not replace: {others}"
                )
            else:
                networks.append(difference.name)
            continue
        users = ctx.engine.containers({"volume": [difference.name]})
        others = _names(c for c in users if not replaced(c))
        if others:
            raise ComposerError(
                f"{_said(difference)}, and containers that this command does not replace use it: "
                f"{others}",
                hint="Remove these first, or change the file back.",
                position=project.where(f"volumes.{difference.key}"),
            )
        if yes or ctx.settings.dry_run or _agreed(project, difference):
            volumes[difference.name] = tuple(container.id for container in users)
            for container in users:
                inherited[container.id] = ctx.engine.inspect(container.id).anonymous_volumes
        else:
            ctx.warn(f"{_said(difference)}; it stays as it is")
    return msgspec.structs.replace(
        intent, anew_networks=tuple(networks), anew_volumes=volumes, inherited=inherited
    )


def _said(difference: Difference) -> str:
    fields = ", ".join(difference.fields)
    return f"{difference.kind} {difference.name} exists, but not as the file says ({fields})"


def _names(containers: Iterable[Container]) -> str:
    return ", ".join(sorted(container.name for container in containers))


def _agreed(project: Project, difference: Difference) -> bool:
    if not sys.stdin.isatty():
        raise ComposerError(
            f"{_said(difference)}; to make it anew would lose its data",
            hint="Say --yes to lose them, or change the file back.",
            position=project.where(f"volumes.{difference.key}"),
        )
    sys.stderr.write(f"{_said(difference)}.\nMake it anew, and lose its data? [yN] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
