"""``attach``: this terminal becomes that of a running container."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from composer.engine.foreground import KILLED
from composer.errors import ComposerError, EngineError
from composer.usecases.containers import running_replica
from composer.usecases.context import Context


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
    if code == KILLED:
        return code
    try:
        after = ctx.engine.inspect(container.id)
    except EngineError as error:
        if error.status != 404:
            raise
        return code
    return 0 if after.status in ("running", "paused") else after.exit_code
