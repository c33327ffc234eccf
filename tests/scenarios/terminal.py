"""A command on a terminal of its own: what a user types, sees, and how large the window is."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class Terminal:
    """The user's side of a pseudo terminal that a command has as its controlling one."""

    def __init__(self, side: int, process: subprocess.Popen[bytes]) -> None:
        self._side = side
        self.process = process
        self.seen = ""
        """All that was shown so far."""

    def type(self, text: str) -> None:
        """Type ``text``; ``\\x03`` is Ctrl-C."""
        os.write(self._side, text.encode())

    def resize(self, rows: int, columns: int) -> None:
        """Change the size of the window, as a terminal program does."""
        fcntl.ioctl(self._side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def until(self, text: str, timeout: float = 60.0) -> str:
        """Wait until ``text`` is shown; what was shown up to and with it, which counts as read."""
        end = time.monotonic() + timeout
        while text not in self.seen:
            assert self._read(end - time.monotonic()), f"{text!r} is not shown: {self.seen!r}"
        before, _, self.seen = self.seen.partition(text)
        return before + text

    def ended(self, timeout: float = 60.0) -> int:
        """Wait for the end of the command; its exit code."""
        end = time.monotonic() + timeout
        while self._read(end - time.monotonic()):
            pass
        return self.process.wait(max(0.1, end - time.monotonic()))

    def echoes(self) -> bool:
        """Whether the terminal is as a shell wants it: what is typed is shown."""
        return bool(termios.tcgetattr(self._side)[3] & termios.ECHO)

    def hold_a_shell(self) -> None:
        """Talk to a shell in the container: it knows the window's size, and Ctrl-C is its own."""
        self.until("# ")
        self._ask("until [ \"$(stty size)\" = '24 80' ]; do sleep 0.1; done", "as begun")
        self.resize(50, 132)
        self._ask("until [ \"$(stty size)\" = '50 132' ]; do sleep 0.1; done", "as changed")
        self.type("sh -c \"echo be''gun; exec sleep 600\"\r")
        self.until("begun")
        self.type("\x03")
        self.until("# ")

    def _ask(self, command: str, answer: str) -> None:
        """Let the shell say ``answer`` behind a command: it is not what the terminal echoes."""
        self.type(f"{command}; echo {answer[0]}''{answer[1:]}\r")
        self.until(answer)

    def _read(self, seconds: float) -> bool:
        if seconds <= 0 or not select.select([self._side], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._side, 65536)
        except OSError:  # the last program on the other side has ended
            return False
        self.seen += data.decode(errors="replace")
        return bool(data)


@contextmanager
def on_terminal(
    command: Sequence[str], folder: Path, environ: Mapping[str, str]
) -> Iterator[Terminal]:
    """Run ``command`` on a terminal of 24 rows and 80 columns; killed at the end."""
    side, other = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environ,
        stdin=other,
        stdout=other,
        stderr=other,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(other)
    try:
        yield Terminal(side, process)
    finally:
        process.kill()
        process.wait()
        os.close(side)
