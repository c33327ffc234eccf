"""What is printed reads back as what it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from composer.spec import to_json, to_yaml
from composer.spec.read import read
from composer.spec.tree import Problems

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 3)),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t\"'#:-")),
    st.sampled_from(
        ["yes", "22:22", "1e3", "0x1f", "0o7", "1_0", "2024-01-01", "- a", "a: b", "a #b", "~"]
    ),
)
keys = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda key: key != "<<" and not key.startswith("x-")
)
values = st.recursive(
    scalars, lambda below: st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=3)
)


def undoubled(value: Any) -> Any:
    """With the dollar signs as they were before printing doubled them."""
    if isinstance(value, str):
        return value.replace("$$", "$")
    if isinstance(value, dict):
        return {undoubled(key): undoubled(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [undoubled(entry) for entry in value]
    return value


@given(st.dictionaries(keys, values, min_size=1, max_size=3))
def test_yaml_reads_back(mapping: dict[str, Any]) -> None:
    text = to_yaml(mapping)
    assert undoubled(read(text, "f", Problems())[0].root) == mapping
    assert undoubled(yaml.safe_load(text)) == mapping


@given(st.dictionaries(keys, values, min_size=1, max_size=3))
def test_json_reads_back(extension: dict[str, Any]) -> None:
    printed = json.loads(to_json({"name": "p", "x-anything": extension}))
    assert undoubled(printed["x-anything"]) == extension


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("plain text", "plain text"),
        ("", '""'),
        ("yes", '"yes"'),
        ("8080", '"8080"'),
        ("22:22", '"22:22"'),
        ("80-85", "80-85"),
        ("a: b", "'a: b'"),
        ("it's #1", "'it''s #1'"),
        ("- x", "'- x'"),
        ("one\ntwo\n", "|\n    one\n    two"),
        ("one\ntwo", "|-\n    one\n    two"),
        (True, "true"),
        (None, "null"),
        (0.5, "0.5"),
        ([], "[]"),
        ({}, "{}"),
        ("$A", "$$A"),
    ],
)
def test_scalars_look_as_docker_compose_prints_them(value: Any, printed: str) -> None:
    assert to_yaml({"x-a": {"b": value}}) == f"x-a:\n  b: {printed}\n"


def test_json_shows_what_docker_compose_shows() -> None:
    services = {"a": {"image": "x", "x-podman": {"pod": "p"}, "deploy": {"replicas": 1}}}
    printed = json.loads(to_json({"services": services, "networks": {"n": {"name": "n"}}}))
    assert printed["services"]["a"] == {
        "image": "x",
        "deploy": {"replicas": 1, "resources": {}, "placement": {}},
        "command": None,
        "entrypoint": None,
    }
    assert printed["networks"]["n"] == {"name": "n", "ipam": {}}
    assert services["a"]["x-podman"] == {"pod": "p"}
