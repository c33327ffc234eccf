"""What ``composer stats`` prints: Docker's columns, keys, sizes and templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from composer.state import Container, Usage
from composer.ui.size import human_size
from composer.ui.template import show

HEADINGS = {
    "Container": "CONTAINER",
    "ID": "CONTAINER ID",
    "Name": "NAME",
    "CPUPerc": "CPU %",
    "MemUsage": "MEM USAGE / LIMIT",
    "MemPerc": "MEM %",
    "NetIO": "NET I/O",
    "BlockIO": "BLOCK I/O",
    "PIDs": "PIDS",
}
FIELDS = tuple(HEADINGS)[1:]
KEYS = tuple(sorted(HEADINGS))
ID_LENGTH = 12

_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")

CLEAR = "\x1b[2J"
HOME = "\x1b[H"
REST_OF_LINE = "\x1b[K"
REST = "\x1b[J"


def formatted(
    containers: Sequence[Container],
    before: Mapping[str, Usage],
    now: Mapping[str, Usage],
    *,
    template: str,
    truncate: bool,
) -> str:
    """One line for each container: ``table``, ``json``, or through a template.

    Its use of processors is that between the looks ``before`` and ``now``. What does not run uses
    nothing. Raises ``ComposerError`` for a template that cannot be read.
    """
    rows = [
        _row(container, before.get(container.id), now.get(container.id), truncate)
        for container in containers
    ]
    return show(template, rows, HEADINGS, fields=FIELDS)


def redrawn(text: str) -> str:
    """``text`` in the place of what stands on the terminal."""
    return HOME + text.replace("\n", f"{REST_OF_LINE}\n") + REST


def binary_size(size: float) -> str:
    """``size`` bytes with four significant digits and a binary unit: ``3.766MiB``."""
    unit = 0
    while size >= 1024 and unit < len(_BINARY) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.4g}{_BINARY[unit]}"


def _row(
    container: Container, before: Usage | None, now: Usage | None, truncate: bool
) -> dict[str, object]:
    used = now or Usage(id=container.id, name=container.name)
    share = 100 * used.memory / used.memory_limit if used.memory_limit else 0.0
    values = {
        "Container": container.id,
        "ID": container.id[:ID_LENGTH] if truncate else container.id,
        "Name": container.name,
        "CPUPerc": f"{_processors(before, used):.2f}%",
        "MemUsage": f"{binary_size(used.memory)} / {binary_size(used.memory_limit)}",
        "MemPerc": f"{share:.2f}%",
        "NetIO": f"{human_size(used.received)} / {human_size(used.sent)}",
        "BlockIO": f"{human_size(used.read)} / {human_size(used.written)}",
        "PIDs": str(used.processes),
    }
    return {key: values[key] for key in KEYS}


def _processors(before: Usage | None, now: Usage) -> float:
    """Percent of one processor between two looks; above 100 for several."""
    if before is None or now.at <= before.at or now.cpu < before.cpu:
        return 0.0
    return 100 * (now.cpu - before.cpu) / (now.at - before.at)
