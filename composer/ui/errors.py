"""Prints what went wrong, once, for the person who will mend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from composer.errors import ComposerError, FileError, OperationsFailed
from composer.printable import printable_lines

RED, YELLOW, DIM, RESET = "\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[0m"


def print_error(error: ComposerError, stream: TextIO, *, colour: bool) -> None:
    """Write ``error`` to ``stream``: its warnings, each of its problems, and what to do about it.

    A problem is a line ``Error: …``, its hint a line of its own below it.
    """
    for text in error.warnings:
        stream.write(f"{warning(text, colour=colour)}\n")
    for problem in _single(error):
        place = f"{problem.position}: " if problem.position else ""
        head = f"{RED}Error:{RESET}" if colour else "Error:"
        stream.write(f"{head} {printable_lines(place + problem.message)}\n")
        if problem.hint:
            lines = printable_lines(problem.hint).splitlines()
            hint = "\n".join(f"  {line}" for line in lines)
            stream.write(f"{DIM}{hint}{RESET}\n" if colour else f"{hint}\n")
    stream.flush()


def warning(text: str, *, colour: bool) -> str:
    """The line, without its end, that warns of ``text``."""
    text = printable_lines(text)
    return f"{YELLOW}Warning:{RESET} {text}" if colour else f"Warning: {text}"


def _single(error: ComposerError) -> Iterator[ComposerError]:
    """The errors that a collection holds, each once."""
    if isinstance(error, FileError):
        parts = error.problems
    elif isinstance(error, OperationsFailed):
        parts = error.failures
    else:
        yield error
        return
    told = set()
    for part in parts:
        if str(part) not in told:
            told.add(str(part))
            yield from _single(part)
