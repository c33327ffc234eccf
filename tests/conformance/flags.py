"""The flags of ``config``, and what docker-compose answered with each to the cases that are asked.

A case is asked with every sixth flag or so: all with all would take minutes and show no more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from tests.conformance.cases import Case, neutral
from tests.conformance.oracle import config

RECORDED = Path(__file__).parent / "recorded-flags"

JSON = ("--format", "json")
FLAGS: dict[str, tuple[str, ...]] = {
    "services": ("--services",),
    "volumes": ("--volumes",),
    "networks": ("--networks",),
    "models": ("--models",),
    "profiles": ("--profiles",),
    "images": ("--images",),
    "variables": ("--variables", *JSON),
    "environment": ("--environment",),
    "quiet": ("-q",),
    "no-interpolate": ("--no-interpolate", *JSON),
    "no-interpolate-services": ("--no-interpolate", "--services"),
    "no-interpolate-no-normalize": ("--no-interpolate", "--no-normalize", *JSON),
    "no-interpolate-no-path-resolution": ("--no-interpolate", "--no-path-resolution", *JSON),
    "no-normalize": ("--no-normalize", *JSON),
    "no-path-resolution": ("--no-path-resolution", *JSON),
    "no-consistency": ("--no-consistency", *JSON),
    "nothing": ("--no-normalize", "--no-path-resolution", "--no-consistency", *JSON),
}
"""By the name of the file with the recorded answers: what is said after ``config``."""

STRIDE = 6


class Said(NamedTuple):
    """The exit code, and what was printed: a model, or lines in alphabetical order."""

    code: int
    output: Any


def asked(name: str, cases: Sequence[Case]) -> list[Case]:
    """The cases that are asked with the flags called ``name``."""
    place = list(FLAGS).index(name)
    return [case for case in cases if (crc32(case.name.encode()) + place) % STRIDE == 0]


def said(name: str, case: Case, code: int, output: str) -> Said:
    """What a program printed, in the form that is compared. Services come in any order there."""
    if code != 0:
        return Said(code, None)
    text = neutral(output, case)
    if FLAGS[name][-2:] == JSON:
        return Said(code, _filled(json.loads(text)))
    return Said(code, sorted(text.splitlines()))


def _filled(value: Any) -> Any:
    """Without what is empty: the program prints that as null, as ``{}`` or not at all."""
    if isinstance(value, dict):
        filled = {key: _filled(entry) for key, entry in value.items()}
        return {key: entry for key, entry in filled.items() if entry not in (None, [], {})}
    return [_filled(entry) for entry in value] if isinstance(value, list) else value


def ask(program: str, name: str, case: Case) -> Said:
    """What ``program`` makes of ``case`` with the flags called ``name``."""
    result = config(program, case, *FLAGS[name])
    return said(name, case, result.returncode, result.stdout)


@cache
def recorded(name: str) -> dict[str, Said]:
    """The recorded answers to the flags called ``name``, by case."""
    stored = json.loads((RECORDED / f"{name}.json").read_text())
    return {case: Said(*answer) for case, answer in stored.items()}


def record(name: str, answers: dict[str, Said]) -> None:
    """Store ``answers`` to the flags called ``name``, a line for each case."""
    RECORDED.mkdir(exist_ok=True)
    lines = [
        f"{json.dumps(case)}: {json.dumps(answers[case], sort_keys=True, ensure_ascii=False)}"
        for case in sorted(answers)
    ]
    (RECORDED / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
