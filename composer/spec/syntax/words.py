"""Splits ``command``, ``entrypoint`` and hooks written as one text into words.

Quotes and backslashes work as in a shell and nothing is expanded. As no shell runs the words,
Docker Compose takes what a shell would end a command at (``;``, ``&``, ``|``, ``<``, ``>``) as the
end of the text; what follows is not looked at. Backquotes and ``$(…)`` keep their content together.
"""

from __future__ import annotations

_BLANKS = " \t\r\n"
_QUOTES = "'\""
_ENDS = ";&|<>"
LONGEST = 1 << 18
"""How many characters a text may have: Linux takes no argument of half that length."""


def split(text: str) -> list[str]:
    """The words of ``text`` (see the module).

    Raises ``ValueError`` when a quote is not closed, a parenthesis opens or closes nothing or the
    text ends in a backslash.
    """
    if len(text) > LONGEST:
        raise ValueError(f"a command line has at most {LONGEST} characters; this has {len(text)}")
    splitter, _ = _read(text)
    splitter.end_word()
    if splitter.malformed or splitter.escaped or splitter.together:
        raise ValueError(
            f"{text!r} has a quote or parenthesis that is not closed or ends in a backslash"
        )
    return splitter.words


def left_over(text: str) -> str:
    """What of ``text`` is not looked at: from where a shell would end the command."""
    return _read(text)[1] if len(text) <= LONGEST else ""


def _read(text: str) -> tuple[_Splitter, str]:
    """``text`` read up to its end or the command's, and the rest."""
    splitter = _Splitter()
    for position, char in enumerate(text):
        if not splitter.take(char):
            return splitter, text[position:]
    return splitter, ""


class _Splitter:
    """The words so far, the one that is being read, and what it stands in."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.word: list[str] = []
        self.begun = False
        """Whether there is a word, which may be empty if it was quoted."""
        self.escaped = False
        self.quote = ""
        self.backquoted = False
        self.parenthesis = False
        self.malformed = False

    @property
    def together(self) -> bool:
        """Whether blanks and ends are part of the word."""
        return bool(self.quote) or self.backquoted or self.parenthesis

    def end_word(self) -> None:
        if self.begun:
            self.words.append("".join(self.word))
        self.word, self.begun = [], False

    def take(self, char: str) -> bool:
        """Read one character. Returns False at the end of what is looked at."""
        if self.escaped:
            self.escaped = False
        elif char == "\\" and self.quote != "'":
            self.escaped = True
            return True
        elif char in _BLANKS and not self.together:
            self.end_word()
            return True
        elif char in _QUOTES and self.quote in ("", char) and not self.parenthesis:
            self.begun = self.begun or self.quote == char
            self.quote = "" if self.quote else char
            return True
        elif char in _ENDS and not self.together:
            if char == ">" and self.word and self.word[0] in "0123456789":  # as in 2>file
                self.begun = False
            return False
        elif not self.quote:
            self.group(char)
        self.word.append(char)
        self.begun = True
        return not self.malformed

    def group(self, char: str) -> None:
        """Note where backquotes and parentheses open and close."""
        if char == "`" and not self.parenthesis:
            self.backquoted = not self.backquoted
        elif char == ")" and not self.backquoted:
            self.parenthesis = not self.parenthesis
        elif char == "(" and not self.backquoted:
            self.malformed = self.parenthesis or self.word[-1:] != ["$"]
            self.parenthesis = True
