"""Splits ``command``, ``entrypoint`` and hooks written as one text into words, as a shell would."""

from __future__ import annotations

_BLANKS = " \t\r\n"
_QUOTES = "'\""


def split(text: str) -> list[str]:
    """The words of ``text``; quotes and backslashes work as in a shell, nothing is expanded.

    Raises ``ValueError`` when a quote is not closed or the text ends in a backslash.
    """
    words: list[str] = []
    word: list[str] = []
    quote = ""
    inside = escaped = False
    for char in text:
        if escaped:
            word.append(char)
            escaped = False
        elif char == "\\" and quote != "'":
            escaped = inside = True
        elif quote:
            if char == quote:
                quote = ""
            else:
                word.append(char)
        elif char in _QUOTES:
            quote, inside = char, True
        elif char in _BLANKS:
            if inside:
                words.append("".join(word))
            word, inside = [], False
        else:
            word.append(char)
            inside = True
    if quote or escaped:
        raise ValueError(f"{text!r} has a quote that is not closed or ends in a backslash")
    if inside:
        words.append("".join(word))
    return words
