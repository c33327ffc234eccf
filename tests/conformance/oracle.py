"""Runs the real docker-compose program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.conformance.cases import Answer, Case, neutral


def find() -> str | None:
    """The program: ``COMPOSER_ORACLE``, else ``docker-compose`` on the path, else None.

    The script that pip puts on the path swallows exit codes; the program itself lies in the
    package's folder and is preferred.
    """
    named = os.environ.get("COMPOSER_ORACLE")
    if named:
        return named
    found = shutil.which("docker-compose")
    if found is None:
        return None
    for program in (
        Path(found).resolve().parent.parent.glob("lib/python*/site-packages/compose/docker-compose")
    ):
        return str(program)
    return found


def ask(program: str, case: Case) -> Answer:
    """What ``program config`` makes of ``case``."""
    result = run(program, case, "json")
    if result.returncode != 0 or not result.stdout.strip():
        return Answer(None, _reason(neutral(result.stderr, case)))
    text = run(program, case, "yaml").stdout
    return Answer(json.loads(neutral(result.stdout, case)), yaml=neutral(text, case).strip())


def _reason(stderr: str) -> str:
    """Why the program refused: what it said, without warnings and the stacks of a panic."""
    lines = stderr.partition("\ngoroutine")[0].splitlines()
    return "\n".join(line for line in lines if not line.startswith("time=")).strip()


def run(program: str, case: Case, form: str) -> subprocess.CompletedProcess[str]:
    """Run ``config`` on ``case`` and give what came of it."""
    return config(program, case, "--format", form, *case.services)


def config(program: str, case: Case, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``config`` with ``arguments`` on ``case`` and give what came of it."""
    command = [program]
    for option, values in (
        ("--file", case.files),
        ("--profile", case.profiles),
        ("--env-file", case.env_files),
        ("--project-name", (case.project_name,) if case.project_name else ()),
    ):
        for value in values:
            command += [option, value]
    return subprocess.run(
        [*command, "config", *arguments],
        cwd=case.where,
        env={"PATH": "/usr/bin:/bin", **case.environ},
        input=case.typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
