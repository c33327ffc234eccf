"""The program at work on a project in a folder, wherever that project is to run."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_USUAL = re.compile(
    r"Warning: | (Container|Image|Network|Pod|Service|Volume) .*  (?!Error|Skipped)"
)


class Work:
    """Runs the program on one project. ``surroundings`` says in which environment."""

    def __init__(self, program: str, folder: Path, name: str) -> None:
        self.program = program
        self.folder = folder
        self.name = name
        self.env: dict[str, str] = {}
        """Variables for the Compose file, in addition to the surroundings."""

    def surroundings(self) -> dict[str, str]:
        """The environment that leads to where the project runs."""
        raise NotImplementedError

    def command(self, *arguments: str) -> list[str]:
        """The words that run the program on this project."""
        return [self.program, "-p", self.name, *arguments]

    def environ(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return self.surroundings() | self.env | dict(more or {})

    def run(
        self, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 120.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the program; its exit code may be anything."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environ(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def done(
        self, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 120.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command that has to succeed."""
        done = self.run(*arguments, env=env, timeout=timeout)
        assert done.returncode == 0, account(arguments, done)
        return done

    @contextmanager
    def running(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        """Run a command beside the test, with its output in one file; killed at the end."""
        process = subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environ(env),
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / ".output").open("w"),
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def output(self) -> str:
        """What the command of ``running`` has written so far."""
        return (self.folder / ".output").read_text()

    def interrupt(self, process: subprocess.Popen[str], timeout: float = 60.0) -> int:
        """Press Ctrl-C and wait for the end; the exit code."""
        process.send_signal(signal.SIGINT)
        return process.wait(timeout)


def account(words: Sequence[str], done: subprocess.CompletedProcess[str]) -> str:
    """How a command ended, what says why first: logs are cut, and most lines tell of success."""
    lines = done.stderr.splitlines()
    rest = [line for line in lines if _USUAL.match(line)]
    causes = [line for line in lines if not _USUAL.match(line)]
    return "\n".join(
        [f"{' '.join(words)}: exit code {done.returncode}", *causes, "", done.stdout, *rest]
    )
