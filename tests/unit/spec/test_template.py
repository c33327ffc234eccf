"""Variables in text."""

from __future__ import annotations

import pytest

from composer.spec.template import TemplateError, substitute

VALUES = {"SET": "value", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("$SET", "value"),
        ("${SET}", "value"),
        ("a${SET}b", "avalueb"),
        ("$SET-x", "value-x"),
        ("${UNSET:-d}", "d"),
        ("${UNSET-d}", "d"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${SET:-d}", "value"),
        ("${SET:+r}", "r"),
        ("${EMPTY:+r}", ""),
        ("${EMPTY+r}", "r"),
        ("${UNSET+r}", ""),
        ("${UNSET:-${SET}}", "value"),
        ("${UNSET:-${OTHER:-${SET}!}}", "value!"),
        ("${SET:?message}", "value"),
        ("${EMPTY?message}", ""),
        ("$$SET", "$SET"),
        ("$$$SET", "$value"),
        ("${UNSET:-a:b?c+d-e}", "a:b?c+d-e"),
        ('${UNSET:-{"a": 1}}', '{"a": 1}'),
        ("$1 $ $(x) a$", "$1 $ $(x) a$"),
        ("no variables", "no variables"),
    ],
)
def test_substitution(text: str, result: str) -> None:
    assert substitute(text, VALUES.get) == result


@pytest.mark.parametrize("text", ["${SET", "${}", "${1}", "${SET!x}", "${SET:x}", "${ SET}"])
def test_malformed_variables_are_refused(text: str) -> None:
    with pytest.raises(TemplateError, match="malformed"):
        substitute(text, VALUES.get)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${UNSET:?say it}", "required variable UNSET is missing a value: say it"),
        ("${EMPTY:?say $SET}", "required variable EMPTY is missing a value: say value"),
        ("${UNSET?}", "required variable UNSET is missing a value"),
    ],
)
def test_required_variables(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        substitute(text, VALUES.get)
    assert str(caught.value) == message


def test_only_variables_without_a_default_are_missing() -> None:
    missing: list[str] = []
    assert substitute("${A} $B ${C:-x} ${SET:-$D} ${E:+$F}", VALUES.get, missing.append)
    assert missing == ["A", "B"]
