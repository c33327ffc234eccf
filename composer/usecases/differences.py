"""Networks and volumes that differ from the file are made anew, kept, or asked about."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import msgspec

from composer.errors import ComposerError
from composer.plan.anew import Difference, differences
from composer.plan.intent import Up
from composer.spec.model import Project
from composer.state import POD, Container, State
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

    def replaced(container: Container) -> bool:
        return container.project == project.name and _replaced(project, selected, intent, container)

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


def _replaced(project: Project, selected: list[str], intent: Up, container: Container) -> bool:
    """Whether ``intent`` replaces or removes ``container`` of the project."""
    if container.is_infra:  # which goes with its pod
        pod = project.pods.get(container.labels.get(POD, ""))
        return pod is not None and any(name in selected for name in pod.members)
    if container.oneoff or (intent.run is not None and container.service == intent.run.service):
        return False
    known = {*project.services, *project.disabled_services}
    orphaned = intent.remove_orphans and container.service not in known
    return container.service in selected or orphaned


def keep_volumes_of_pods(
    ctx: Context, project: Project, selected: list[str], state: State, intent: Up
) -> Up:
    """``intent`` that knows the anonymous volumes of containers which go before their replacements.

    Those of pods that are made again.
    """
    from composer.plan.pods import leaving

    volumes = {
        container.id: ctx.engine.inspect(container.id).anonymous_volumes
        for container in leaving(project, state, intent, selected)
        if container.id not in intent.inherited
    }
    return msgspec.structs.replace(intent, inherited={**intent.inherited, **volumes})


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
