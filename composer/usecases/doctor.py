"""``doctor``: looks at everything that can be wrong, and reports."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from composer.doctor.finding import Finding
from composer.doctor.host import Host, check_rootless, this_host
from composer.doctor.podman import check_podman, check_program
from composer.doctor.project import check_project, is_taken
from composer.errors import ComposerError, FileError, NoComposeFile
from composer.printable import printable_json
from composer.usecases.context import Context


def doctor(ctx: Context, format: str) -> int:
    """Print the report as ``text`` or ``json``. Returns 1 if something is broken, else 0."""
    findings = list(_findings(ctx, this_host(ctx.environ)))
    broken = any(finding.status == "error" for finding in findings)
    if format == "json":
        found = {"healthy": not broken, "checks": findings}
        text = msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
        sys.stdout.write(printable_json(text) + "\n")
    else:
        from composer.ui.colour import wants_colour
        from composer.ui.doctor import report

        colour = wants_colour(ctx.preferences.ansi, sys.stdout, ctx.environ)
        sys.stdout.write(report(findings, colour=colour))
    return int(broken)


def _findings(ctx: Context, host: Host) -> Iterator[Finding]:
    from composer.engine.program import executable

    yield check_program(host, executable())
    url = ""
    try:
        url = ctx.engine.url
        yield from check_podman(host, ctx.engine.info(), url)
    except ComposerError as error:
        fix = error.hint or "podman info says more"
        yield Finding("Podman", "connection", "error", error.message, fix)
    yield from check_rootless(host)
    try:
        project = ctx.project()
    except NoComposeFile:
        text = "no Compose file in this folder"
        yield Finding("Project", "file", "note", text, "composer -f FILE doctor")
        return
    except ComposerError as error:
        problems = error.problems if isinstance(error, FileError) else (error,)
        for problem in problems:
            place = f"{problem.position}: " if problem.position else ""
            yield Finding("Project", "file", "error", place + problem.message, problem.hint or "")
        return
    if not url:
        return
    local = url.startswith("unix://")
    try:
        yield from check_project(
            project,
            ctx.engine.observe(project.name),
            ctx.engine.containers(),
            taken=is_taken if local else None,
            first_port=_first_port(host),
        )
    except ComposerError as error:
        yield Finding("Project", "engine", "error", error.message, error.hint or "")


def _first_port(host: Host) -> int:
    """The first port that this user's Podman may publish."""
    if host.uid == 0:
        return 0
    try:
        return int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    except (OSError, ValueError):
        return 1024
