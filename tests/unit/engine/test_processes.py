"""Processes in the words of ``ps``."""

from __future__ import annotations

import time

import pytest

from composer.engine.processes import _as_ps

NOON = 1_795_521_600.0
"""2026-11-24 12:00 UTC."""


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("composer.engine.processes.time.localtime", time.gmtime)


@pytest.mark.parametrize(
    ("age", "used", "began", "clock"),
    [
        ("5m3.25s", "0s", "11:54", "00:00:00"),
        ("1h0m0s", "1m2.5s", "11:00", "00:01:02"),
        ("30h0m1s", "26h3m4s", "Nov23", "26:03:04"),
        ("924.49417ms", "850µs", "12:00", "00:00:00"),
        ("?", "?", "?", "?"),
    ],
)
def test_times_are_those_of_ps(age: str, used: str, began: str, clock: str) -> None:
    row = ["root", "1", "0", "12.345", age, "?", used, "sleep 600"]
    assert _as_ps(row, NOON) == ("root", "1", "0", "12", began, "?", clock, "sleep 600")
