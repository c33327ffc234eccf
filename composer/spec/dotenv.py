"""Reads ``.env`` and ``env_file`` files in Docker Compose's dialect.

python-dotenv is not used: it costs more time to import than ``config`` takes, and its dialect
differs where it matters (variables in defaults, names with dots, ``:``, inherited names, escapes).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from composer.errors import ComposerError, Position
from composer.spec.files import read_text
from composer.spec.template import TemplateError, substitute

Lookup = Callable[[str], "str | None"]

_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]+")
_EXPORT = re.compile(r"export[ \t]+")
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
    text = read_text(path, shown)
    return parse_raw(text) if raw else parse(text, lookup, shown)


def parse_raw(text: str) -> dict[str, str]:
    """``KEY=VALUE`` lines, with nothing special about the value."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            name, equals, value = line.partition("=")
            if equals:
                found[name.strip()] = value
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
            self.found[name] = self.value()
        return self.found

    def error(self, message: str) -> ComposerError:
        line = self.text.count("\n", 0, self.at) + 1
        column = self.at - (self.text.rfind("\n", 0, self.at) + 1) + 1
        return ComposerError(message, position=Position(self.shown, line, column))

    def start(self) -> bool:
        """Go to the next statement, past blank lines and comments."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif char.isspace():
                self.at += 1
            else:
                return True
        return False

    def blanks(self) -> None:
        while self.text[self.at : self.at + 1] in (" ", "\t", "\v", "\f") and self.at < len(
            self.text
        ):
            self.at += 1

    def name(self) -> str:
        export = _EXPORT.match(self.text, self.at)
        if export:
            self.at = export.end()
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self.error(f"unexpected character {self.text[self.at]!r} in a variable's name")
        self.at = match.end()
        self.blanks()
        if self.text[self.at : self.at + 1] not in ("=", ":", "\n", ""):
            raise self.error(
                f"unexpected character {self.text[self.at]!r} after {match.group()}; = is expected"
            )
        return match.group()

    def value(self) -> str:
        quote = self.text[self.at : self.at + 1]
        if quote in ("'", '"') and quote:
            return self.quoted(quote)
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        line = self.text[self.at : end]
        value = "" if line.startswith("#") else re.split(r"\s#", line, maxsplit=1)[0]
        expanded = self.expand(value.strip())
        self.at = end
        return expanded

    def quoted(self, quote: str) -> str:
        at = self.at + 1
        while at < len(self.text):
            char = self.text[at]
            if char == "\\":
                at += 2
                continue
            if char == quote:
                break
            at += 1
        else:
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


def _unescape(match: re.Match[str]) -> str:
    word = match.group(1)
    if word[0] == "0":
        return chr(int(word, 8))
    return _ESCAPES[word]
