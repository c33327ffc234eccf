"""Reads ``.env`` and ``env_file`` files in Docker Compose's dialect.

python-dotenv is not used: it costs more time to import than ``config`` takes, and its dialect
differs where it matters (variables in defaults, names with dots, ``:``, inherited names, escapes).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from composer.errors import ComposerError, Position
from composer.spec.files import position, read_text
from composer.spec.template import TemplateError, substitute
from composer.spec.tree import brief

Lookup = Callable[[str], "str | None"]

SIZE_LIMIT = 2 * 2**20
"""The bytes that a file may have, and its values together: more fits into no process."""

STATEMENT_LIMIT = 50_000
"""How many variables a file may set, also if it sets one again and again."""

_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]+")
_EXPORT = re.compile(r"export[ \t]+")
_NOTHING = re.compile(r"(?:\s++|#[^\n]*+)*+")
_BLANKS = re.compile(r"[ \t\v\f]*")
_QUOTED = {quote: re.compile(rf"(?:[^\\{quote}]++|\\.)*+", re.DOTALL) for quote in "'\""}
_ESCAPE = re.compile(r"\\([abfnrtv$\"\\]|0[0-7]{0,3})")
_ESCAPES = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    '"': '"',
    "\\": "\\",
    "$": "$$",
}


def read_file(path: str, lookup: Lookup, shown: str, *, raw: bool = False) -> dict[str, str]:
    """The variables that a file sets. ``lookup`` has those that its values can refer to.

    With ``raw`` values are taken as they are (``env_file``'s format of that name). Raises
    ``ComposerError``, with the line, for one that cannot be read or understood.
    """
    text = read_text(path, shown, SIZE_LIMIT)
    if not raw:
        return parse(text, lookup, shown)
    if text.count("=") > STATEMENT_LIMIT:
        raise ComposerError(f"{shown} sets more than {STATEMENT_LIMIT} variables")
    return parse_raw(text, lookup, shown)


def parse_raw(text: str, lookup: Lookup, shown: str) -> dict[str, str]:
    """``KEY=VALUE`` lines, with nothing special about the value; ``KEY`` alone is looked up.

    Raises ``ComposerError``, with the line, for names that are none.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.lstrip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not name or name.split() != [name]:
            problem = f"{name!r} has blanks" if name else "there is none before ="
            raise ComposerError(
                brief(f"not a variable's name: {problem}"),
                hint="In a raw file each line is KEY=VALUE, without export.",
                position=Position(shown, number, 1),
            )
        known = value if equals else lookup(name)
        if known is not None:
            found[name] = known
    return found


def parse(text: str, lookup: Lookup, shown: str) -> dict[str, str]:
    """The variables that ``text`` sets. Raises ``ComposerError`` with the line (see the module)."""
    return _Parser(text.replace("\r\n", "\n"), lookup, shown).parse()


class _Parser:
    def __init__(self, text: str, lookup: Lookup, shown: str) -> None:
        self.text = text
        self.lookup = lookup
        self.shown = shown
        self.at = 0
        self.found: dict[str, str] = {}
        self.size = 0
        self.statements = 0

    def parse(self) -> dict[str, str]:
        while self.start():
            name = self.name()
            separator = self.text[self.at : self.at + 1]
            if separator in ("\n", ""):
                value = self.lookup(name)
                if value is not None:
                    self.found[name] = value
                continue
            self.at += 1
            self.blanks()
            value = self.value()
            self.size += len(value)
            self.statements += 1
            if self.statements > STATEMENT_LIMIT:
                raise self.error(f"more than {STATEMENT_LIMIT} variables are set")
            if self.size > SIZE_LIMIT:
                raise self.error(f"the values have more than {SIZE_LIMIT} characters together")
            self.found[name] = value
        return self.found

    def error(self, message: str) -> ComposerError:
        return ComposerError(brief(message), position=position(self.text, self.at, self.shown))

    def character(self) -> str:
        """What stands here, in words."""
        here = self.text[self.at : self.at + 1]
        return f"character {here!r}" if here else "end of the file"

    def start(self) -> bool:
        """Go to the next statement, past blank lines and comments."""
        self.at = _end(_NOTHING.match(self.text, self.at))
        return self.at < len(self.text)

    def blanks(self) -> None:
        self.at = _end(_BLANKS.match(self.text, self.at))

    def name(self) -> str:
        export = _EXPORT.match(self.text, self.at)
        if export:
            self.at = export.end()
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self.error(f"unexpected {self.character()} in a variable's name")
        self.at = match.end()
        self.blanks()
        if self.text[self.at : self.at + 1] not in ("=", ":", "\n", ""):
            raise self.error(f"unexpected {self.character()} after {match.group()}; = is expected")
        return match.group()

    def value(self) -> str:
        quote = self.text[self.at : self.at + 1]
        if quote in ("'", '"') and quote:
            return self.quoted(quote)
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        line = self.text[self.at : end]
        value = re.split(r"\s#", line, maxsplit=1)[0]
        expanded = self.expand(value.strip())
        self.at = end
        return expanded

    def quoted(self, quote: str) -> str:
        at = _end(_QUOTED[quote].match(self.text, self.at + 1))
        if self.text[at : at + 1] != quote:
            raise self.error("a quoted value is not terminated")
        body = self.text[self.at + 1 : at]
        if quote == '"':
            body = self.expand(_ESCAPE.sub(_unescape, body))
        self.at = at + 1
        return body

    def expand(self, value: str) -> str:
        if "$" not in value:
            return value
        try:
            return substitute(value, self.resolve)
        except TemplateError as error:
            raise self.error(str(error)) from None

    def resolve(self, name: str) -> str | None:
        value = self.lookup(name)
        return self.found.get(name) if value is None else value


def _end(match: re.Match[str] | None) -> int:
    """Where a pattern that fits everywhere ended."""
    assert match is not None
    return match.end()


def _unescape(match: re.Match[str]) -> str:
    word = match.group(1)
    if word[0] == "0":
        return chr(int(word, 8))
    return _ESCAPES[word]
