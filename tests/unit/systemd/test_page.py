"""The table of ``docs/compatibility.md`` says what the units say."""

from __future__ import annotations

from composer.systemd.leftovers import LEFT
from tests.unit.systemd.page import rows
from tests.unit.test_compatibility_page import rows as listed
from tests.unit.test_compatibility_page import section, words

TITLE = "Units of systemd"


def test_the_table_is_what_attributes_become() -> None:
    assert rows() in section(TITLE), "run python -m tests.unit.systemd.page, and put it there"


def test_what_units_cannot_say_is_the_programs() -> None:
    found = {words(row[0])[0]: row[1] for row in listed("What units cannot say")}
    assert found == LEFT
