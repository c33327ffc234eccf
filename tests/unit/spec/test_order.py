"""The order of keys that users invent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.spec.order import in_natural_order


@pytest.mark.parametrize(
    "keys",
    [
        ["app1", "app2", "app10", "apple"],
        ["A_B", "AB", "ABC", "a_b", "ab"],
        ["a.b", "a1", "aa", "é"],
        ["v1", "v1a", "v1-a", "v2"],
        ["a1", "a01", "a2"],
    ],
)
def test_keys_are_in_natural_order(keys: list[str]) -> None:
    assert in_natural_order(reversed(keys)) == keys
    assert in_natural_order(keys) == keys


@given(st.lists(st.text(alphabet="abA~}_.- 019", min_size=1, max_size=6)))
def test_keys_of_ascii_are_in_the_order_that_they_have_among_others(keys: list[str]) -> None:
    among_others = in_natural_order([*keys, "é"])
    among_others.remove("é")
    assert in_natural_order(keys) == among_others
