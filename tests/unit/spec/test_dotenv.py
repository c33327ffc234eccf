"""``.env`` files in Docker Compose's dialect."""

from __future__ import annotations

import pytest

from composer.errors import ComposerError
from composer.spec.dotenv import parse, parse_raw

VALUES = {"SHELL": "sh"}


def variables(text: str) -> dict[str, str]:
    return parse(text, VALUES.get, ".env")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=1", "1"),
        ("A = spaced ", "spaced"),
        ("export A=1", "1"),
        ("A: 1", "1"),
        ("A=", ""),
        ("A=a=b", "a=b"),
        ("A=x # comment", "x"),
        ("A=x#y", "x#y"),
        ("A=#comment", "#comment"),
        ("A='x # y'", "x # y"),
        ('A="x" # comment', "x"),
        ('A="x\\ny"', "x\ny"),
        ('A="say \\"x\\""', 'say "x"'),
        ("A='$SHELL'", "$SHELL"),
        ('A="$SHELL"', "sh"),
        ('A="\\$SHELL"', "$SHELL"),
        ("A=${SHELL}", "sh"),
        ("A=${MISSING:-d}", "d"),
        ('A="one\ntwo"', "one\ntwo"),
        ("A=1\r\n", "1"),
        ("# c\n\n  A=1", "1"),
        ("A=$$x", "$x"),
    ],
)
def test_values(text: str, value: str) -> None:
    assert variables(text) == {"A": value}


def test_a_value_can_refer_to_one_before_it_but_the_shell_wins() -> None:
    assert variables("A=1\nB=${A}2\nSHELL=x\nC=$SHELL")["B"] == "12"
    assert variables("SHELL=x\nC=$SHELL")["C"] == "sh"


def test_a_name_alone_is_taken_from_the_environment_if_it_is_there() -> None:
    assert variables("SHELL\nMISSING\nA=1") == {"SHELL": "sh", "A": "1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A=1\nB='x", ".env:2:3: a quoted value is not terminated"),
        ("A=1\n?=2", ".env:2:1: unexpected character '?'"),
        ("A B=1", ".env:1:3: unexpected character 'B'"),
        ("A=${x", ".env:1:3: '${x' has a variable that is malformed"),
    ],
)
def test_malformed_lines_are_refused_with_their_place(text: str, message: str) -> None:
    with pytest.raises(ComposerError) as caught:
        variables(text)
    assert str(caught.value).startswith(message)


def test_raw_values_are_taken_as_they_are() -> None:
    text = "A=\"$B\" # x\n#c\n\n C='y'\nD\nE"
    expected = {"A": '"$B" # x', "C": "'y'", "E": "e"}
    assert parse_raw(text, {"E": "e"}.get, "raw.env") == expected


@pytest.mark.parametrize("line", ["export A=1", "A =1", "A\tB=1", "A B", "=1"])
def test_raw_lines_need_a_name(line: str) -> None:
    with pytest.raises(ComposerError, match="not a variable's name") as caught:
        parse_raw(f"OK=1\n{line}\n", lambda _: None, "raw.env")
    assert str(caught.value.position) == "raw.env:2:1"
