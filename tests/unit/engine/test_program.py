"""Calls of the ``podman`` program: the engine that it works on, exit codes, interruption."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from composer.engine.program import Program, executable
from composer.errors import EngineError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on PATH in which tests put their own ``podman``."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def write(folder: Path, script: str) -> Program:
    program = folder / "podman"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return Program(url="unix:///s", environment={**os.environ, "CONTAINER_HOST": "tcp://other:1"})


def test_it_goes_through_the_service(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    program = write(folder, 'echo "$@"; echo "[$CONTAINER_HOST]"; exit 7')
    assert program.run(["exec", "a b"]) == 7
    assert capfd.readouterr().out == "--url unix:///s exec a b\n[]\n"


def test_a_signal_is_an_exit_code(folder: Path) -> None:
    assert write(folder, "kill -TERM $$").run([]) == 128 + signal.SIGTERM


def test_an_interruption_is_left_to_the_program(folder: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    program = write(folder, "trap 'exit 9' INT; kill -INT $PPID; kill -INT $$; exit 1")
    assert program.run([]) == 9
    assert signal.getsignal(signal.SIGINT) is before


def test_a_missing_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nosuch")
    with pytest.raises(EngineError, match="is not installed") as caught:
        executable()
    assert "install" in (caught.value.hint or "")
