"""Durations, sizes and numbers."""

from __future__ import annotations

from typing import Any

import pytest

from composer.spec import units


@pytest.mark.parametrize(
    ("text", "nanoseconds", "shown"),
    [
        ("10s", 10_000_000_000, "10s"),
        ("90s", 90_000_000_000, "1m30s"),
        ("1.5s", 1_500_000_000, "1.5s"),
        ("1h", 3_600_000_000_000, "1h0m0s"),
        ("1.5h", 5_400_000_000_000, "1h30m0s"),
        ("100ms", 100_000_000, "100ms"),
        ("1500ms", 1_500_000_000, "1.5s"),
        ("1us", 1000, "1µs"),
        ("1500us", 1_500_000, "1.5ms"),
        ("7ns", 7, "7ns"),
        ("0", 0, "0s"),
        ("2d", 172_800_000_000_000, "48h0m0s"),
        ("-1s", -1_000_000_000, "-1s"),
    ],
)
def test_durations(text: str, nanoseconds: int, shown: str) -> None:
    assert units.nanoseconds(text) == nanoseconds
    assert units.go_duration(nanoseconds) == shown


@pytest.mark.parametrize("text", ["", "10", "s", "10 s", "1m 30s", "ten", "1x"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        units.nanoseconds(text)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("64m", 67_108_864),
        ("1.5g", 1_610_612_736),
        ("2GB", 2_147_483_648),
        ("10kib", 10_240),
        ("5b", 5),
        ("1024", 1024),
        (1024, 1024),
        (-1, -1),
        ("-1", -1),
        ("1t", 1_099_511_627_776),
    ],
)
def test_sizes(value: Any, size: int) -> None:
    assert units.size(value) == size


@pytest.mark.parametrize("text", ["", "lots", "1x", "m", "1 m m"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        units.size(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, ""),
        (1.50, "1.5"),
        (100000.0, "100000"),
        (1000000.0, "1e+06"),
        (1e21, "1e+21"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1234567.5, "1.2345675e+06"),
        (-2.5, "-2.5"),
        (12345678901234567890, "12345678901234567890"),
        (float("inf"), "+Inf"),
        (float("nan"), "NaN"),
    ],
)
def test_numbers_become_the_text_that_go_makes_of_them(value: Any, text: str) -> None:
    assert units.text(value) == text


@pytest.mark.parametrize("value", ["x", "1.5", "", True])
def test_what_is_no_whole_number(value: Any) -> None:
    with pytest.raises(ValueError, match="is not a whole number"):
        units.integer(value)


def test_booleans() -> None:
    assert [units.boolean(word) for word in (True, "yes", "On", "y", "true")] == [True] * 5
    assert [units.boolean(word) for word in (False, "no", "OFF", "n", "false")] == [False] * 5
    for word in ("maybe", "1", "t"):
        with pytest.raises(ValueError, match="neither true nor false"):
            units.boolean(word)


def test_file_modes() -> None:
    assert units.file_mode("0440") == "0440"
    assert units.file_mode(0o440) == "0440"
    with pytest.raises(ValueError, match="is not a file mode"):
        units.file_mode("rw")
