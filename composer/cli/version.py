"""``composer version``."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Annotated

import typer

from composer import __version__
from composer.cli import peers
from composer.cli.peers import Peer
from composer.engine.program import executable


def text(who: Peer) -> str:
    """The program's name and version; of one whose place composer takes, then composer's own."""
    own = f"composer version {__version__}"
    return f"{_PRETTY[who.program].format(who.speaks)}\n{own}" if who.speaks else own


_PRETTY = {
    "docker-compose": "Docker Compose version v{}",
    "podman-compose": "podman-compose version {}",
}


def version(
    ctx: typer.Context,
    format: Annotated[
        str, typer.Option("--format", "-f", help="pretty, json or a template ('{{.Version}}')")
    ] = "pretty",
    short: Annotated[bool, typer.Option("--short", help="Only the number")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", hidden=True)] = False,
) -> int:
    """Show the version. Example: composer version --short"""
    who = peers.peer(sys.argv[0])
    number = who.speaks or __version__
    told = number if who.dialect == "podman" else f"v{number}"
    if short:
        typer.echo(number)
    elif format == "json":
        typer.echo(json.dumps({"version": told}))
    elif "{{" in format:
        from composer.ui.template import show

        typer.echo(show(format, [{"Version": told}], {"Version": "VERSION"}), nl=False)
    else:
        typer.echo(text(who))
        if who.dialect == "podman":
            sys.stdout.flush()
            return subprocess.call([executable(), "--version"])
    return 0
