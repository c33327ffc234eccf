"""Values in unit files: what systemd and Quadlet read is what was meant."""

from __future__ import annotations

import pytest

from composer.errors import ComposerError
from composer.systemd import quoting
from tests.integration.by_units import command
from tests.unit.projects import service
from tests.unit.systemd.made import OLD, said, text, units

AWKWARD = [
    "a b",
    "100%",
    "%n and %%",
    "$HOME and ${HOME}",
    'it\'s "quoted"',
    "back\\slash\\n",
    "two\nlines",
    "tab\there",
    "Grüße, 日本",
    ";",
    "a=b c",
    "",
    " ends ",
    "#no comment",
    "trailing\\",
    "bell\a, escape\x1b, next line\x85",
]


@pytest.mark.parametrize("value", AWKWARD)
def test_a_word_is_read_as_it_was_meant(value: str) -> None:
    line = f"ExecStart={quoting.word(quoting.escaped(value))}"
    assert command(line, "x.service", "/run") == [value]


@pytest.mark.parametrize("value", AWKWARD)
def test_a_classic_unit_runs_the_command_that_the_file_says(value: str) -> None:
    wanted = service("web", command=("say", value, "end"), environment={"A": value})
    made = units(wanted, machine=OLD)
    words = command(text(made, "p-web-1.service"), "p-web-1.service", "/run")
    assert words[-3:] == ["say", value, "end"]
    assert words[words.index("--env") + 1] == f"A={value}"


@pytest.mark.parametrize(
    ("value", "alone"),
    [("a", True), ("a b", True), (" a", False), ("a\n", False), ("a\\", False), ("", False)],
)
def test_only_a_line_that_nothing_is_cut_from_stands_for_itself(value: str, alone: bool) -> None:
    assert quoting.raw(value) is alone


def test_what_cannot_stand_for_itself_is_an_argument() -> None:
    made = units(service("web", working_dir=" odd "), service("plain", working_dir="/x"))
    assert said(made, "p-plain-1.container", "WorkingDir") == ["/x"]
    assert said(made, "p-web-1.container", "WorkingDir") == []
    assert '"--workdir= odd "' in said(made, "p-web-1.container", "PodmanArgs")


def test_words_that_quadlet_would_not_pass_on_are_variables() -> None:
    made = units(service("web", command=("echo", "", ";", "x;")))
    assert said(made, "p-web-1.container", "Exec") == ['echo "${NOTHING}" "${SEMICOLON}" "x;"']
    assert said(made, "p-web-1.container", "Environment") == ["NOTHING=", "SEMICOLON=;"]


def test_a_zero_byte_is_refused() -> None:
    with pytest.raises(ComposerError, match="a zero byte cannot be in a unit"):
        units(service("web", environment={"A": "x\0"}))
