"""``graph``."""

from __future__ import annotations

import sys

from composer.usecases.context import Context


def graph(ctx: Context, format: str) -> int:
    """Print the project's dependency graph as text, Mermaid, DOT or SVG. Returns the exit code."""
    project = ctx.project()
    from composer.graph import render
    from composer.graph.build import build
    from composer.graph.picture import to_svg
    from composer.graph.sequence import check_cycles

    check_cycles(project)
    drawn = build(project)
    to_format = {
        "text": render.to_text,
        "mermaid": render.to_mermaid,
        "dot": render.to_dot,
        "svg": to_svg,
    }
    sys.stdout.write(to_format[format](drawn, project.name))
    return 0
