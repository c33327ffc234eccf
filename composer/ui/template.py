"""Go templates, as far as people use them with ``--format``: ``table {{.Name}}\\t{{.State}}``.

There are fields (``{{.Name}}``, nested ones too), ``{{.Label "x"}}``, pipes, literals, brackets,
``if``/``else``, ``range``, trimmed space and the functions of ``composer.ui.template_functions``.
What is shown are mappings of names to values; a function among the values is called with what
follows its name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from composer.errors import ComposerError
from composer.printable import printable_lines
from composer.ui.table import LEAST_WIDTH, table
from composer.ui.template_functions import FUNCTIONS, HEADER_FUNCTIONS, Function, as_json, as_text

Row = Mapping[str, object]

NO_VALUE = "<no value>"
"""The heading of a field that has none."""

_ACTION = re.compile(
    r'\{\{(?P<left>-\s)?(?P<body>(?:"(?:\\.|[^"\\])*"|`[^`]*`|[^"`])*?)(?P<right>\s-)?\}\}',
    re.DOTALL,
)
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:\\.|[^"\\])*"|`[^`]*`)
          |(?P<number>-?[0-9]+(?:\.[0-9]+)?)
          |(?P<field>\$?(?:\.[A-Za-z_]\w*)+|\$|\.)
          |(?P<word>[A-Za-z_]\w*)
          |(?P<mark>[()|]))""",
    re.VERBOSE,
)
_WORDS: Mapping[str, object] = {"true": True, "false": False, "nil": None}


class _Scope(NamedTuple):
    """What a template is applied to: the whole row, and the part that ``range`` is at."""

    root: object
    dot: object
    functions: Mapping[str, Function]
    heading: bool = False


_Part = Callable[[_Scope], str]
_Value = Callable[[_Scope], object]


def show(
    template: str, rows: Sequence[Row], headings: Mapping[str, str], *, fields: Sequence[str] = ()
) -> str:
    """``rows`` as ``--format template`` wants them: ``json``, ``table TEMPLATE`` or ``TEMPLATE``.

    ``headings`` are those of a table by field, ``fields`` the columns of a plain ``table``. Raises
    ``ComposerError`` for a template that cannot be read, and for fields that there are not.
    """
    text = template.strip()
    if text == "json":
        return "".join(as_json(row) + "\n" for row in rows)
    if "{{" not in text and text != "table":
        raise ComposerError(
            f"unknown format {template!r}",
            hint="Use table, json, or a template such as 'table {{.Name}}\\t{{.State}}'.",
        )
    if text == "table":
        text += " " + "\\t".join(f"{{{{.{field}}}}}" for field in fields)
    tabular = text.startswith("table ")
    pattern = text.removeprefix("table ").strip() if tabular else text
    parts = _parse(pattern.replace("\\t", "\t").replace("\\n", "\n"))
    lines = [_applied(parts, _Scope(row, row, FUNCTIONS)) for row in rows]
    if not tabular:
        return "".join(printable_lines(line) + "\n" for line in lines)
    names: Row = {**headings, "Label": _heading_of_label}
    header = _applied(parts, _Scope(names, names, HEADER_FUNCTIONS, heading=True))
    cells = [line.split("\t") for line in (header, *lines)]
    most = max(map(len, cells))
    filled = [line + [""] * (most - len(line)) for line in cells]
    return table(filled[0], filled[1:], least=LEAST_WIDTH)


def _heading_of_label(name: object) -> str:
    return str(name).rpartition(".")[2].replace("-", " ").replace("_", " ")


def _applied(parts: Sequence[_Part], scope: _Scope) -> str:
    return "".join(part(scope) for part in parts)


# --- from text to parts ---------------------------------------------------------------------------


class _Piece(NamedTuple):
    """A stretch of text, or what stands between two braces."""

    text: str
    is_action: bool


def _parse(template: str) -> list[_Part]:
    pieces = iter(list(_pieces(template)))
    parts, end = _block(pieces, template)
    if end:
        raise _unreadable(template, f"{{{{{end}}}}} belongs to nothing")
    return parts


def _pieces(template: str) -> Iterator[_Piece]:
    place, trim = 0, False
    for match in _ACTION.finditer(template):
        text = template[place : match.start()]
        text = text.lstrip() if trim else text
        yield _Piece(text.rstrip() if match["left"] else text, is_action=False)
        body = match["body"].strip()
        if not (body.startswith("/*") and body.endswith("*/")):
            yield _Piece(body, is_action=True)
        place, trim = match.end(), bool(match["right"])
    rest = template[place:]
    if "{{" in rest:
        raise _unreadable(template, "a {{ is not closed")
    yield _Piece(rest.lstrip() if trim else rest, is_action=False)


def _block(pieces: Iterator[_Piece], template: str) -> tuple[list[_Part], str]:
    """The parts up to ``end`` or ``else``, and which of them came; nothing at the end of all."""
    parts: list[_Part] = []
    for piece in pieces:
        word, _, rest = piece.text.partition(" ")
        if not piece.is_action:
            parts.append(lambda _, text=piece.text: text)  # type: ignore[misc]
        elif word in ("if", "range"):
            parts.append(_branch(word, rest, pieces, template))
        elif piece.text == "end" or word == "else":
            return parts, piece.text
        else:
            value = _expression(piece.text, template)
            parts.append(lambda scope, value=value: as_text(value(scope)))  # type: ignore[misc]
    return parts, ""


