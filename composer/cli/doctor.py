"""``composer doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.doctor import doctor as run_doctor


def doctor(
    ctx: typer.Context,
    format: Annotated[str, typer.Option("--format", help="text or json")] = "text",
) -> int:
    """Check Podman's set-up and the project, and say what mends what is wrong.

    The exit code is 1 if something is broken.

    Example: composer doctor
    """
    if format not in ("text", "json"):
        raise typer.BadParameter(f"{format!r} is none of text, json", param_hint="--format")
    with opt.session(ctx) as context:
        return run_doctor(context, format)
