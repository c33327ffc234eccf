"""Switches with values, as Docker Compose takes them."""

from __future__ import annotations

from typing import Annotated

import pytest
import typer

from composer.cli.arguments import without_values


def command(
    name: Annotated[str, typer.Option("--name", "-n")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q")] = False,
    pause: Annotated[bool, typer.Option("--pause/--no-pause", "-p")] = True,
) -> None:
    """A command with options of each kind."""


APP = typer.Typer()
APP.command()(command)
PARAMS = typer.main.get_command(APP).params


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("--quiet=true -q=1 --quiet=T", "--quiet -q --quiet"),
        ("--quiet=false x -q=0", "x"),
        ("--pause=false -p=f -p=true", "--no-pause --no-pause -p"),
        ("--name=false --name --quiet=true -q=true", "--name=false --name --quiet=true -q"),
        ("--quiet=maybe --other=true", "--quiet=maybe --other=true"),
        ("a --quiet=true -- --quiet=true", "a --quiet -- --quiet=true"),
    ],
)
def test_switches_may_have_values(given: str, read: str) -> None:
    assert without_values(PARAMS, given.split()) == read.split()


def test_what_follows_the_first_argument_may_be_somebody_elses() -> None:
    given = ["-n", "app", "-q=true", "web", "--quiet=true"]
    read = ["-n", "app", "-q", "web", "--quiet=true"]
    assert without_values(PARAMS, given, mixed=False) == read
