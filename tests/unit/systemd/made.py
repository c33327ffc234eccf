"""Units of small projects, as text and as what they say."""

from __future__ import annotations

from typing import Any

from composer.spec.model import Project, Service
from composer.systemd.generate import generate
from composer.systemd.units import Format, Machine, Units
from tests.unit import projects

NEW = Machine(release=(5, 4), user=False)
OLD = Machine(release=(4, 3), user=False)


def units(
    *services: Service, machine: Machine = NEW, form: Format | None = None, **parts: Any
) -> Units:
    """The units of a project ``p`` with ``services``."""
    return of(projects.project(*services, **parts), machine, form)


def of(project: Project, machine: Machine = NEW, form: Format | None = None) -> Units:
    return generate(project, machine, form)


def text(made: Units, name: str) -> str:
    """The text of one file."""
    found = {file.name: file.text for file in made.files}
    assert name in found, f"{name} is not among {', '.join(found)}"
    return found[name]


def said(made: Units, name: str, key: str) -> list[str]:
    """What a file says for ``key``: each of its lines; those of one list are split."""
    prefix = f"{key}="
    values = [
        line.removeprefix(prefix)
        for line in text(made, name).splitlines()
        if line.startswith(prefix)
    ]
    lists = ("Requires", "Wants", "BindsTo", "After", "PartOf")
    return [unit for value in values for unit in value.split()] if key in lists else values
