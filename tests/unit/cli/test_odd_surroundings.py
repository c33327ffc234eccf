"""The program where the surroundings are odd: variables that are no text, a folder that is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = "import sys; from composer.cli import main; sys.exit(main())"
PROJECT = 'services:\n  web:\n    image: x\n    labels: {a: "$A", b: é}\n'


def run(
    folder: Path, *arguments: str, env: dict[bytes, bytes] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the program with variables that can be any bytes."""
    return subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        cwd=folder,
        env={**os.environb, **(env or {})},
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_variables_that_are_no_text_are_printed_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(PROJECT)
    env = {b"A": b"caf\xe9"}
    for arguments in (("config",), ("config", "--format", "json")):
        strict = {**env, b"PYTHONIOENCODING": b"ascii:strict"}
        for variables in (env, strict):
            done = run(tmp_path, *arguments, env=variables)
            assert done.returncode == 0, done.stderr
            assert b"caf\xe9" in done.stdout
            assert "é".encode() in done.stdout
    done = run(tmp_path, "config", "-o", "out.yaml", env=env)
    assert done.returncode == 0, done.stderr
    assert b"caf\xe9" in (tmp_path / "out.yaml").read_bytes()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_standard_streams_that_are_closed_do_no_harm(tmp_path: Path, closed: str) -> None:
    (tmp_path / "compose.yaml").write_text(PROJECT)
    command = f'"$0" -c "$1" config -o out.yaml {closed} && "$0" -c "$1" config {closed}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, MAIN],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert "web:" in (tmp_path / "out.yaml").read_text()


def test_a_full_disk_behind_the_output_is_told(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(PROJECT)
    for arguments in (("config",), ("version",)):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [sys.executable, "-c", MAIN, *arguments],
                cwd=tmp_path,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
                check=False,
            )
        assert done.returncode == 1
        assert done.stderr.endswith(
            "No space left on device\n  free some space where it writes to\n"
        )


def test_a_current_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    script = f"import os; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); {MAIN}"
    for arguments in (("config",), ("-p", "x", "ps")):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert done.stderr.startswith("Error: cannot tell the current folder"), done.stderr
