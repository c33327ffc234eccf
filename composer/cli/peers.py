"""The programs whose place composer takes: under which names, and with which options of theirs.

Called ``podman-compose`` (by a link, or by the script of a package), composer goes by the words,
names and exit codes of that; called ``docker-compose``, by Docker's version. Under its own name it
knows podman-compose's global options as well.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from typer.core import TyperOption

from composer import __version__
from composer.cli.commands import COMMANDS, Command
from composer.cli.podman_options import IN_VAIN
from composer.engine.variables import ARGUMENTS, BUILD_ARGUMENTS, PROGRAM
from composer.spec.conventions import Dialect


class Peer(NamedTuple):
    """What composer is under one name."""

    program: str
    dialect: Dialect = "docker"
    speaks: str = ""
    """The version of the program whose place it takes; empty for composer itself."""
    commands: Mapping[str, Command] = COMMANDS


COMPOSER = Peer("composer")


def _podman_compose() -> Peer:
    from composer.cli.podman_compose import PROGRAM, SPEAKS

    own = {
        name: Command(f"podman_commands:{name}", COMMANDS[known].summary)
        for name, known in (("ps", "ps"), ("port", "port"), ("stats", "ps"), ("wait", "ps"))
    }
    own["kill"] = Command("podman_commands:kill", COMMANDS["kill"].summary)
    own["systemd"] = Command("podman_commands:systemd", "Units of systemd for projects")
    return Peer(PROGRAM, "podman", SPEAKS, {**COMMANDS, **own})


_PEERS: dict[str, Callable[[], Peer]] = {
    "docker-compose": lambda: Peer("docker-compose", speaks="2.40.3"),
    "podman-compose": _podman_compose,
}


def peer(name: str) -> Peer:
    """What composer is when it is called by the path ``name``."""
    made = _PEERS.get(Path(name).name)
    return made() if made else COMPOSER


def words(who: Peer, arguments: Sequence[str]) -> list[str]:
    """``arguments`` in composer's own words. May end the program, as the peer would.

    Programs that expect ``docker compose`` call any program with a first word ``compose``; that is
    also how Docker's own program calls its plugins, after asking them for their metadata.
    """
    if list(arguments) == [METADATA]:
        sys.stdout.write(_metadata(who))
        raise SystemExit(0)
    if who.dialect != "podman":
        return list(arguments[1:] if arguments[:1] == ["compose"] else arguments)
    from composer.cli.podman_compose import enter_folder, translated

    found = translated(arguments)
    enter_folder()
    return found


METADATA = "docker-cli-plugin-metadata"
"""The command by which Docker's program asks a plugin what it is."""


def _metadata(who: Peer) -> str:
    import json

    told = {
        "SchemaVersion": "0.1.0",
        "Vendor": "podman-composer",
        "Version": who.speaks or __version__,
        "ShortDescription": "Run Compose files on Podman",
    }
    return json.dumps(told) + "\n"


# --- global options -------------------------------------------------------------------------------

Take = Callable[[dict[str, Any], Any], None]
"""Puts the value of an option into what is known of the command line."""


def _keep(key: str) -> Take:
    def take(known: dict[str, Any], value: Any) -> None:
        known[key] = value

    return take


def _program(_known: dict[str, Any], value: str) -> None:
    """``podman`` is called in many places; a variable tells all of them."""
    os.environ[PROGRAM] = value


def _more(variable: str) -> Take:
    """Adds flags for ``podman`` to those that a variable has."""

    def take(_known: dict[str, Any], values: Sequence[str]) -> None:
        said = [os.environ[variable]] if variable in os.environ else []
        os.environ[variable] = " ".join([*said, *values])

    return take


def _in_vain(option: str) -> Take:
    def take(_known: dict[str, Any], _value: Any) -> None:
        sys.stderr.write(
            f"warning: {option} has no effect: composer does this through Podman's service, not "
            "with the podman program\n"
        )

    return take


def _nothing(_known: dict[str, Any], _value: Any) -> None:
    """For what composer does anyhow, or never."""


class GlobalOption(NamedTuple):
    """An option that podman-compose has before the command, and Docker Compose has not."""

    name: str
    take: Take
    switch: bool = False
    many: bool = False


GLOBAL_OPTIONS = (
    GlobalOption("--in-pod", _keep("in_pod")),
    GlobalOption("--pod-args", _keep("pod_args")),
    GlobalOption("--podman-path", _program),
    GlobalOption("--podman-args", _more(ARGUMENTS), many=True),
    GlobalOption("--podman-build-args", _more(BUILD_ARGUMENTS), many=True),
    *(GlobalOption(option, _in_vain(option), many=True) for option in IN_VAIN),
    GlobalOption("--no-cleanup", _nothing, switch=True),
)

_KEY = "composer.peers"


def parameters() -> list[TyperOption]:
    """``GLOBAL_OPTIONS`` for Typer's parser, which no help shows."""
    return [_parameter(option) for option in GLOBAL_OPTIONS]


def _parameter(option: GlobalOption) -> TyperOption:
    def callback(ctx: Any, _param: Any, value: Any) -> None:
        if value:
            option.take(ctx.meta.setdefault(_KEY, {}), value)

    return TyperOption(
        param_decls=[option.name],
        is_flag=option.switch or None,
        multiple=option.many,
        hidden=True,
        expose_value=False,
        callback=callback,
    )


def said(ctx: Any) -> dict[str, Any]:
    """What the options of ``parameters`` have set, for ``Settings``."""
    found: dict[str, Any] = ctx.meta.get(_KEY, {})
    return found
