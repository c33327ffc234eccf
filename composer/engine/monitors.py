"""Ends the monitors of probes: Podman's service keeps one for five minutes after each command.

A wait of a minute makes a hundred probes, and as many idle processes. They can be ended only where
they run, on a local engine; elsewhere they end by themselves.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Collection
from pathlib import Path


def end_monitors(sessions: Collection[str]) -> None:
    """Send SIGTERM to the monitors (conmon) of these exec sessions, given by their ids."""
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            # ``conmon … -u SESSION …``
            monitor = Path(words[0]).name == "conmon" and "-u" in words
            if monitor and words[words.index("-u") + 1] in sessions:
                os.kill(int(process.name), signal.SIGTERM)
