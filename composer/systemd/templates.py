"""Replicas that differ in their number alone share a template (``demo-app@.container``)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from composer import state
from composer.systemd.parts import Part
from composer.systemd.units import Replica


def instances(
    written: Sequence[tuple[Part, list[str]]], replicas: Mapping[str, Replica]
) -> dict[str, str]:
    """Of replicas that differ in their number alone: the name of the unit → that of the instance
    of a template (``demo-app-1`` → ``demo-app@1``)."""
    forms: dict[str, list[tuple[str, int, list[str]]]] = {}
    for part, lines in written:
        if part.section == "Container":
            replica = replicas[part.base]
            form = numberless(lines, replica, part)
            forms.setdefault(replica.service, []).append((part.base, replica.number, form))
    return {
        base: f"{base.removesuffix(f'-{number}')}@{number}"
        for members in forms.values()
        if len(members) > 1 and all(form == members[0][2] for _, _, form in members)
        for base, number, _ in members
    }


def renamed(line: str, names: Mapping[str, str]) -> str:
    """A line with the names of units that are instances now."""
    key, _, value = line.partition("=")
    if key not in ("Requires", "Wants", "BindsTo", "After"):
        return line
    found = ((unit, names.get(unit.removesuffix(".service"))) for unit in value.split())
    return f"{key}=" + " ".join(f"{new}.service" if new else unit for unit, new in found)


def numberless(lines: Sequence[str], replica: Replica, part: Part) -> list[str]:
    """``lines`` with ``%i`` in the place of the replica's number, where its own name has it."""
    number = str(replica.number)
    names = {replica.container, part.base}
    found = []
    for line in lines:
        for name in names:
            line = re.sub(rf"{re.escape(name)}(?!\d)", name.removesuffix(number) + "%i", line)
        line = line.replace(f"{state.NUMBER}={number}", f"{state.NUMBER}=%i")
        if line == f"Description={part.description}":
            line = line.removesuffix(number) + "%i"
        found.append(line)
    return found
