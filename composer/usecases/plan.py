"""``plan``: what ``up`` would do, and why."""

from __future__ import annotations

import sys

from composer.plan.intent import Images, Up
from composer.plan.plan import Plan
from composer.spec.model import Project
from composer.usecases.context import Context
from composer.usecases.up import up

FORMATS = ("tree", "json", "dot", "mermaid")


def plan(ctx: Context, images: Images, intent: Up, format: str) -> int:
    """Print what ``up`` would do in ``format``, and change nothing. ``ctx`` has to be a dry run."""
    plans: list[Plan] = []
    projects: list[Project] = []

    def collect(project: Project, plan: Plan) -> None:
        projects.append(project)
        plans.append(plan)

    ctx.on_plan = collect
    up(ctx, images, intent, yes=True)
    from composer.plan.joined import joined

    whole, name = joined(projects[-1], plans), projects[-1].name
    if format == "tree":
        from composer.ui.colour import wants_colour
        from composer.ui.plan_tree import to_tree

        colour = wants_colour(ctx.preferences.ansi, sys.stdout, ctx.environ)
        sys.stdout.write(to_tree(whole, name, colour=colour))
        return 0
    from composer.ui import plan_formats

    drawn = {
        "json": plan_formats.to_json,
        "dot": plan_formats.to_dot,
        "mermaid": plan_formats.to_mermaid,
    }
    sys.stdout.write(drawn[format](whole, name))
    return 0
