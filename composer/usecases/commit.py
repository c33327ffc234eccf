"""``commit``: a container as an image."""

from __future__ import annotations

import sys
from typing import NamedTuple

from composer.printable import printable
from composer.usecases.containers import running_replica
from composer.usecases.context import Context


class CommitOptions(NamedTuple):
    """The flags of ``commit``."""

    reference: str | None = None
    """The image's name."""
    author: str | None = None
    message: str | None = None
    changes: tuple[str, ...] = ()
    """Lines of a Dockerfile that the image is to have as well."""
    pause: bool = True
    replica: int | None = None


def commit(ctx: Context, service: str, options: CommitOptions) -> int:
    """Make an image of a running container of ``service``. Returns the exit code."""
    container = running_replica(ctx, service, options.replica)
    if ctx.settings.dry_run:
        named = f" as {options.reference}" if options.reference else ""
        sys.stdout.write(f"Would commit {printable(container.name)}{named}\n")
        return 0
    identity = ctx.engine.commit(
        container.id,
        options.reference,
        author=options.author,
        message=options.message,
        changes=options.changes,
        pause=options.pause,
    )
    ctx.report(f"Container {container.name}  Committed as sha256:{identity}")
    return 0
