"""Stores docker-compose's answers to all cases: ``python -m tests.conformance.record``.

The answers lie beside the cases, so that the comparison works where docker-compose is missing.
"""

from __future__ import annotations

import sys

from tests.conformance import flags
from tests.conformance.cases import RECORDED, all_cases, record, recorded
from tests.conformance.oracle import ask, find


def main() -> int:
    """Record all answers. Returns the exit code."""
    program = find()
    if program is None:
        print("docker-compose was not found; name it in COMPOSER_ORACLE", file=sys.stderr)
        return 1
    cases = all_cases()
    names = {case.name for case in cases}
    for case in cases:
        answer, known = ask(program, case), recorded(case)
        if answer.model is None and known is not None and known.model is None:
            continue  # the program words its refusals differently from time to time
        record(case, answer)
    for file in RECORDED.glob("*.json"):
        if file.stem not in names:
            file.unlink()
    for flag in flags.FLAGS:
        flags.record(flag, {c.name: flags.ask(program, flag, c) for c in flags.asked(flag, cases)})
    print(f"recorded {len(cases)} answers of {program}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
