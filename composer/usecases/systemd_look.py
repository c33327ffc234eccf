"""``systemd status`` and ``logs``: what runs, and what it says."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable

from composer.errors import EngineError
from composer.logs.prefix import Prefixes, short_name
from composer.logs.printer import ERASE, Printer
from composer.state import Container
from composer.systemd.journal import Journal, Line
from composer.systemd.manager import lingers, own_name
from composer.systemd.places import Place
from composer.usecases.containers import project_containers
from composer.usecases.context import Context
from composer.usecases.logs import LogOptions, check_times, stream_printer
from composer.usecases.look import with_health
from composer.usecases.systemd_run import Target, chosen


def status(ctx: Context, where: Place | None, services: tuple[str, ...], format: str) -> int:
    """Print how the project is, for systemd and for Podman. Returns the exit code."""
    from composer.ui.units import Overview, Row, to_json, to_table

    target = Target.of(ctx, ctx.project_name, where)
    units = target.units
    shown = set(chosen(units, services)) or {replica.unit for replica in units.replicas}
    states = {s.name: s for s in target.manager.states((units.target, *units.services))}
    containers = _containers(ctx, units.project)
    rows = [
        Row(r.service, r.number, states[r.unit], containers.get(r.container))
        for r in units.replicas
        if r.unit in shown and r.unit in states
    ]
    others = [
        state
        for name, state in states.items()
        if state.broken and name not in {*shown, units.target}
    ]
    overview = Overview(
        project=units.project,
        user=units.place.user,
        target=states[units.target],
        lingers=_lingers(units.place),
        rows=rows + [Row("", 0, state, None) for state in others if not services],
    )
    write = to_json if format == "json" else to_table
    sys.stdout.write(write(overview, time.time()))
    return 0


def _lingers(where: Place) -> bool | None:
    """Whether the user's units start at the boot; None where that is no question."""
    return lingers(own_name()) if where.user and os.getuid() else None


def _containers(ctx: Context, project: str) -> dict[str, Container]:
    """The containers by name; none, with a warning, if Podman does not answer."""
    try:
        found = with_health(ctx, project, project_containers(ctx, project))
    except EngineError as error:
        ctx.warn(f"Podman is not asked, since it does not answer: {error.message}")
        return {}
    return {container.name: container for container in found}


def logs(ctx: Context, where: Place | None, options: LogOptions) -> int:
    """Show what the journal has of the project. Returns the exit code. Raises ``ComposerError``."""
    from composer.engine.log_source import moment

    check_times({"--since": options.since, "--until": options.until})
    target = Target.of(ctx, ctx.project_name, where)
    wanted = set(chosen(target.units, options.services)) or {r.unit for r in target.units.replicas}
    replicas = [replica for replica in target.units.replicas if replica.unit in wanted]
    journal = Journal(target.manager, replicas)
    printer = stream_printer(ctx, color=options.color)
    prefixes = Prefixes(
        shown=options.prefix,
        colour=printer.colour,
        bracketed=ctx.settings.dialect == "podman",
    )
    for replica in replicas:
        label = short_name(replica.unit.removesuffix(".service"), target.units.project)
        prefixes.add(replica.unit, label.replace("@", "-"), replica.service)
    now = time.time()
    since, until = moment(options.since, now) or b"", moment(options.until, now) or b""
    # What is written between the two readings is in the second.
    begun = moment(f"{now:f}", now) or b""
    try:
        last = _show(
            printer, prefixes, options, journal.read(since=since, until=until, tail=options.tail)
        )
        if options.follow:
            rest = journal.read(since=b"" if last else begun, after=last, until=until, follow=True)
            _show(printer, prefixes, options, rest)
    except BrokenPipeError:
        pass
    return 0


def _show(printer: Printer, prefixes: Prefixes, options: LogOptions, lines: Iterable[Line]) -> str:
    """Print ``lines``; the place in the journal of the last one."""
    cursor = ""
    for line in lines:
        text = line.text
        if printer.terminal and b"\x1b" in text:
            text += ERASE
        time_said = line.time + b" " if options.timestamps else b""
        printer.write(prefixes.of(line.unit) + time_said + text + b"\n")
        cursor = line.cursor
    return cursor
