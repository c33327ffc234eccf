"""``attach``: this terminal becomes that of a running container."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import NamedTuple

from composer.engine.foreground import KILLED
from composer.errors import ComposerError, EngineError
from composer.state import Container
from composer.usecases.containers import running_replica
from composer.usecases.context import Context

_END_SECONDS = 2.0
"""After which a container that goes on counts as left."""


class AttachOptions(NamedTuple):
    """The flags of ``attach``."""

    replica: int | None = None
    stdin: bool = True
    signals: bool = True
    """Those that this process gets are passed on."""
    detach_keys: str | None = None


def attach(ctx: Context, service: str, options: AttachOptions) -> int:
    """Connect the standard streams to a container of ``service`` until it ends, or is left.

    Returns its exit code; 0 when it goes on.
    """
    container = running_replica(ctx, service, options.replica)
    if container.status == "paused":
        raise ComposerError(
            "cannot attach to a paused container, unpause it first",
            hint=f"Use `composer unpause {service}`.",
        )
    if ctx.settings.dry_run:
        ctx.say(f"Would attach to {container.name}")
        return 0

    def forward(number: int) -> None:
        with suppress(EngineError):  # it may just have ended
            ctx.engine.kill(container.id, str(number))

    code = ctx.engine.attach(
        container.id,
        stdin=options.stdin,
        detach_keys=options.detach_keys,
        forward=forward if options.signals else None,
    )
    return code if code == KILLED else _ended(ctx, container, code)


def _ended(ctx: Context, container: Container, code: int) -> int:
    """The exit code of ``container``, with which ``podman attach`` ended with ``code``; 0 if left.

    Its streams end before Podman knows that it has ended: that is waited for.
    """
    limit = time.monotonic() + _END_SECONDS
    try:
        found = ctx.engine.wait_exit(container.id, lambda: time.monotonic() > limit)
    except EngineError as error:
        if error.status != 404:
            raise
        return code
    return found or 0
