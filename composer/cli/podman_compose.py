"""The command line of podman-compose 1.6, and the words of composer's for it.

One table says which flags podman-compose's commands take and what each becomes. Parsing is left to
argparse, which podman-compose parses with: abbreviated flags, usage errors (exit code 2) and all.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from composer.errors import ComposerError

PROGRAM = "podman-compose"
SPEAKS = "1.6.0"
"""The version of podman-compose whose command line this is."""
NO_COMMAND = 255
"""The exit code of podman-compose when there is nothing to do."""

Takes = Literal["switch", "value", "values", "maybe"]


class Flag(NamedTuple):
    """A flag of podman-compose. Without ``becomes`` it has the name of composer's flag, its last
    one; an empty text drops it. ``alone`` is what a flag whose value may be missing means then."""

    names: str
    takes: Takes = "switch"
    becomes: str | None = None
    choices: tuple[str, ...] = ()
    alone: str | None = None
    help: str = ""

    @property
    def key(self) -> str:
        """Where argparse puts its value."""
        return "flag" + self.names.split()[-1].replace("-", "_")

    def words(self, value: Any) -> Iterator[str]:
        """``value``, as argparse found it, in composer's words."""
        own = self.names.split()[-1] if self.becomes is None else self.becomes
        if not own or value in (None, False):
            return
        if value is True:
            yield own
            return
        for one in value if isinstance(value, list) else [value]:
            yield from (f"{own}={one}",) if own.startswith("--") else (own, one)


class Grammar(NamedTuple):
    """What a command takes: flags, and the names of its arguments (``*`` for any number, ``...``
    for all the rest)."""

    summary: str
    flags: tuple[Flag, ...] = ()
    arguments: tuple[str, ...] = ("services*",)


_PULL = ("always", "missing", "never", "newer")
_PULLING = (
    Flag("--pull", "maybe", choices=_PULL, alone="newer"),
    Flag("--pull-always", "maybe", "", choices=("true", "false"), alone="true"),
)
_BUILDING = (Flag("--build-arg", "values"), Flag("--no-cache"))
_TIMEOUT = Flag("-t --timeout", "value")
_WAITING = (Flag("--wait"), Flag("--wait-timeout", "value"))
_INSIDE = (
    Flag("-e --env", "values"),
    Flag("-u --user", "value"),
    Flag("-T"),
    Flag("-w --workdir", "value"),
)

GLOBAL = (
    Flag("-v --version", becomes="", help="show version"),
    Flag("--in-pod", "value", help="true: one pod pod_<project>; false: none; else the pod's name"),
    Flag("--pod-args", "value", help="arguments of `podman pod create`"),
    Flag("--env-file", "value", becomes="", help="file with variables, in place of .env"),
    Flag("-f --file", "values", help="Compose file, or - for standard input"),
    Flag("--profile", "values", help="profile to enable"),
    Flag("-p --project-name", "value", help="project name"),
    Flag("--podman-path", "value", help="the podman program"),
    Flag("--podman-args", "values", help="arguments of every `podman`"),
    *(
        Flag(f"--podman-{name}-args", "values", help=f"arguments of `podman {name}`")
        for name in ("pull", "push", "build", "inspect", "run", "start", "stop", "rm", "volume")
    ),
    Flag("--no-ansi", help="no control characters"),
    Flag("--no-cleanup", help="accepted"),
    Flag("--dry-run", help="print the plan and change nothing"),
    Flag("--parallel", "value", help="operations at once"),
    Flag("--verbose", help="accepted"),
)

