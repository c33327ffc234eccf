"""``composer version``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from composer import __version__


def text() -> str:
    """The program's name and version."""
    return f"composer version {__version__}"


def version(
    ctx: typer.Context,
    format: Annotated[str, typer.Option("--format", "-f", help="pretty or json")] = "pretty",
    short: Annotated[bool, typer.Option("--short", help="Only the number")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", hidden=True)] = False,
) -> int:
    """Show the version."""
    if short:
        typer.echo(__version__)
    elif format == "json":
        typer.echo(json.dumps({"version": f"v{__version__}"}))
    else:
        typer.echo(text())
    return 0
