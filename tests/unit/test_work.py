"""What a scenario says of a command that failed."""

from __future__ import annotations

import subprocess

from tests.scenarios.work import account


def test_the_cause_comes_before_progress() -> None:
    progress = [f" Container p-{number}-1  Removed" for number in range(80)]
    errors = [
        " Container p-a-1  Error",
        " Volume p_v  Skipped",
        "Error: remove p-a-1: busy",
        "\tfile",
    ]
    stderr = "\n".join([*progress, "Warning: services.a.cpu_count: no effect", *errors, "  a hint"])
    said = account(["down", "-v"], subprocess.CompletedProcess([], 1, "printed\n", stderr))
    assert said.splitlines()[:6] == ["down -v: exit code 1", *errors, "  a hint"]
    assert sorted(said.split()) == sorted(f"down -v: exit code 1 printed {stderr}".split())
