"""``composer graph``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.graph import graph as run_graph


def graph(
    ctx: typer.Context,
    format: Annotated[
        str, typer.Option("--format", help="How to draw it: text, mermaid, dot or svg")
    ] = "text",
) -> int:
    """Print the graph of services, networks and volumes.

    Example: composer graph --format svg > graph.svg
    """
    if format not in ("text", "mermaid", "dot", "svg"):
        raise typer.BadParameter(
            f"{format!r} is none of text, mermaid, dot, svg", param_hint="--format"
        )
    with opt.session(ctx) as context:
        return run_graph(context, format)
