"""``systemd start``, ``stop``, ``restart``, ``enable`` and ``disable``: installed units run."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from composer.errors import ComposerError, OperationsFailed
from composer.scheduler.events import Finished, Started
from composer.state import PROJECT
from composer.systemd.installed import Installed, installed
from composer.systemd.journal import last_lines
from composer.systemd.manager import Manager, SystemdError, UnitState, Verb, lingers, own_name
from composer.systemd.places import Place, manager_of
from composer.usecases import managed
from composer.usecases.context import Context

UNIT_LABEL = "PODMAN_SYSTEMD_UNIT"
"""Podman puts it on each container that a unit runs."""

_MOMENT = 0.3
"""Seconds that a unit has to run to count as started."""
_WORDS = {
    "start": ("Starting", "Started"),
    "stop": ("Stopping", "Stopped"),
    "restart": ("Restarting", "Restarted"),
}


class Target(NamedTuple):
    """An installed project, and the systemd that has it."""

    units: Installed
    manager: Manager

    @classmethod
    def of(cls, ctx: Context, project: str, where: Place | None = None) -> Target:
        """What is installed of ``project`` (in ``where`` if that is said).

        Raises ``ComposerError`` if nothing is, or if there is no systemd.
        """
        known = manager_of(project, ctx.environ)
        place = where or known
        found = installed(project, place) if place is not None else None
        if found is None:
            raise not_installed(project, known)
        managed.refuse_elsewhere(ctx)
        manager = Manager(found.place, ctx.environ)
        manager.check()
        return cls(found, manager)


def not_installed(project: str, known: Place | None) -> ComposerError:
    """The error for a project that has no units where they were looked for."""
    hint = "composer systemd install does that; composer autostart starts it at each boot, too."
    if known is not None:
        hint = f"It is installed in {known.units}: leave out the option, or say {known.option}."
    return ComposerError(f"project {project} is not installed as units of systemd", hint=hint)


def start_or_stop(
    ctx: Context, where: Place | None, verb: Verb, services: Sequence[str] = ()
) -> int:
    """Start, stop or restart ``services`` (none: all). Returns the exit code."""
    change(ctx, Target.of(ctx, ctx.project_name, where), verb, services)
    return 0


def change(ctx: Context, target: Target, verb: Verb, services: Sequence[str] = ()) -> None:
    """Let systemd start, stop or restart the units of ``services`` (none: all), and wait.

    Raises ``ComposerError``; what failed comes with the last lines of its journal.
    """
    found = target.units
    units = chosen(found, services) or (found.target, *found.members)
    if ctx.settings.dry_run:
        sys.stdout.write(_would(target, verb, units))
        return
    with ctx.lock(found.project):
        if not services and verb != "stop":
            take_over(ctx, target)
        run(ctx, target, verb, units)


def chosen(found: Installed, services: Sequence[str]) -> tuple[str, ...]:
    """The units of ``services``. Raises ``ComposerError`` for one that has none."""
    units: list[str] = []
    for service in services:
        own = found.units_of(service)
        if not own:
            known = ", ".join(dict.fromkeys(replica.service for replica in found.replicas))
            raise ComposerError(
                f"project {found.project} has no units of a service {service}",
                hint=f"There are {known}. A service that is new comes with: composer autostart",
            )
        units += own
    return tuple(dict.fromkeys(units))


def run(ctx: Context, target: Target, verb: Verb, units: Sequence[str]) -> None:
    """Run a command of systemd's on ``units``, and say what became of them.

    Raises ``OperationsFailed`` for units that did not start. The project's lock has to be held.
    """
    doing, done = _WORDS[verb]
    # The target stands for all that it starts.
    subjects = [target.units.target] if target.units.target in units else units
    with ctx.view() as emit:
        for name in subjects:
            emit(Started(name, "Unit", name, doing))
        if verb != "stop":
            target.manager.forget_failures(target.units.services)
        said = target.manager.jobs(verb, units)
        if verb == "stop":
            # Whoever ends by the signal that it was sent has not failed.
            target.manager.forget_failures(units)
        watched = target.units.services if target.units.target in units else units
        broken = [] if verb == "stop" else [s for s in _settled(target, watched) if s.broken]
        if said and not broken:
            raise SystemdError(said, hint="composer systemd logs shows more")
        failed = {state.name for state in broken} | {target.units.target} if broken else set()
        for name in subjects:
            if name not in failed:
                emit(Finished(name, "Unit", name, done, 0.0))
    if broken:
        raise OperationsFailed([failure(target.manager, state) for state in broken])


def _settled(target: Target, units: Sequence[str]) -> list[UnitState]:
    """How ``units`` are once they have run for a moment: a container may die as soon as it runs."""
    begun = time.time()
    while True:
        states = target.manager.states(units)
        young = any(s.sub == "running" and s.since > time.time() - _MOMENT for s in states)
        if not young or time.time() > begun + 2 * _MOMENT:
            return states
        time.sleep(_MOMENT / 4)


def failure(manager: Manager, state: UnitState) -> ComposerError:
    """What to say of a unit that failed."""
    status = f", status {state.status}" if state.status else ""
    again = "; systemd tries again" if state.active != "failed" else ""
    lines = last_lines(manager, state.name)
    return ComposerError(
        f"{state.name} failed ({state.result}{status}){again}",
        hint="\n".join(lines) or f"systemctl {' '.join((*manager.place.flags, 'status'))} shows it",
    )


def take_over(ctx: Context, target: Target) -> None:
    """Remove the containers that ``up`` made: those of the units take their names and ports.

    The project's lock has to be held.
    """
    there = ctx.engine.containers({"label": [f"{PROJECT}={target.units.project}"]})
    if any(not c.oneoff and not c.is_infra and UNIT_LABEL not in c.labels for c in there):
        clear(ctx, target)


def clear(ctx: Context, target: Target) -> None:
    """Stop all units, and remove all containers and networks; a start makes them again.

    The project's lock has to be held.
    """
    from composer.plan.down import plan_down
    from composer.plan.intent import Down
    from composer.spec.model import Project

    # Units of networks count as done, and would not make them again.
    target.manager.jobs("stop", (target.units.target, *target.units.services))
    state = ctx.engine.observe(target.units.project)
    project = Project(name=target.units.project, working_dir="")
    ctx.run(project, plan_down(None, state, Down()))


def end(ctx: Context, target: Target, services: Sequence[str]) -> None:
    """Stop ``services``, or everything: networks and volumes too, which a start then makes again.

    Raises ``ComposerError``.
    """
    found = target.units
    units = chosen(found, services) or (found.target, *found.services)
    if ctx.settings.dry_run:
        sys.stdout.write(_would(target, "stop", units))
        return
    with ctx.lock(found.project):
        run(ctx, target, "stop", units)
    if not services and target.manager.states((found.target,))[0].enabled == "enabled":
        ctx.report(f"Unit {found.target}  Starts at the next boot, until composer systemd disable")


def _would(target: Target, verb: Verb, units: Sequence[str]) -> str:
    words = ["systemctl", *target.units.place.flags, verb, *units]
    return f"Would run: {' '.join(words)}\n"


def enable(ctx: Context, where: Place | None) -> int:
    """Let systemd start the project at each boot. Returns the exit code."""
    target = Target.of(ctx, ctx.project_name, where)
    target.manager.enable(target.units.target)
    ctx.report(f"Unit {target.units.target}  Enabled")
    tell_of_boot(ctx, target.manager)
    return 0


def disable(ctx: Context, where: Place | None) -> int:
    """Let systemd start the project at no boot. Returns the exit code."""
    target = Target.of(ctx, ctx.project_name, where)
    target.manager.disable(target.units.target)
    ctx.report(f"Unit {target.units.target}  Disabled")
    return 0


def tell_of_boot(ctx: Context, manager: Manager) -> None:
    """Warn of what keeps a user's units from starting at the boot."""
    if not manager.place.user or os.getuid() == 0:
        return
    user = own_name()
    if not lingers(user):
        ctx.warn(
            f"systemd starts what user {user} has at the login, and stops it at the logout; "
            f"from the boot on, and for good: sudo loginctl enable-linger {user}"
        )
    if not manager.online():
        ctx.warn(
            "nothing on this machine waits for the network (network-online.target), and units of "
            "Podman's users wait 90 seconds for it: "
            "sudo systemctl add-wants multi-user.target network-online.target"
        )
