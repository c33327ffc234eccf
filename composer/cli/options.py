"""Options that several commands share, and the context that the commands work with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from composer.usecases.context import Context, Settings

Services = Annotated[list[str] | None, typer.Argument(metavar="[SERVICE]...", show_default=False)]
Service = Annotated[str, typer.Argument(metavar="SERVICE", show_default=False)]
Index = Annotated[int | None, typer.Option("--index", help="Number of the replica")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the plan and change nothing")]
Deprecated = Annotated[bool, typer.Option(hidden=True)]
"""A switch of Docker Compose's that means nothing any more there, and is accepted."""
Format = Annotated[
    str,
    typer.Option(
        "--format", help="table, json, or a Go template: '{{.Name}}', 'table {{.Name}}\\t{{.ID}}'"
    ),
]
Timeout = Annotated[
    int | None,
    typer.Option("--timeout", "-t", help="Seconds until a container that does not stop is killed"),
]
NoBuild = Annotated[bool, typer.Option("--no-build", help="Do not build images")]
BuildFlag = Annotated[bool, typer.Option("--build", help="Build images first")]
Pull = Annotated[
    str | None,
    typer.Option("--pull", help="When to pull images: always, missing, never, build or policy"),
]
QuietPull = Annotated[bool, typer.Option("--quiet-pull", help="Do not show the progress of pulls")]
ForceRecreate = Annotated[
    bool, typer.Option("--force-recreate", help="Recreate containers that did not change as well")
]
NoRecreate = Annotated[
    bool, typer.Option("--no-recreate", help="Leave containers that exist as they are")
]
RemoveOrphans = Annotated[
    bool,
    typer.Option("--remove-orphans", help="Remove containers of services that the file lacks"),
]
Scale = Annotated[
    list[str] | None,
    typer.Option("--scale", metavar="SERVICE=NUM", help="Number of replicas of a service"),
]
NoDeps = Annotated[
    bool, typer.Option("--no-deps", help="Leave the services alone that the named ones need")
]
Since = Annotated[
    str | None, typer.Option("--since", help="From this time on, or as long ago (42m)")
]
Until = Annotated[str | None, typer.Option("--until", help="Up to this time, or as long ago (42m)")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on as they grow")]
Tail = Annotated[
    str, typer.Option("--tail", "-n", help="Lines from the end of each container's log")
]
Timestamps = Annotated[bool, typer.Option("--timestamps", "-t", help="Show times")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours")]
NoLogPrefix = Annotated[bool, typer.Option("--no-log-prefix", help="No names before the lines")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answer yes to every question")]


@contextmanager
def session(ctx: typer.Context, *, dry_run: bool = False) -> Iterator[Context]:
    """The context of a command, closed at its end."""
    settings = Settings(**ctx.obj)
    context = Context(settings._replace(dry_run=settings.dry_run or dry_run), os.environ)
    try:
        _ = context.preferences  # a variable that means nothing is an error of every command
        yield context
    finally:
        context.close()
