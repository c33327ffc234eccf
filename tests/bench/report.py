"""Writes the figures down: a table for the terminal, and a page of the documentation."""

from __future__ import annotations

import os
import platform
import subprocess
from statistics import median
from typing import NamedTuple

from tests.bench.scenarios import FLOOR, Figures

PEERS = ("docker-compose", "podman-compose")


class Row(NamedTuple):
    """A scenario. ``goal`` is the most that composer may take, as a multiple of ``against``."""

    title: str
    figures: Figures
    against: str | None = None
    goal: float | None = None


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table: medians in seconds, ratios, and whether a goal is met."""
    columns = ["scenario", "composer", FLOOR.name, *PEERS, "ratio", "goal"]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for row in rows:
        cells = [_seconds(row.figures.get(n)) for n in ("composer", FLOOR.name, *PEERS)]
        lines.append("| " + " | ".join([row.title, *cells, *_ratio(row)]) + " |")
    return "\n".join(lines) + "\n"


def _seconds(values: list[float] | None) -> str:
    return f"{median(values):.3f}" if values else "–"


def _ratio(row: Row) -> tuple[str, str]:
    if row.against is None or not row.figures.get(row.against):
        return "–", "–"
    ratio = median(row.figures["composer"]) / median(row.figures[row.against])
    if row.goal is None:
        return f"{ratio:.2f} × {row.against}", "–"
    met = "met" if ratio <= row.goal else "missed"
    return f"{ratio:.2f} × {row.against}", f"≤ {row.goal:g}: {met}"


def machine() -> str:
    """A line about the machine and the programs."""
    podman = subprocess.run(
        ["podman", "version", "--format", "{{.Server.Version}}"], capture_output=True, text=True
    ).stdout.strip()
    return (
        f"Podman {podman}, Linux {platform.release()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}"
    )


def page(rows: list[Row], others: list[tuple[str, str, str]], rounds: int) -> str:
    """The page ``docs/benchmarks.md``. ``others`` are (what, figure, goal) lines."""
    more = "\n".join(f"| {what} | {figure} | {goal} |" for what, figure, goal in others)
    return f"""# Benchmarks

Written by `make bench`: every program as a whole process on the same Podman socket, in turn,
{rounds} rounds, medians in seconds. "{FLOOR.name}" makes the same containers with four workers
and nothing else: the floor. Ratios compare composer with the program that they name; seconds differ
from machine to machine, ratios much less.

Measured on: {machine()}.

{table(rows)}
| composer alone | measured | goal |
|---|---|---|
{more}

Services are busybox containers that end at once when they are asked to. `podman-compose` is left
out where it does not do the job: it does not scale with `up -d --scale` inside its pod, and its
`logs` ends before all lines are read.
"""
