"""A project as files of units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import ModuleType

from composer.errors import ComposerError
from composer.printable import printable
from composer.spec.model import Project
from composer.systemd import classic, quadlet
from composer.systemd.describe import Description, Images
from composer.systemd.keys import Version
from composer.systemd.parts import Names, Part
from composer.systemd.templates import instances, numberless, renamed
from composer.systemd.units import MARK, Format, Machine, Replica, UnitFile, Units

_SINCE: Mapping[str, Version] = {
    "Container": (4, 6),
    "Pod": (5, 0),
    "Build": (5, 2),
    "Image": (4, 8),
}
"""The first Podman whose Quadlet has such units, with names of the project's own for networks and
volumes."""

_WRITERS: Mapping[Format, ModuleType] = {"quadlet": quadlet, "units": classic}


def generate(
    project: Project, machine: Machine, form: Format | None = None, images: Images | None = None
) -> Units:
    """The units of ``project`` for ``machine``.

    ``form`` is what its Podman can unless said. ``images`` tells what the engine knows of an image,
    None for one that it has not. Raises ``ComposerError`` for what cannot be a unit.
    """
    described = Description(project, machine, images or (lambda _image: None))
    form = _format(described.parts, machine.release, form)
    names, writer = Names(described.parts), _WRITERS[form]
    written = [(part, writer.lines(part, names, machine)) for part in described.parts]
    shared = instances(written, described.replicas_by_base)
    files: dict[str, str] = {}
    for part, lines in written:
        lines = [renamed(line, shared) for line in lines]
        base = part.base
        if part.section == "Container" and base in shared:
            lines = numberless(lines, described.replicas_by_base[base], part)
            base = shared[base].rpartition("@")[0] + "@"
        name = f"{base}.{part.section.lower()}" if form == "quadlet" else part.service_of(base)
        files[name] = _text(project, part, lines)
        files |= {name: _beside(project, text) for name, text in part.texts.items()}
    replicas = [
        r._replace(unit=f"{shared[base]}.service") if base in shared else r
        for base, r in described.replicas_by_base.items()
    ]
    target = f"{project.name}.target"
    return Units(
        project=project.name,
        format=form,
        target=target,
        files=(
            UnitFile(target, _target(project, replicas, machine)),
            *(UnitFile(*item) for item in files.items()),
        ),
        secrets=tuple(described.secrets.known[name] for name in sorted(described.secrets.known)),
        replicas=tuple(replicas),
        warnings=tuple(dict.fromkeys(described.warnings)),
    )


def _format(parts: Sequence[Part], release: Version, wanted: Format | None) -> Format:
    """Quadlet if Podman has all that the project needs of it, unless the user chooses."""
    lacking = [part for part in parts if release < _SINCE.get(part.section, (4, 6))]
    if wanted == "quadlet" and lacking:
        kind = lacking[0].section
        least = ".".join(map(str, _SINCE.get(kind, (4, 6))))
        raise ComposerError(
            f"Podman {release[0]}.{release[1]} reads no .{kind.lower()} files: {least} does",
            hint="say --format units, or --podman-version for another machine",
        )
    return wanted or ("units" if lacking else "quadlet")


def _head(project: Project, notes: Sequence[str] = ()) -> list[str]:
    source = printable(", ".join(project.files) or project.working_dir)
    head = [
        f"# Made by composer from {source}",
        f"{MARK}{project.name}",
        "# Change the Compose file and install again: what is changed here will be lost.",
    ]
    if notes:
        head += ["#", "# These secrets have to be there (composer systemd install makes them):"]
        head += [f"#   {line}" for note in notes for line in note.splitlines()]
    return [*head, ""]


def _text(project: Project, part: Part, lines: Sequence[str]) -> str:
    return "\n".join([*_head(project, part.notes), *lines]) + "\n"


def _beside(project: Project, text: str) -> str:
    """A Dockerfile: directives for its reader have to stay its first lines."""
    lines = text.rstrip("\n").split("\n")
    first = next((i for i, line in enumerate(lines) if not _DIRECTIVE.match(line)), len(lines))
    return "\n".join([*lines[:first], *_head(project)[:-1], *lines[first:]]) + "\n"


_DIRECTIVE = re.compile(r"#\s*\w+\s*=")


def _target(project: Project, replicas: Sequence[Replica], machine: Machine) -> str:
    lines = ["[Unit]", f"Description={project.name}, all services"]
    lines += [f"Wants={replica.unit}" for replica in replicas]
    lines += ["", "[Install]", f"WantedBy={'default' if machine.user else 'multi-user'}.target"]
    return "\n".join([*_head(project), *lines]) + "\n"
