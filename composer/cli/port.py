"""``composer port``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.port import port as run_port


def port(
    ctx: typer.Context,
    service: opt.Service,
    private_port: Annotated[
        int, typer.Argument(metavar="PRIVATE_PORT", min=1, max=65535, show_default=False)
    ],
    protocol: Annotated[str, typer.Option("--protocol", help="tcp, udp or sctp")] = "tcp",
    index: opt.Index = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Print the address and port that a container's port is published on.

    Example: composer port web 80
    """
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_port(context, service, private_port, protocol=protocol.lower(), index=index)
