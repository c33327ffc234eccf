"""Ctrl-C and SIGTERM end the program at any moment, with the right code and without a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

WHILE_LOADING = """
import os, signal, sys, types
app = types.ModuleType("composer.cli.app")
app.main = lambda: os.kill(os.getpid(), signal.{name})
sys.modules["composer.cli.app"] = app
from composer.cli import main
main()
"""

SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@SIGNALS
def test_while_the_program_is_loaded_nothing_is_said(number: signal.Signals) -> None:
    script = WHILE_LOADING.format(name=number.name)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (-number, b"")


@SIGNALS
def test_a_command_ends_with_130(tmp_path: Path, number: signal.Signals) -> None:
    pipe = tmp_path / "compose.yaml"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "composer", "-f", str(pipe), "config"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
        pipe.open("w"),  # it blocks until the command reads
    ):
        process.send_signal(number)
        output = process.communicate(timeout=60)
    assert (process.returncode, *output) == (130, b"", b"")
