"""``systemd install`` and ``uninstall``: units come into systemd's folders, and go."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from composer.errors import ComposerError
from composer.scheduler.events import EventSink, Finished
from composer.spec.model import Project
from composer.systemd.changes import Change, Writing, changes, difference, services_of
from composer.systemd.installed import Installed, installed
from composer.systemd.manager import Manager, SystemdError
from composer.systemd.places import Place, manager_of
from composer.systemd.units import Format, SecretText, Units
from composer.usecases import managed
from composer.usecases.context import Context
from composer.usecases.systemd_generate import units_of
from composer.usecases.systemd_run import Target, run, tell_of_boot

_GENERATORS = Path("/usr/lib/systemd")


class InstallOptions(NamedTuple):
    """The flags of ``systemd install``."""

    place: Place
    format: Format | None = None
    force: bool = False
    """Replace what composer did not write."""
    diff: bool = False
    """Show what would change, and change nothing."""


class Outcome(NamedTuple):
    """What installing did."""

    target: Target
    changed: tuple[str, ...]
    """Services with other units than before, unless they were started with these."""
    networks: tuple[str, ...]
    """Those of networks with another definition: Podman leaves a network that is there."""
    volumes: tuple[str, ...]
    """The same of volumes."""


def install(ctx: Context, options: InstallOptions) -> int:
    """Write the units of the project to systemd's folders. Returns the exit code.

    Raises ``ComposerError``; then all is as before.
    """
    if options.diff or ctx.settings.dry_run:
        units = units_of(ctx, ctx.project(), options.place, options.format)
        loaded = _known(Manager(options.place, ctx.environ), units)
        _show(ctx, changes(units, options.place, loaded=loaded, force=options.force))
        return 0
    outcome = installed_units(ctx, options)
    changed = (*outcome.changed, *outcome.networks, *outcome.volumes)
    running = [state.name for state in outcome.target.manager.states(changed) if state.runs]
    if running:
        ctx.report(f"{', '.join(running)}: running as before until composer restart")
    tell_of_boot(ctx, outcome.target.manager)
    ctx.report("Start it: composer systemd start. At each boot: composer systemd enable")
    return 0


def installed_units(ctx: Context, options: InstallOptions) -> Outcome:
    """Install the units of the project, and let systemd read them. Raises ``ComposerError``."""
    place = options.place
    manager = Manager(place, ctx.environ)
    manager.check()
    managed.refuse_elsewhere(ctx)
    if place.user:
        _refuse_others_podman(ctx)
    project = ctx.project()
    _refuse_two(project.name, place, ctx)
    units = units_of(ctx, project, place, options.format)
    for text in units.warnings:
        ctx.warn(text)
    with ctx.lock(project.name), ctx.view() as emit:
        loaded = manager.loaded((units.target, *services_of(units)))
        found = changes(units, place, loaded=loaded, force=options.force)
        with Writing(found, place.mode) as writing:
            writing.prepare()
            with _secrets(ctx, project, units, emit):
                there, ran = _replaced(ctx, manager, units, found, writing)
        _tell(emit, found)
        _remove_secrets(ctx, emit, _used(found) - {secret.name for secret in units.secrets})
        again = _start_again(ctx, manager, there, ran, emit)
    matter = [change for change in found if change.matters]

    def named(resource: str | None) -> tuple[str, ...]:
        wanted = [name for c in matter if c.resource == resource for name in c.services]
        return tuple(name for name in there.services if any(fnmatchcase(name, w) for w in wanted))

    changed = tuple(name for name in named(None) if name not in again)
    return Outcome(Target(there, manager), changed, named("network"), named("volume"))


def _refuse_others_podman(ctx: Context) -> None:
    """A user's units run on the user's own Podman, where secrets and images have to be."""
    rootless = os.getuid() != 0
    if ctx.engine.capabilities().rootless != rootless:
        raise ComposerError(
            f"units of this user run on another Podman than the one at {ctx.engine.url}",
            hint="Unset CONTAINER_HOST and DOCKER_HOST, or install with --system as root.",
        )


def _refuse_two(project: str, place: Place, ctx: Context) -> None:
    """One project has one manager: two would fight for its containers."""
    other = manager_of(project, ctx.environ)
    if other is not None and other != place:
        raise ComposerError(
            f"project {project} is installed already, in {other.units}",
            hint=f"composer systemd uninstall {other.option} takes it from there.",
        )


def _known(manager: Manager, units: Units) -> dict[str, str]:
    """The units of these names that systemd has; none where it cannot be asked."""
    try:
        manager.check()
        return manager.loaded((units.target, *services_of(units)))
    except SystemdError:
        return {}


def _show(ctx: Context, found: Sequence[Change]) -> None:
    from composer.ui.colour import wants_colour
    from composer.ui.differences import coloured

    colour = wants_colour(ctx.preferences.ansi, sys.stdout, ctx.environ)
    lines = difference(found)
    sys.stdout.write(coloured(lines, colour=colour))
    if not lines:
        ctx.report("The units are installed as they are")


def _tell(emit: EventSink, found: Sequence[Change]) -> None:
    for change in found:
        if change.kind != "unchanged":
            name = change.path.name
            emit(Finished(name, "Unit", str(change.path), change.kind.capitalize(), 0.0))
    if all(change.kind == "unchanged" for change in found):
        folder = str(found[0].path.parent)
        emit(Finished(folder, "Units", folder, "Unchanged", 0.0))


# --- what runs while its units change -------------------------------------------------------------


def _replaced(
    ctx: Context, manager: Manager, units: Units, found: Sequence[Change], writing: Writing
) -> tuple[Installed, list[str]]:
    """Stop what has no unit any more, put the files in place, and let systemd read them.

    Returns what is installed, and the services that ran before, if some were to be stopped: what
    requires them stops as well. If something fails, all is as before, and is raised.
    """
    before = installed(units.project, manager.place)
    old = before.services if before else ()
    stale = _stale(found, old, units)
    ran: list[str] = []
    try:
        if stale:
            states = manager.states(list(dict.fromkeys((*old, *stale))))
            ran = list(dict.fromkeys(state.name for state in states if state.runs))
            manager.jobs("stop", stale)
        writing.commit()
        manager.reload()
        return _loaded(manager, units), ran
    except BaseException:
        _bring_back(ctx, manager, writing, ran)
        raise


def _stale(found: Sequence[Change], old: Sequence[str], units: Units) -> list[str]:
    """What has to stop as long as systemd knows how: its file goes, or it is a replica too many."""
    gone = [name for change in found if change.kind == "removed" for name in change.services]
    new = services_of(units)
    return list(dict.fromkeys([*gone, *(name for name in old if name not in new)]))


def _bring_back(ctx: Context, manager: Manager, writing: Writing, ran: Sequence[str]) -> None:
    """Undo all that was done. What fails is a warning: the error that led here counts."""
    for text in writing.undo():
        ctx.warn(text)
    try:
        manager.reload()
        said = manager.jobs("start", ran) if ran else ""
    except ComposerError as error:
        said = error.message
    if said:
        ctx.warn(f"the units are as before, but systemd did not take them back: {said}")


def _start_again(
    ctx: Context, manager: Manager, there: Installed, ran: Sequence[str], emit: EventSink
) -> list[str]:
    """Start what stopped with others and has units still. Returns it, and tells of the rest."""
    idle = {state.name for state in manager.states(ran) if not state.runs}
    again = [name for name in ran if name in idle and name in there.services]
    said = ""
    try:
        said = manager.jobs("start", again) if again else ""
    except SystemdError as error:
        said = error.message
    if said:
        ctx.warn(f"not all that ran was started again: {said}")
    down = {state.name for state in manager.states(again) if not state.runs}
    for name in ran:
        if name in idle:
            word = "Stopped" if name not in again or name in down else "Restarted"
            emit(Finished(name, "Unit", name, word, 0.0))
    return again


# --- secrets --------------------------------------------------------------------------------------


@contextmanager
def _secrets(ctx: Context, project: Project, units: Units, emit: EventSink) -> Iterator[None]:
    """Give Podman the secrets of ``units``; those that are new go again if the block fails."""
    if not units.secrets:
        yield
        return
    texts = {secret.name: _content(project, secret) for secret in units.secrets}
    before = set(ctx.engine.secrets())
    made: list[str] = []
    try:
        for name, content in texts.items():
            ctx.engine.create_secret(name, content)
            made.append(name)
            emit(Finished(name, "Secret", name, "Replaced" if name in before else "Created", 0.0))
        yield
    except BaseException:
        for name in made:
            if name not in before:
                ctx.engine.remove_secret(name)
        raise


def _content(project: Project, secret: SecretText) -> bytes:
    if secret.file is None:
        return secret.content or b""
    try:
        return Path(secret.file).read_bytes()
    except OSError as error:
        raise ComposerError(
            f"{secret.source}: {secret.file}: {error.strerror}",
            position=project.where(f"{secret.source}.file"),
        ) from error


def _used(found: Sequence[Change]) -> set[str]:
    """The secrets that were made for units as they were: how is said above each that uses one."""
    texts = "".join(change.before or "" for change in found)
    return set(re.findall(r"^#   .*podman secret create (\S+) ", texts, re.MULTILINE))


def _remove_secrets(ctx: Context, emit: EventSink, names: set[str]) -> None:
    for name in sorted(names.intersection(ctx.engine.secrets() if names else ())):
        ctx.engine.remove_secret(name)
        emit(Finished(name, "Secret", name, "Removed", 0.0))


# --- what systemd makes of it ---------------------------------------------------------------------


def _loaded(manager: Manager, units: Units) -> Installed:
    """What is installed now. Raises ``SystemdError`` if systemd has no service of some of it."""
    found = installed(units.project, manager.place)
    if found is None:
        raise SystemdError(f"{units.target} is gone: another command removed it")
    missing = [state.name for state in manager.states(found.services) if state.load != "loaded"]
    if not missing:
        return found
    reasons = _reasons(manager) if units.format == "quadlet" else []
    raise SystemdError(
        f"systemd has no {', '.join(missing)} after reading the units",
        hint="\n".join(reasons)
        or "Is Podman's generator for systemd installed? --format units does without it. "
        "Nothing was changed.",
    )


def _reasons(manager: Manager) -> list[str]:
    """What Quadlet complains of."""
    kind = "user" if manager.place.user else "system"
    generator = _GENERATORS / f"{kind}-generators" / f"podman-{kind}-generator"
    command = [str(generator), "--dryrun", *(["--user"] if manager.place.user else [])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return []
    return [line for line in done.stderr.splitlines() if "rror" in line or "unsupported" in line]


def uninstall(ctx: Context, where: Place | None) -> int:
    """Stop the project, and take its units away. Returns the exit code.

    Its networks and volumes stay. Raises ``ComposerError``.
    """
    project = ctx.project_name
    target = Target.of(ctx, project, where)
    if ctx.settings.dry_run:
        sys.stdout.write("".join(f"Would remove {path}\n" for path in target.units.files))
        return 0
    with ctx.lock(project):
        remove(ctx, target)
    return 0


def remove(ctx: Context, target: Target) -> None:
    """Stop and disable a project, and remove its files. The project's lock has to be held."""
    manager, units = target.manager, target.units
    run(ctx, target, "stop", (units.target, *units.services))
    manager.disable(units.target)
    with ctx.view() as emit:
        found = [Change(path, path.read_text(errors="replace"), None) for path in units.files]
        with Writing(found, manager.place.mode) as writing:
            writing.prepare()
            writing.commit()
        manager.reload()
        manager.forget_failures((units.target, *units.services))
        _tell(emit, found)
        _remove_secrets(ctx, emit, _used(found))
