"""How long loading takes, in this process: text to the typed project."""

from __future__ import annotations

import gc
import tempfile
import time
from pathlib import Path

from composer.spec import Options, load
from tests.bench import files

COUNTS = (250, 500, 1000, 2000)
VARIABLES = 10


def seconds(count: int) -> float:
    """Seconds to load a file of ``count`` services, the best of three."""
    with tempfile.TemporaryDirectory() as text:
        folder = files.write(Path(text), files.interpolated(count, VARIABLES))
        options = Options(files=(str(folder / "compose.yaml"),), environ={})
        thresholds = gc.get_threshold()
        gc.set_threshold(1_000_000, 20, 50)  # as the program has it
        try:
            return min(_once(options, count) for _ in range(3))
        finally:
            gc.set_threshold(*thresholds)


def _once(options: Options, count: int) -> float:
    gc.collect()
    begun = time.perf_counter()
    project = load(options)
    taken = time.perf_counter() - begun
    assert len(project.services) == count
    return taken


def figure(taken: dict[int, float]) -> str:
    """The seconds by number of services, each with its factor to the one before."""
    parts = []
    last = 0.0
    for count, value in taken.items():
        factor = f" (× {value / last:.1f})" if last else ""
        parts.append(f"{count}: {value:.2f} s{factor}")
        last = value
    return ", ".join(parts)
