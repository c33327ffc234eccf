"""``systemd generate``: the units of a project for this machine, or for another one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from composer.engine.program import executable
from composer.errors import ComposerError, EngineError
from composer.printable import printable_lines
from composer.spec.model import Project
from composer.state import Capabilities
from composer.systemd.places import Place, place
from composer.systemd.units import Format, Machine, Units
from composer.usecases.context import Context

_UNIFIED = Path("/sys/fs/cgroup/cgroup.controllers")


class GenerateOptions(NamedTuple):
    """The flags of ``systemd generate``."""

    place: Place
    format: Format | None = None
    """None: what Podman can read."""
    podman_version: str | None = None
    """For another machine, which has this one."""
    output: str | None = None
    """A folder; None or ``-`` is standard output."""
    force: bool = False
    """Replace what composer did not write."""


def chosen_place(ctx: Context, user: bool | None) -> Place:
    """The place that ``--user`` or ``--system`` says; root's is the system."""
    return place(user=os.getuid() != 0 if user is None else user, environ=ctx.environ)


def generate(ctx: Context, options: GenerateOptions) -> int:
    """Write the units of the project. Returns the exit code. Raises ``ComposerError``."""
    project = ctx.project()
    units = units_of(ctx, project, options.place, options.format, options.podman_version)
    if options.output in (None, "-"):
        sys.stdout.write(as_text(units))
    else:
        _write(ctx, units, Path(options.output or ""), force=options.force)
    for text in units.warnings:
        ctx.warn(text)
    if units.secrets:
        names = ", ".join(secret.name for secret in units.secrets)
        ctx.say(f"Secrets that Podman has to have before the units start: {names}")
        ctx.say("\n".join(f"  {secret.made_by}" for secret in units.secrets))
    return 0


def units_of(
    ctx: Context, project: Project, where: Place, form: Format | None, version: str | None = None
) -> Units:
    """The units of ``project`` for the systemd of ``where``. Raises ``ComposerError``."""
    from composer.systemd.generate import generate as made
    from composer.systemd.special import SPECIAL

    machine = machine_of(where, version)
    units = made(project, machine, form, None if version else ctx.engine.image_config)
    if not units.replicas:
        raise ComposerError(
            "the project has nothing for systemd", hint="No service of it is active."
        )
    if units.target in SPECIAL:
        raise ComposerError(
            f"{units.target} is systemd's own, and would be replaced by that of the project",
            hint="Give the project another name (-p, or name: in the file).",
        )
    return units


def machine_of(where: Place, version: str | None = None) -> Machine:
    """This machine, or one with Podman ``version``. Raises ``ComposerError``."""
    rootless = where.user and os.getuid() != 0
    socket = (
        f"/run/user/{os.getuid()}/podman/podman.sock" if rootless else "/run/podman/podman.sock"
    )
    if version is not None:
        return Machine(_release(version), where.user, where.user, socket=socket)
    return Machine(
        release=_found_release(),
        user=where.user,
        rootless=rootless,
        cgroups_v2=_UNIFIED.exists(),
        program=executable(),
        socket=socket,
    )


def _release(version: str) -> tuple[int, int]:
    if not re.fullmatch(r"\d+\.\d+(\.\d+.*)?", version):
        raise ComposerError(
            f"{version!r} is no version of Podman", hint="It looks like 5.4 or 4.3.1."
        )
    return Capabilities(version=version).release


def _found_release() -> tuple[int, int]:
    """The release of the podman program, which the units will run."""
    try:
        done = subprocess.run(
            [executable(), "--version"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise EngineError(f"cannot run {executable()}: {error.strerror}") from error
    found = re.search(r"\d+\.\d+\S*", done.stdout)
    if found is None:
        raise EngineError(
            f"{executable()} --version gave no version",
            hint="Say which it is: --podman-version 5.4",
        )
    return _release(found.group())


def as_text(units: Units) -> str:
    """All files one after another, each below its name."""
    return "".join(
        printable_lines(f"# ---- {file.name} ----\n{file.text}\n") for file in units.files
    )


def _write(ctx: Context, units: Units, folder: Path, *, force: bool) -> None:
    """Write all files into one folder, and remove those of a former time.

    Nobody else can read them: they hold what ``.env`` had, passwords among it.
    """
    from composer.scheduler.events import Finished
    from composer.systemd.changes import Writing, changes

    if folder.exists() and not folder.is_dir():
        raise ComposerError(f"{folder} is no folder", hint="Name a folder with -o.")
    found = changes(units, Place(user=False, units=folder, quadlets=folder), force=force)
    with Writing(found, 0o600) as writing:
        writing.prepare()
        writing.commit()
    with ctx.view() as emit:
        for change in found:
            name = change.path.name
            emit(Finished(name, "File", str(change.path), change.kind.capitalize(), 0.0))
