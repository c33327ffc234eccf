"""Errors as the user sees them."""

from io import StringIO

from composer.errors import ComposerError, FileError, OperationsFailed, Position
from composer.ui.errors import print_error, warning


def printed(error: ComposerError, *, colour: bool = False) -> str:
    stream = StringIO()
    print_error(error, stream, colour=colour)
    return stream.getvalue()


def test_an_error_is_a_line_and_its_hint_another() -> None:
    error = ComposerError("no such service: ap", hint="services are: app, db")
    assert printed(error) == "Error: no such service: ap\n  services are: app, db\n"


def test_the_place_comes_first() -> None:
    error = ComposerError("bad", position=Position("compose.yaml", 12, 7))
    assert printed(error) == "Error: compose.yaml:12:7: bad\n"


def test_all_problems_of_a_file_are_printed() -> None:
    error = FileError(
        [
            ComposerError("one", position=Position("a.yaml", 1, 1), hint="do this"),
            ComposerError("two", position=Position("a.yaml", 2, 1)),
        ]
    )
    assert printed(error) == "Error: a.yaml:1:1: one\n  do this\nError: a.yaml:2:1: two\n"


def test_a_failure_shared_by_operations_is_told_once() -> None:
    shared = ComposerError("cannot reach Podman")
    error = OperationsFailed([shared, ComposerError("cannot reach Podman"), ComposerError("other")])
    assert printed(error) == "Error: cannot reach Podman\nError: other\n"


def test_colour_is_only_on_the_word_and_ends() -> None:
    error = ComposerError("bad", hint="mend it")
    assert printed(error, colour=True) == ("\x1b[31mError:\x1b[0m bad\n\x1b[2m  mend it\x1b[0m\n")
    assert warning("careful", colour=True) == "\x1b[33mWarning:\x1b[0m careful"
    assert warning("careful", colour=False) == "Warning: careful"
