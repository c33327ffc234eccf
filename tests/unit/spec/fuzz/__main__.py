"""``python -m tests.unit.spec.fuzz SECONDS [SEED]``: fuzz for so long, from that seed on."""

from __future__ import annotations

import os
import sys
import tempfile
import time

from tests.unit.spec.fuzz.run import Corpus, attempt, show


def main() -> int:
    """Print each fault that is found. Returns 1 if there was one."""
    until = time.monotonic() + float(sys.argv[1])
    seed = begun = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns()
    corpus = Corpus()
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        while time.monotonic() < until:
            fault = attempt(seed, corpus)
            seed += 1
            if fault is not None:
                faults += 1
                print(show(fault), flush=True)
        os.chdir("/")
    print(f"{seed - begun} projects from seed {begun} on, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
