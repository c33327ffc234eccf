"""YAML text to a tree: YAML 1.2 scalars, places, anchors, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from composer.errors import FileError
from composer.spec import read as reading
from composer.spec.read import ALIAS_LIMIT, read
from composer.spec.scalars import plain
from composer.spec.tree import Map, Problems


def tree(text: str) -> Map:
    problems = Problems()
    documents = read(text, "compose.yaml", problems)
    problems.check()
    return documents[0].root


def refusal(text: str) -> str:
    with pytest.raises(FileError) as caught:
        tree(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("22:22", "22:22"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("0o17", 15),
        ("0440", 288),
        ("0x1f", 31),
        ("0b11", 3),
        ("1_000", 1000),
        ("-5", -5),
        ("+5", 5),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        (".inf", math.inf),
        ("1.2.3", "1.2.3"),
        ("0.0.0.0", "0.0.0.0"),
        ("2024-01-01", "2024-01-01"),
        ("0x", "0x"),
        ("09", 9.0),
        ("-", "-"),
        ("=", "="),
    ],
)
def test_plain_scalars_are_those_of_yaml_12(text: str, value: Any) -> None:
    found = plain(text)
    assert found == value
    assert type(found) is type(value)


def test_quoted_scalars_are_text() -> None:
    assert tree("a: '5'\nb: \"true\"") == {"a": "5", "b": "true"}


def test_every_entry_knows_where_it_was_said() -> None:
    root = tree("services:\n  web:\n    ports:\n      - '80:80'\n")
    assert root.marks["services"] == ("compose.yaml", 1, 1)
    assert root["services"]["web"].marks["ports"] == ("compose.yaml", 3, 5)
    assert root["services"]["web"]["ports"].marks == [("compose.yaml", 4, 9)]


def test_merge_keys_give_way_to_keys_that_are_said_and_to_earlier_mappings() -> None:
    root = tree("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 0}")
    assert root["c"] == {"x": 0, "y": 1, "z": 2}


def test_aliased_values_do_not_share_their_mappings() -> None:
    root = tree("a: &a {x: 1}\nb: *a")
    root["a"]["x"] = 2
    assert root["b"] == {"x": 1}


def test_reset_and_override_tags_are_reported_as_paths() -> None:
    text = "services: {a: {ports: !reset [], env: !override {x: 1}, deep: {b: !reset null}}}"
    document = read(text, "f", Problems())[0]
    assert document.resets == (("services", "a", "ports"), ("services", "a", "deep", "b"))
    assert document.overrides == (("services", "a", "env"),)
    assert document.root["services"]["a"] == {"env": {"x": 1}, "deep": {}}


def test_several_documents_are_read() -> None:
    assert [one.root for one in read("a: 1\n---\nb: 2\n", "f", Problems())] == [{"a": 1}, {"b": 2}]


def test_all_duplicate_keys_are_refused_with_the_first_place() -> None:
    message = refusal("a: 1\nb: 2\na: 3\nb: 4\n")
    assert "compose.yaml:3:1: a: already said in line 1" in message
    assert "compose.yaml:4:1: b: already said in line 2" in message


def test_malformed_yaml_is_refused_with_its_place() -> None:
    assert refusal("a:\n  b: [1\nc: 2\n").startswith("compose.yaml:3:2: malformed YAML: did not")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a: &image é\r\nb: [é, *imag]\r\n", "did you mean image?"),
        ("a: &other 1\nb: [1, *imag]\n", "put &imag before the value"),
        ("a: &imag 1\n---\nb: [1, *imag]\n", "put &imag before the value"),
        ("a:\nb: [1, *imag, &imag 1]\n", "put &imag before the value"),
    ],
)
def test_an_undefined_alias_is_named_with_what_to_do(text: str, hint: str) -> None:
    line = text.count("\n", 0, text.index("*")) + 1
    assert refusal(text).startswith(
        f"compose.yaml:{line}:8: malformed YAML: found undefined alias 'imag'\n  {hint}"
    )


def test_a_key_that_is_no_text_is_refused() -> None:
    assert 'write it in quotes: "1"' in refusal("services: {1: {}}")


def test_a_value_that_contains_itself_is_refused() -> None:
    assert "a part of" in refusal("a: &a {b: *a}")


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert str(ALIAS_LIMIT) in refusal("\n".join(lines))


@pytest.mark.parametrize("text", ["a: " + "[" * 100_000, "- " * 100_000, "a: " + "{b: " * 5000])
def test_deep_nesting_is_refused(text: str) -> None:
    assert "nested too deeply" in refusal(text)


def test_a_list_at_the_top_is_refused() -> None:
    assert "must be a mapping" in refusal("- a")


def test_control_characters_are_refused() -> None:
    assert refusal('a: "x\x01"') == (
        "compose.yaml:1:6: the character U+0001 is not allowed in YAML"
    )


def test_explicit_tags_decide() -> None:
    assert tree('a: !!str 5\nb: !!float 1\nc: !!null ""') == {"a": "5", "b": 1.0, "c": None}


def test_the_parser_in_python_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from yaml.composer import Composer
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class Pure(reading._Tags, Reader, Scanner, Parser, Composer):
        def __init__(self, stream: str) -> None:
            Reader.__init__(self, stream)
            Scanner.__init__(self)
            Parser.__init__(self)
            Composer.__init__(self)

    text = "a: &a [22:22, 'x', 5]\nb: {<<: {c: *a}, d: yes}\n"
    fast = tree(text)
    monkeypatch.setattr(reading, "_Loader", Pure)
    assert tree(text) == fast
    assert tree(text).marks == fast.marks
