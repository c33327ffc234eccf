"""Commands that podman-compose has and composer has not, or in which podman-compose says more.

What podman-compose leaves to ``podman`` is left to it here, so that formats are the same.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from composer.cli import lifecycle
from composer.cli import options as opt
from composer.errors import ComposerError
from composer.state import PODMAN_PROJECT, Container
from composer.usecases import stack_units
from composer.usecases.containers import check_services, project_containers, running_replica
from composer.usecases.context import Context


def _handed(context: Context, arguments: list[str]) -> int:
    """Run ``podman`` with ``arguments``, or say that it would be run."""
    if context.settings.dry_run:
        sys.stdout.write(f"Would run: podman {' '.join(arguments)}\n")
        return 0
    return context.engine.podman(arguments)


def _replicas(context: Context, services: list[str] | None = None) -> list[Container]:
    """The replicas of ``services``, or of all. Raises ``ComposerError`` for an unknown service."""
    found = project_containers(context, context.project_name)
    check_services(context, tuple(services or ()), found)
    return [c for c in found if not c.oneoff and (not services or c.service in services)]


def ps(
    ctx: typer.Context,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only ids")] = False,
    format: Annotated[
        str | None, typer.Option("--format", "-f", help="json, or a template of podman ps")
    ] = None,
) -> int:
    """List the project's containers, as podman ps does."""
    chosen = "{{.ID}}" if quiet else format
    with opt.session(ctx) as context:
        label = f"label={PODMAN_PROJECT}={context.project_name}"
        shown = ["--format", chosen] if chosen else []
        return _handed(context, ["ps", "-a", "--filter", label, *shown])


def port(
    ctx: typer.Context,
    service: opt.Service,
    private_port: Annotated[int, typer.Argument(metavar="PORT", show_default=False)],
    protocol: Annotated[str, typer.Option("--protocol", help="tcp or udp")] = "tcp",
    index: opt.Index = None,
) -> int:
    """Print the port that a container's port is published on."""
    with opt.session(ctx) as context:
        container = running_replica(context, service, index)
        for published in container.ports:
            if (published.container_port, published.protocol) == (private_port, protocol):
                sys.stdout.write(f"{published.host_port}\n")
                return 0
        raise ComposerError(f"{container.name} does not publish {private_port}/{protocol}")


def stats(
    ctx: typer.Context,
    services: opt.Services = None,
    interval: Annotated[str | None, typer.Option("--interval", "-i", help="Seconds")] = None,
    format: Annotated[str | None, typer.Option("--format", "-f", help="json or template")] = None,
    no_reset: Annotated[bool, typer.Option("--no-reset", help="Do not clear the screen")] = False,
    no_stream: Annotated[bool, typer.Option("--no-stream", help="Only once")] = False,
) -> int:
    """Show what containers use, as podman stats does."""
    values = {"--interval": interval, "--format": format}
    flags = [word for name, value in values.items() if value for word in (name, value)]
    switches = {"--no-reset": no_reset, "--no-stream": no_stream}
    flags += [name for name, wanted in switches.items() if wanted]
    with opt.session(ctx) as context:
        running = [c.name for c in _replicas(context, services) if c.running]
        return _handed(context, ["stats", *flags, *running]) if running else 0


def wait(ctx: typer.Context) -> int:
    """Wait until the project's containers have ended, and print their exit codes."""
    with opt.session(ctx) as context:
        names = [c.name for c in _replicas(context)]
        return _handed(context, ["wait", *names]) if names else 0


def kill(
    ctx: typer.Context,
    services: opt.Services = None,
    signal: Annotated[str, typer.Option("--signal", "-s", help="Signal to send")] = "SIGKILL",
    everything: Annotated[bool, typer.Option("--all", "-a", help="All services")] = False,
) -> int:
    """Send a signal to the containers of services that are named, or of all with --all."""
    if not services and not everything:
        sys.stderr.write("name a service, or use --all to kill all services\n")
        return 0
    return lifecycle.kill(ctx, None if everything else services, signal=signal)


def systemd(
    ctx: typer.Context,
    action: Annotated[
        str, typer.Option("--action", "-a", help="register, unregister, create-unit, list or ls")
    ] = "register",
) -> int:
    """Let systemd run projects: one unit for all, and a file for each project."""
    with opt.session(ctx) as context:
        return stack_units.ACTIONS[action](context)
