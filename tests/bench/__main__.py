"""``python -m tests.bench [--rounds N] [--write FILE] [SCENARIO …]``, inside the test engine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.bench import files, loading
from tests.bench.peers import find_peers
from tests.bench.planning import seconds
from tests.bench.report import Row, page, table
from tests.bench.scenarios import FLOOR, SERIAL, Bench

DC = "docker-compose"
SCENARIOS = (
    *("forty", "large", "chain", "scale", "logs", "start-up", "loading", "gate", "planning"),
    *("builds", "pods"),
)


def _large(bench: Bench) -> list[Row]:
    return [
        Row("`up -d`, 200 services", bench.large_up(200), FLOOR.name, 1.15),
        Row("`ps -a`, 500 containers", bench.large_list(50, 10), DC, 1.5),
    ]


def _chain(bench: Bench) -> list[Row]:
    found = bench.up_and_down(files.chain(10), chain=True)
    return [Row("`up -d`, chain of 10", found["up"], DC, 0.6)]


def _pods(bench: Bench) -> list[Row]:
    return [Row("`up -d`, 10 pods of 3 services", bench.pods(10, 3), FLOOR.name, 1.2)]


_ROWS: dict[str, Callable[[Bench], list[Row]]] = {
    "large": _large,
    "chain": _chain,
    "scale": lambda bench: [Row("`up -d --scale`, 1 → 10", bench.scale(), DC, 0.6)],
    "pods": _pods,
    "logs": lambda bench: [Row("`logs`, 80,000 lines of 4 containers", bench.logs(), DC, 1.2)],
}
"""Scenarios that give rows alone."""


def main() -> int:
    """Run the chosen scenarios (all, if none is named), print the table, write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    options = parser.parse_args()
    chosen = options.scenarios or SCENARIOS
    bench = Bench(find_peers(), options.rounds, lambda text: print(text, file=sys.stderr))
    rows: list[Row] = []
    others: list[tuple[str, str, str]] = []
    if "forty" in chosen:
        found = bench.up_and_down(files.independent(40))
        rows += [
            Row("`up -d`, 40 services", found["up"], FLOOR.name, 1.15),
            Row("the same, against docker-compose", found["up"], DC, 0.8),
            Row("`up -d` again, nothing changed", found["again"], DC, 0.1),
            Row("`ps`, 40 services", found["ps"], DC),
            Row("`down`, 40 services", found["down"], DC, 1.0),
        ]
        peak = max(bench.memory) / 2**20
        others.append(("peak memory of `up -d`, 40 services", f"{peak:.0f} MiB", "< 80 MiB"))
    for name, measured in _ROWS.items():
        if name in chosen:
            rows += measured(bench)
    if "start-up" in chosen:
        found = bench.start_up()
        rows.append(Row("`ps`, one service", found["ps"], DC, 3.0))
        rows.append(Row("`config`, one service", found["config"], DC, 2.5))
        others.append(("`--help`", f"{median(bench.help()):.3f} s", "< 0.1 s"))
    if "loading" in chosen:
        rows.append(Row("`config`, 60 services, 40 variables each", bench.config(), DC, 2.5))
        taken = {count: loading.seconds(count) for count in loading.COUNTS}
        what = f"loading services with {loading.VARIABLES} variables each"
        others.append((what, loading.figure(taken), "twice as many in twice the time"))
    if "gate" in chosen:
        delay = median(bench.gate())
        what = "health-gated dependant starts after its dependency is ready"
        others.append((what, f"{delay:.2f} s", "< 0.3 s"))
    if "pods" in chosen:
        scaled = median(bench.scale_pods(3))
        others.append(("a pod of 3 from 1 to 10", f"{scaled:.2f} s", "no replica touched"))
    if "planning" in chosen:
        taken = {count: seconds(count) for count in (250, 500, 1000)}
        figure = ", ".join(f"{count}: {value:.3f} s" for count, value in taken.items())
        others.append(("planning services with 3 dependencies each", figure, "1,000 in < 2 s"))
    if "builds" in chosen:
        rows.append(Row("`build`, 8 small images", bench.builds(), SERIAL, 0.7))
    print(table(rows))
    for line in others:
        print("  ".join(line))
    if options.write:
        options.write.write_text(page(rows, others, options.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
