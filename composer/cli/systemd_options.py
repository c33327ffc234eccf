"""Options that commands about units share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from composer.systemd.units import Format

if TYPE_CHECKING:
    from composer.systemd.places import Place
    from composer.usecases.context import Context

FORMATS = get_args(Format)

User = Annotated[
    bool | None,
    typer.Option("--user/--system", help="Units of the user, or of the system (root's default)"),
]
FormatOption = Annotated[
    str | None,
    typer.Option("--format", help="quadlet or units; what Podman can read unless said"),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that composer did not write")]


def format_of(said: str | None) -> Format | None:
    """The format that ``--format`` says. Raises ``BadParameter``."""
    if said is not None and said not in FORMATS:
        raise typer.BadParameter(f"{said!r} is none of {', '.join(FORMATS)}", param_hint="--format")
    return cast("Format | None", said)


def said_place(context: Context, user: bool | None) -> Place | None:
    """The place that the option says; None if it says nothing."""
    from composer.usecases.systemd_generate import chosen_place

    return None if user is None else chosen_place(context, user)