COMMANDS: dict[str, Grammar] = {
    "help": Grammar("show help", arguments=()),
    "version": Grammar(
        "show version",
        (Flag("-f --format", "value", choices=("pretty", "json")), Flag("--short")),
        (),
    ),
    "wait": Grammar("wait for running containers to stop", arguments=()),
    "systemd": Grammar(
        "units of systemd for projects",
        (
            Flag(
                "-a --action",
                "value",
                choices=("register", "unregister", "create-unit", "list", "ls"),
            ),
        ),
        (),
    ),
    "pull": Grammar("pull images", (Flag("--force-local"),)),
    "push": Grammar("push images", (Flag("--ignore-push-failures"),)),
    "build": Grammar("build images", (*_PULLING, *_BUILDING)),
    "up": Grammar(
        "create and start containers",
        (
            Flag("-d --detach"),
            Flag("--no-color"),
            Flag("--quiet-pull"),
            Flag("--no-deps"),
            Flag("--force-recreate"),
            Flag("--always-recreate-deps"),
            Flag("--no-recreate"),
            Flag("--no-build"),
            Flag("--no-start"),
            Flag("--build"),
            Flag("--abort-on-container-exit"),
            Flag("--abort-on-container-failure"),
            _TIMEOUT,
            Flag("-V --renew-anon-volumes"),
            Flag("--remove-orphans"),
            Flag("--scale", "values"),
            Flag("--exit-code-from", "value"),
            *_PULLING,
            *_BUILDING,
            *_WAITING,
        ),
    ),
    "down": Grammar(
        "stop and remove containers, networks and pods",
        (
            Flag("-v --volumes"),
            Flag("--remove-orphans"),
            Flag("--rmi", "maybe", choices=("local", "all")),
            _TIMEOUT,
        ),
    ),
    "ps": Grammar("list containers", (Flag("-q --quiet"), Flag("-f --format", "value")), ()),
    "run": Grammar(
        "run one command in a new container of a service",
        (
            Flag("--build"),
            Flag("-d --detach"),
            Flag("--name", "value"),
            Flag("--entrypoint", "value"),
            Flag("-l --label", "values"),
            Flag("--no-deps"),
            Flag("--rm"),
            Flag("-p --publish", "values"),
            Flag("--service-ports"),
            Flag("-v --volume", "values"),
            *_INSIDE,
        ),
        ("service", "command..."),
    ),
    "exec": Grammar(
        "run a command in a running container",
        (Flag("-d --detach"), Flag("--privileged"), Flag("--index", "value"), *_INSIDE),
        ("service", "command..."),
    ),
    "start": Grammar("start services", _WAITING),
    "stop": Grammar("stop services", (_TIMEOUT,)),
    "restart": Grammar("restart services", (_TIMEOUT,)),
    "logs": Grammar(
        "show the output of services",
        (
            Flag("-f --follow"),
            Flag("-l --latest", becomes=""),
            Flag("-n --names", becomes=""),
            Flag("--no-color"),
            Flag("--no-log-prefix"),
            Flag("--since", "value"),
            Flag("-t --timestamps"),
            Flag("--tail", "value"),
            Flag("--until", "value"),
        ),
    ),
    "config": Grammar(
        "print the Compose file",
        (Flag("--no-normalize"), Flag("--services"), Flag("-q --quiet")),
        (),
    ),
    "port": Grammar(
        "print the port that a port is published on",
        (Flag("--index", "value"), Flag("--protocol", "value", choices=("tcp", "udp"))),
        ("service", "private_port"),
    ),
    "pause": Grammar("pause services"),
    "unpause": Grammar("let paused services go on"),
    "kill": Grammar("send a signal to services", (Flag("-s --signal", "value"), Flag("-a --all"))),
    "stats": Grammar(
        "show the use of CPU, memory, network and disks",
        (
            Flag("-i --interval", "value"),
            Flag("--no-reset"),
            Flag("--no-stream"),
            Flag("-f --format", "value"),
        ),
    ),
    "images": Grammar("list the images of containers", (Flag("-q --quiet"),), ()),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=PROGRAM, description="Run Compose files on Podman.")
    _add_flags(parser, GLOBAL)
    commands = parser.add_subparsers(title="command", dest="command")
    for name, grammar in COMMANDS.items():
        one = commands.add_parser(name, help=grammar.summary, description=grammar.summary)
        _add_flags(one, grammar.flags)
        for argument in grammar.arguments:
            word = argument.rstrip("*.")
            count = argument.removeprefix(word)
            kinds = {"*": "*", "...": argparse.REMAINDER, "": None}
            one.add_argument(f"argument_{word}", metavar=word, nargs=kinds[count])
    return parser


def _add_flags(parser: argparse.ArgumentParser, flags: Sequence[Flag]) -> None:
    for flag in flags:
        how: dict[str, Any] = {"dest": flag.key, "help": flag.help or None}
        if flag.takes == "switch":
            how["action"] = "store_true"
        else:
            how |= {"choices": flag.choices or None, "metavar": None if flag.choices else "VALUE"}
        if flag.takes == "values":
            how["action"] = "append"
        if flag.takes == "maybe":
            how |= {"nargs": "?", "const": flag.alone}
        parser.add_argument(*flag.names.split(), **how)


def translated(arguments: Sequence[str]) -> list[str]:
    """A command line of podman-compose in composer's words.

    Ends the program as podman-compose does for ``--help``, for nothing to do, and for words that it
    does not know.
    """
    parser = _parser()
    said = vars(parser.parse_args(arguments))
    command = "version" if said["flag__version"] else said["command"]
    if command in (None, "help"):
        parser.print_help()
        raise SystemExit(NO_COMMAND)
    words = [word for flag in GLOBAL for word in flag.words(said[flag.key])]
    words += _env_file(said["flag__env_file"])
    if command != said["command"]:
        return [*words, command]
    grammar = COMMANDS[command]
    words += [command, *_SPECIAL.get(command, _nothing)(said)]
    words += [word for flag in grammar.flags for word in flag.words(said.get(flag.key))]
    for argument in grammar.arguments:
        value = said[f"argument_{argument.rstrip('*.')}"]
        words += value if isinstance(value, list) else [value]
    return words


def _env_file(said: str | None) -> list[str]:
    """podman-compose does without an env file that is not there."""
    return ["--env-file", said] if said and Path(said).exists() else []


def _nothing(_said: dict[str, Any]) -> list[str]:
    return []


def _pulling(said: dict[str, Any]) -> list[str]:
    """``--pull-always`` is an older word for ``--pull always``."""
    return ["--pull=always"] if said["flag__pull_always"] == "true" else []


def _building(said: dict[str, Any]) -> list[str]:
    """``build`` of composer knows only whether newer base images are looked for."""
    wanted = said.pop("flag__pull")
    said["flag__pull"] = wanted in ("always", "newer") or said["flag__pull_always"] == "true"
    return []


def _pull(said: dict[str, Any]) -> list[str]:
    """Images that are built here are pulled only with ``--force-local``."""
    return [] if said.pop("flag__force_local") else ["--ignore-buildable"]


_SPECIAL: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "build": _building,
    "pull": _pull,
    "up": _pulling,
}
"""What is more than another word for the same; values that have been dealt with are taken out."""


def enter_folder() -> None:
    """Go where ``COMPOSE_PROJECT_DIR`` says, as podman-compose does. Raises ``ComposerError``."""
    folder = os.environ.get("COMPOSE_PROJECT_DIR")
    if folder and Path(folder).is_dir():
        try:
            os.chdir(folder)
        except OSError as error:
            raise ComposerError(f"COMPOSE_PROJECT_DIR: {folder}: {error.strerror}") from error
