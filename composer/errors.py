"""The errors that a user can cause, each with the exit code that it ends the program with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Position(NamedTuple):
    """A place in a file. Lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class ComposerError(Exception):
    """Something the user can mend. ``message`` says what is wrong, ``hint`` what to do about it.

    The text of the error never contains the value of a secret.
    """

    exit_code = 1

    def __init__(
        self, message: str, *, hint: str | None = None, position: Position | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.position = position
        self.warnings: tuple[str, ...] = ()
        """What was to be warned of when it was raised."""

    def __str__(self) -> str:
        text = f"{self.position}: {self.message}" if self.position else self.message
        return f"{text}\n  {self.hint}" if self.hint else text


class FileError(ComposerError):
    """A Compose file, ``.env`` or ``env_file`` that cannot be used. May hold several errors.

    Each of ``problems`` has a position of its own; all of them are printed.
    """

    def __init__(self, problems: Sequence[ComposerError]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class NoComposeFile(ComposerError):
    """No Compose file was named, and none was found."""

    def __init__(self, message: str, *, hint: str | None = None, exit_code: int = 1) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = exit_code


class EngineError(ComposerError):
    """Podman refused an operation, or could not be reached.

    ``status`` is the HTTP status that the service answered with, 0 when it did not answer.
    """

    def __init__(self, message: str, *, status: int = 0, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class OperationsFailed(ComposerError):
    """One or more operations of a plan failed. ``failures`` has one error for each of them."""

    def __init__(self, failures: Sequence[ComposerError]) -> None:
        super().__init__("\n".join(str(failure) for failure in failures))
        self.failures = tuple(failures)


class Interrupted(ComposerError):
    """The user pressed Ctrl-C, or the program got SIGTERM."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("interrupted")
