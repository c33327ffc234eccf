"""Runs a program that shows a container in the foreground, and passes signals on to that."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

FORWARDED = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGQUIT,
    signal.SIGHUP,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
ENDING = (signal.SIGINT, signal.SIGTERM)
PATIENCE = 3
"""The request to end at which the program is killed, if the container goes on."""
KILLED = 128 + signal.SIGKILL


def run_in_foreground(
    command: Sequence[str], environ: Mapping[str, str], forward: Callable[[int], None] | None
) -> int:
    """The exit code of ``command`` (128 + n after signal n), run with the standard streams.

    ``forward`` is told each signal that this process gets meanwhile; None ignores them. The program
    is killed (``KILLED``) at the third request to end, and when the terminal goes. To be called by
    the main thread.
    """
    requests = 0
    process: subprocess.Popen[bytes] | None = None

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal requests
        requests += number in ENDING
        if forward is not None and requests < PATIENCE:
            forward(number)
        if process is not None and (requests >= PATIENCE or number == signal.SIGHUP):
            process.kill()

    def resized(number: int, _frame: FrameType | None) -> None:
        if process is not None:
            process.send_signal(number)

    handlers = dict.fromkeys(FORWARDED, handle) | {signal.SIGWINCH: resized}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        # In a session of its own it can use this terminal, but gets none of its signals.
        process = subprocess.Popen(command, env=environ, start_new_session=True)
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code
