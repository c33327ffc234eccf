"""``exec``."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import NamedTuple

from composer.errors import ComposerError
from composer.printable import printable
from composer.state import PROJECT, SERVICE, Container
from composer.usecases.containers import check_services
from composer.usecases.context import Context


class ExecOptions(NamedTuple):
    """The flags of ``exec``."""

    tty: bool = True
    detach: bool = False
    env: tuple[str, ...] = ()
    replica: int | None = None
    privileged: bool = False
    user: str | None = None
    workdir: str | None = None


def execute(ctx: Context, service: str, command: Sequence[str], options: ExecOptions) -> int:
    """Run ``command`` in a running container of ``service``; the command's exit code."""
    container = _container(ctx, service, options.replica)
    if ctx.settings.dry_run:
        sys.stdout.write(f"Would run in {printable(container.name)}: {shlex.join(command)}\n")
        return 0
    return ctx.engine.exec_command(
        container.id,
        command,
        interactive=not options.detach,
        tty=options.tty and sys.stdin.isatty() and sys.stdout.isatty() and not options.detach,
        detach=options.detach,
        user=options.user,
        workdir=options.workdir,
        env=options.env,
        privileged=options.privileged,
    )


def _container(ctx: Context, service: str, index: int | None) -> Container:
    """The running replica number ``index`` of ``service``, or the one with the lowest number."""
    name = ctx.project_name
    labels = [f"{PROJECT}={name}", f"{SERVICE}={service}"]
    found = [c for c in ctx.engine.containers({"label": labels}) if not c.oneoff]
    check_services(ctx, (service,), found)
    replicas = [c for c in found if index is None or c.number == index]
    running = sorted((c for c in replicas if c.running), key=lambda c: c.number)
    if running:
        return running[0]
    which = f"service {service}" if index is None else f"replica {index} of service {service}"
    raise ComposerError(
        f"{which} is not running", hint=f"Start it with `composer up -d {service}`."
    )
