"""The ``podman`` program, for what it does better than an API client: terminals and builds."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import msgspec

from composer.engine.variables import ARGUMENTS, PROGRAM
from composer.errors import EngineError


class Program(msgspec.Struct, frozen=True):
    """How to call ``podman`` so that it works on the engine that composer talks to."""

    url: str
    local_arguments: tuple[str, ...] | None = None
    """Flags with which ``podman`` works on the same store without the service; None: unknown."""
    environment: Mapping[str, str] = msgspec.field(default_factory=lambda: dict(os.environ))

    def command(self, *arguments: str) -> list[str]:
        """A command line that goes through the service."""
        return [executable(), "--url", self.url, *arguments]

    def local_command(self, *arguments: str) -> list[str] | None:
        """A command line that works on the store directly, None when that is not possible."""
        if self.local_arguments is None:
            return None
        return [executable(), *self.local_arguments, *arguments]

    @property
    def clean_environment(self) -> dict[str, str]:
        """The environment without what would redirect ``podman`` to another engine."""
        chosen = ("CONTAINER_HOST", "CONTAINER_CONNECTION", "DOCKER_HOST")
        return {key: value for key, value in self.environment.items() if key not in chosen}

    def run(self, arguments: Sequence[str], *, quiet: bool = False) -> int:
        """Run with this process's standard streams; the exit code (128 + n after signal n).

        Ctrl-C is the program's: the terminal sends it to both, and this process waits for what the
        program makes of it. With ``quiet`` nothing of it reaches the standard output.
        """
        import subprocess

        output = subprocess.DEVNULL if quiet else None
        command, environ = self.command(*arguments), self.clean_environment
        with terminal_kept(), _interrupts_ignored():
            code = subprocess.call(command, env=environ, stdout=output)
        return code if code >= 0 else 128 - code

    def attach(self, arguments: Sequence[str], forward: Callable[[int], None] | None) -> int:
        """The same for what shows a container in the foreground: ``forward`` gets the signals.

        The program itself does not see them, so that it stays until the container ends; at the
        third request to end it is killed. Of its own messages only fatal ones are shown: the
        terminal is the container's.
        """
        from composer.engine.foreground import run_in_foreground

        command = self.command("--log-level=fatal", *arguments)
        with terminal_kept():
            return run_in_foreground(command, self.clean_environment, forward)


@contextmanager
def terminal_kept() -> Iterator[None]:
    """Set the terminal back to what it was: a program that is killed leaves it raw."""
    import sys
    import termios

    try:
        before = termios.tcgetattr(sys.stdin)
    except (OSError, ValueError, termios.error):  # it is no terminal, or closed
        yield
        return
    try:
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Do nothing on SIGINT. Unlike SIG_IGN, a handler of our own is not inherited by children."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def executable() -> str:
    """The path of ``podman``. Raises ``EngineError`` when it is not installed."""
    import shutil

    named = os.environ.get(PROGRAM)
    found = shutil.which(named or "podman")
    if found is None and named:
        raise EngineError(f"there is no program {named}", hint="correct the path of podman")
    if found is None:
        raise EngineError(
            "the podman program is not installed",
            hint="install it with the system's package manager (apt-get install podman, "
            "dnf install podman)",
        )
    return found


def extra_arguments(environ: Mapping[str, str], variable: str = ARGUMENTS) -> tuple[str, ...]:
    """The flags of ``variable``."""
    text = environ.get(variable)
    if not text:
        return ()
    import shlex

    return tuple(shlex.split(text))
