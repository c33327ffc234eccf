"""What units say for each attribute of a service: the table in ``docs/compatibility.md``.

``python -m tests.unit.systemd.page`` prints it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from composer.systemd.units import UnitFile
from tests.unit.engine import test_every_attribute as table
from tests.unit.systemd.test_every_attribute import FOR_READERS, made

HEAD = "| attribute | key of Quadlet | in its `PodmanArgs=` | classic unit |\n|---|---|---|---|\n"
_OF_COMPOSER = ("com.docker.compose.", "io.podman.compose.", "io.composer.")
_SAME_FOR_ALL = {"Description", "After", "ExecStart"}
"""Lines that say something of the unit as a whole."""
_OPTION = re.compile(r"--[a-z0-9-]+")


class Said(NamedTuple):
    """Keys and options that depend on an attribute."""

    keys: set[str]
    arguments: set[str]
    classic: set[str]


def said() -> dict[str, Said]:
    """By attribute (of ``deploy`` its parts)."""
    found: dict[str, Said] = {}
    for path in table.SERVICE:
        inside = path.removeprefix("services.*.")
        if table.nearest(FOR_READERS, inside):
            continue
        words = inside.split(".")
        name = ".".join(words[: 2 if words[0] == "deploy" else 1])
        row = found.setdefault(name, Said(set(), set(), set()))
        for line in _lines(inside, "quadlet"):
            key = line.partition("=")[0]
            if key == "PodmanArgs":
                row.arguments.update(_OPTION.findall(line))
            elif re.fullmatch(r"[A-Z]\w+", key) and key not in _SAME_FOR_ALL:
                row.keys.add(key)
        for line in _lines(inside, "units"):
            key = line.partition("=")[0]
            if line.startswith("--"):
                row.classic.add(_OPTION.findall(line)[0])
            elif re.fullmatch(r"[A-Z]\w+", key) and key not in _SAME_FOR_ALL:
                row.classic.add(key)
            elif re.match(r"ExecStart=\S+ (--[a-z]+)", line):
                row.classic.add(line.split()[1])
    return found


def _lines(path: str, form: str) -> Iterator[str]:
    """Lines that are there when ``path`` is said, and not else."""
    before, after = (_all(made(path, form, say=say)[0]) for say in (False, True))  # type: ignore[arg-type]
    for line in sorted(after - before):
        if not any(word in line for word in _OF_COMPOSER):
            yield line


def _all(files: tuple[UnitFile, ...]) -> set[str]:
    return {
        line.strip()
        for file in files
        for line in file.text.splitlines()
        if not line.startswith(("#", "[")) and not file.name.endswith(".Containerfile")
    }


def rows() -> str:
    """The table."""
    text = HEAD
    for name, row in sorted(said().items()):
        if any(row):
            cells = (_cell(f"{key}=" for key in row.keys), _cell(row.arguments), _classic(row))
            shown = {"extensions": "x-podman"}.get(name, name)
            text += f"| `{shown}` | {' | '.join(cells)} |\n"
    return text


def _cell(words: Iterator[str] | set[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words)) or "–"


def _classic(row: Said) -> str:
    return _cell({word if word.startswith("-") else f"{word}=" for word in row.classic})


if __name__ == "__main__":
    print(rows(), end="")
