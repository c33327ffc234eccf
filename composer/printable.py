"""Text from elsewhere made fit for a terminal: names, labels, errors and output of containers.

A container's name or a label can hold control sequences that hide, move or forge what a terminal
shows. What composer prints itself shows them escaped. The lines of logs are not among it: they are
the program's own output, colours and all, as with Docker Compose (see ``composer.logs.printer``).
"""

from __future__ import annotations


def printable(text: str, keep: str = "") -> str:
    """``text`` with its control and other invisible characters escaped, those in ``keep`` excepted.

    A line feed becomes the two characters ``\\n``, an escape ``\\x1b``.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else repr(c)[1:-1] for c in text)


def printable_lines(text: str) -> str:
    """The same for text of several lines, whose ends and tabs stay."""
    return printable(text, "\n\t")


def printable_json(text: str) -> str:
    """JSON with what would steer a terminal as ``\\uXXXX``, which means the same in a string."""
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(c if c.isprintable() or c == "\n" else _unit(c) for c in text)


def _unit(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