def _branch(word: str, condition: str, pieces: Iterator[_Piece], template: str) -> _Part:
    value = _expression(condition, template)
    body, end = _block(pieces, template)
    other: list[_Part] = []
    if end.startswith("else if ") and word == "if":
        other = [_branch("if", end.removeprefix("else if "), pieces, template)]
        end = "end"
    elif end == "else":
        other, end = _block(pieces, template)
    if end != "end":
        raise _unreadable(template, f"{{{{{word}}}}} has no {{{{end}}}}")

    def chosen(scope: _Scope) -> str:
        found = value(scope)
        if word == "if" or not found:
            return _applied(body if found else other, scope)
        items = found.values() if isinstance(found, Mapping) else found
        if not isinstance(items, list | tuple):
            raise ComposerError(f"cannot range over {as_text(found)!r} in the template")
        return "".join(_applied(body, scope._replace(dot=item)) for item in items)

    return chosen


# --- what stands between braces -------------------------------------------------------------------


class _Token(NamedTuple):
    kind: str
    text: str
    adjacent: bool
    """Whether no space stands before it."""


def _expression(text: str, template: str) -> _Value:
    tokens: list[_Token] = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise _unreadable(template, f"{text[place:].strip()!r} cannot be read")
        kind = match.lastgroup or ""
        tokens.append(_Token(kind, match[kind], match.start(kind) == place))
        place = match.end()
    value, rest = _pipe(tokens, template)
    if rest:
        raise _unreadable(template, f"{rest[0].text!r} stands in the wrong place")
    return value


def _pipe(tokens: list[_Token], template: str) -> tuple[_Value, list[_Token]]:
    """A pipe up to a closing bracket or the end; each command gets what the former one gave."""
    commands: list[list[_Value]] = [[]]
    while tokens and tokens[0].text != ")":
        token, tokens = tokens[0], tokens[1:]
        if token.kind == "mark" and token.text == "|":
            commands.append([])
        elif token.kind == "mark":
            inner, tokens = _pipe(tokens, template)
            if not tokens:
                raise _unreadable(template, "a ( is not closed")
            tokens = tokens[1:]
            if tokens and tokens[0].kind == "field" and tokens[0].adjacent:
                inner, tokens = _chain(inner, tokens[0].text.split(".")[1:]), tokens[1:]
            commands[-1].append(inner)
        else:
            commands[-1].append(_operand(token, template))
    if not all(commands):
        raise _unreadable(template, "a command is missing")

    def run(scope: _Scope) -> object:
        given: list[object] = []
        for command in commands:
            value = command[0](scope)
            arguments = [operand(scope) for operand in command[1:]] + given
            given = [_called(value, arguments)]
        return given[0]

    return run, tokens


def _called(value: object, arguments: list[object]) -> object:
    if not callable(value):
        if arguments:
            raise ComposerError(f"{as_text(value)!r} in the template takes no arguments")
        return value
    try:
        return value(*arguments)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise ComposerError(f"cannot apply the template: {error}") from error


def _operand(token: _Token, template: str) -> _Value:
    if token.kind == "field":
        start, *names = token.text.split(".")
        return _chain(lambda scope: scope.root if start else scope.dot, [n for n in names if n])
    if token.kind == "string":
        text = token.text[1:-1] if token.text[0] == "`" else ast.literal_eval(token.text)
        return lambda _: text
    if token.kind == "number":
        number = float(token.text) if "." in token.text else int(token.text)
        return lambda _: number
    if token.text in _WORDS:
        return lambda _: _WORDS[token.text]
    if token.text not in FUNCTIONS:
        known = ", ".join(sorted(FUNCTIONS))
        raise _unreadable(template, f"there is no function {token.text}", f"Functions: {known}.")
    return lambda scope: scope.functions[token.text]


def _chain(start: _Value, names: Sequence[str]) -> _Value:
    def value(scope: _Scope) -> object:
        found = start(scope)
        for name in names:
            found = _field(found, name, heading=scope.heading)
        return found

    return value


def _field(of: object, name: str, *, heading: bool) -> object:
    if isinstance(of, msgspec.Struct):
        of = msgspec.structs.asdict(of)
    if isinstance(of, Mapping) and name in of:
        found: object = of[name]
        return found
    if heading:
        return NO_VALUE
    if isinstance(of, Mapping):
        raise ComposerError(
            f"the template asks for .{name}, which does not exist",
            hint=f"Fields: {', '.join('.' + str(key) for key in of)}.",
        )
    raise ComposerError(f"the template asks for .{name} of {as_text(of)!r}, which has no fields")


def _unreadable(template: str, why: str, hint: str | None = None) -> ComposerError:
    return ComposerError(
        f"cannot read the template {template!r}: {why}",
        hint=hint or "Templates are such as 'table {{.Name}}\\t{{.State}}' or '{{json .}}'.",
    )
