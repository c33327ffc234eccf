"""``exec``."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import NamedTuple

from composer.printable import printable
from composer.usecases.containers import running_replica
from composer.usecases.context import Context


class ExecOptions(NamedTuple):
    """The flags of ``exec``."""

    tty: bool = True
    """A terminal, where there is one on both sides."""
    stdin: bool = True
    detach: bool = False
    env: tuple[str, ...] = ()
    replica: int | None = None
    privileged: bool = False
    user: str | None = None
    workdir: str | None = None


def execute(ctx: Context, service: str, command: Sequence[str], options: ExecOptions) -> int:
    """Run ``command`` in a running container of ``service``; the command's exit code."""
    container = running_replica(ctx, service, options.replica)
    if ctx.settings.dry_run:
        sys.stdout.write(f"Would run in {printable(container.name)}: {shlex.join(command)}\n")
        return 0
    return ctx.engine.exec_command(
        container.id,
        command,
        interactive=options.stdin and not options.detach,
        tty=options.tty and sys.stdin.isatty() and sys.stdout.isatty() and not options.detach,
        detach=options.detach,
        user=options.user,
        workdir=options.workdir,
        env=options.env,
        privileged=options.privileged,
    )
