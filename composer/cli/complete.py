"""What can stand at a place of a command line: the program's side of the shells' completion.

The scripts of ``composer completion`` call ``composer __complete WORD...``, the last word being the
one under the cursor. Each line of the answer is a candidate, a tab, and what it is; a last line
``:files`` asks the shell to complete file names, ``:nospace`` to write no space behind the word.

Commands and services are found without Typer, and options by importing one command alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from composer.cli.commands import COMMANDS, Command
from composer.cli.podman_options import VALUES

if TYPE_CHECKING:
    from composer.spec.model import Project

GLOBAL_VALUES = (
    "--file",
    "-f",
    "--project-name",
    "-p",
    "--profile",
    "--env-file",
    "--project-directory",
    "--workdir",
    "--ansi",
    "--progress",
    "--parallel",
    *VALUES,
)
"""Options before the command that take a value."""

CHOICES = {
    "--ansi": ("auto", "always", "never"),
    "--engine": ("composer", "podman"),
    "--kind": ("pod", "deployment", "statefulset", "daemonset", "job"),
    "--progress": ("auto", "tty", "plain", "json", "quiet"),
    "--pull": ("always", "missing", "never", "build", "policy"),
    "--rmi": ("local", "all"),
    "--status": ("created", "running", "paused", "restarting", "removing", "exited", "dead"),
}
"""Words that an option takes, whatever the command."""

FORMATS = {
    "autostart": ("quadlet", "units"),
    "config": ("yaml", "json", "table"),
    "doctor": ("text", "json"),
    "plan": ("tree", "json", "dot", "mermaid"),
    "graph": ("text", "mermaid", "dot", "svg"),
    "systemd generate": ("quadlet", "units"),
    "systemd install": ("quadlet", "units"),
    "version": ("pretty", "json"),
}
"""What ``--format`` takes; ``table`` and ``json`` for the commands that are not here."""

FIRST_ONLY = ("attach", "commit", "exec", "export", "port", "run")
"""Commands of which only the first argument is a service."""

NO_SERVICES = ("completion", "doctor", "graph", "ls", "version")

OF_MANIFESTS = ("down", "import", "logs", "play", "ps")
"""Commands below ``kube`` whose arguments are files, unless they look at a cluster."""

OF_UNITS = ("logs", "restart", "start", "status", "stop")
"""Commands below ``systemd`` whose arguments are services."""

SHELLS = ("bash", "zsh", "fish")

WORDS = {"completion": SHELLS, "autostart": ("enable", "disable", "status")}
"""Commands that have one argument, out of a few words."""


class _Line(NamedTuple):
    """A command line, taken apart up to the word under the cursor."""

    settings: dict[str, list[str]]
    """Values of the options before the command, by their long names."""
    command: str
    words: list[str]
    """What stands behind the command, without the last word."""
    last: str


def complete(words: Sequence[str]) -> list[str]:
    """The lines of the answer for ``words``, of which the last one is to be completed."""
    joined, shown = _joined(words)
    cut = len(joined[-1]) - len(shown)
    line = _taken_apart(joined)
    found = []
    for candidate in _candidates(line):
        word, tab, text = candidate.partition("\t")
        if word.startswith(":"):
            found.append(word)
        elif word.startswith(line.last):
            found.append(f"{word[cut:]}{tab}{text}")
    return found


def _joined(words: Sequence[str]) -> tuple[list[str], str]:
    """``words`` with those put together that bash takes apart at ``=`` and ``:``.

    Also the last word as the shell sees it, of which only the rest is to be answered.
    """
    found: list[str] = []
    glue = False
    for word in words or ("",):
        separator = word in ("=", ":")
        if found and (glue or separator):
            found[-1] += word
        else:
            found.append(word)
        glue = separator
    last = words[-1] if words else ""
    return found, "" if last in ("=", ":") else last


def _taken_apart(words: Sequence[str]) -> _Line:
    settings: dict[str, list[str]] = {}
    *before, last = words
    index = 0
    while index < len(before) and before[index].startswith("-"):
        name, equals, value = before[index].partition("=")
        if name in GLOBAL_VALUES and not equals:
            if index + 1 == len(before):
                return _Line(settings, "", [name], last)
            index += 1
            value = before[index]
        settings.setdefault(name, []).append(value)
        index += 1
    command = before[index] if index < len(before) else ""
    return _Line(settings, command, before[index + 1 :], last)


def _candidates(line: _Line) -> Iterator[str]:
    option, equals, _ = line.last.partition("=")
    if equals and option.startswith("--"):
        for candidate in _values(line, option):
            yield candidate if candidate.startswith(":") else f"{option}={candidate}"
    elif not line.command:
        yield from _before_command(line)
    else:
        yield from _behind_command(line)


def _before_command(line: _Line) -> Iterator[str]:
    if line.words:
        yield from _values(line, line.words[0])
    elif line.last.startswith("-"):
        yield from _options(None)
    else:
        yield from (f"{name}\t{command.summary}" for name, command in sorted(COMMANDS.items()))


def _behind_command(line: _Line) -> Iterator[str]:
    if line.last.startswith("-"):
        yield from _options(line)
        return
    if line.words and line.words[-1].startswith("-") and _takes_value(line, line.words[-1]):
        yield from _values(line, line.words[-1])
        return
    if line.command in WORDS:
        yield from () if _positional(line) else WORDS[line.command]
        return
    table = _subcommands(line.command)
    if table and not line.words:
        yield from (f"{name}\t{command.summary}" for name, command in sorted(table.items()))
        return
    if line.command in NO_SERVICES:
        return
    if line.command in ("kube", "systemd"):
        yield from _of_kube(line) if line.command == "kube" else _of_systemd(line)
        return
    if line.command in FIRST_ONLY and _positional(line):
        yield ":files"
        return
    if line.command == "cp":
        yield from (f"{name}:\tservice" for name in _services(line))
        yield ":nospace"
        yield ":files"
        return
    given = set(line.words)
    end = "=" if line.command == "scale" else ""
    for name, kind in _named(line):
        if name not in given:
            yield f"{name}{end}\t{kind}"
    if end:
        yield ":nospace"


def _of_kube(line: _Line) -> Iterator[str]:
    """Arguments of the commands below ``kube``."""
    command = line.words[0]
    if command in OF_MANIFESTS and "--cluster" not in line.words:
        yield ":files"
    elif command in ("logs", "ps", "scale"):
        end = "=" if command == "scale" else ""
        yield from (f"{name}{end}\tservice" for name in _services(line))
        if end:
            yield ":nospace"


def _of_systemd(line: _Line) -> Iterator[str]:
    """Arguments of the commands below ``systemd``."""
    if line.words[0] in OF_UNITS:
        given = set(line.words)
        yield from (f"{name}\tservice" for name in _services(line) if name not in given)


def _positional(line: _Line) -> bool:
    """Whether an argument that is no option stands before the last word."""
    skip = False
    for word in line.words:
        if skip:
            skip = False
        elif not word.startswith("-"):
            return True
        else:
            skip = _takes_value(line, word)
    return False


def _values(line: _Line, option: str) -> Iterator[str]:
    """What can be the value of an option."""
    if option in CHOICES:
        yield from CHOICES[option]
    elif option == "--format":
        names = (line.command, " ".join([line.command, *line.words[:1]]))
        yield from next((FORMATS[name] for name in names if name in FORMATS), ("table", "json"))
    elif option == "--profile":
        yield from (f"{name}\tprofile" for name in _profiles(line))
    elif option == "--pod":
        yield from (f"{name}\tpod" for name in _pods(line))
    elif option in ("--attach", "--no-attach", "--exit-code-from", "--hash"):
        yield from (f"{name}\tservice" for name in _services(line))
    elif option == "--scale":
        yield from (f"{name}=\tservice" for name in _services(line))
        yield ":nospace"
    elif option in ("--file", "-f", "--env-file", "--project-directory", "--output", "-o"):
        yield ":files"


# --- the project --------------------------------------------------------------------------------


def _project(line: _Line) -> Project | None:
    """The project that the line is about, None when there is none that can be read."""
    from composer.errors import ComposerError
    from composer.spec import Options, load

    def last(*names: str) -> str | None:
        return next((line.settings[name][-1] for name in names if name in line.settings), None)

    options = Options(
        files=tuple(line.settings.get("--file", []) + line.settings.get("-f", [])),
        project_directory=last("--project-directory"),
        project_name=last("--project-name", "-p"),
        profiles=("*",),
        env_files=tuple(line.settings.get("--env-file", [])),
        environ=os.environ,
    )
    try:
        return load(options)
    except (ComposerError, OSError):
        return None


def _services(line: _Line) -> list[str]:
    project = _project(line)
    return sorted(project.services) if project else []


def _named(line: _Line) -> Iterator[tuple[str, str]]:
    """What the command may be about: names, each with its kind."""
    if line.command != "pod":
        yield from ((name, "service") for name in _services(line))
    if line.command in ("pod", "health"):
        yield from ((name, "pod") for name in _pods(line))


def _pods(line: _Line) -> list[str]:
    project = _project(line)
    return sorted(project.pods) if project else []


def _profiles(line: _Line) -> list[str]:
    project = _project(line)
    services = project.services.values() if project else ()
    return sorted({name for service in services for name in service.profiles})


# --- options, for which a command has to be imported ---------------------------------------------


def _command(name: str, line: _Line) -> Any:
    """The Typer command called ``name``, or the one below it that the line names; None for none."""
    from composer.cli.app import app, load

    if not name:
        import typer

        return typer.main.get_command(app)
    table: Mapping[str, Command] = COMMANDS
    words = [name, *line.words]
    while words and words[0] in table:
        found = load(words[0], table[words[0]])
        table = getattr(found, "table", {})
        words = words[1:]
        if not table:
            return found
    return None


def _subcommands(name: str) -> Mapping[str, Command]:
    if name not in COMMANDS or not COMMANDS[name].location.endswith("COMMANDS"):
        return {}
    import importlib

    module = COMMANDS[name].location.partition(":")[0]
    table: Mapping[str, Command] = importlib.import_module(f"composer.cli.{module}").COMMANDS
    return table


def _options(line: _Line | None) -> Iterator[str]:
    command = _command(line.command if line else "", line or _Line({}, "", [], ""))
    if command is None:
        return
    for parameter in command.params:
        if parameter.param_type_name == "option" and not parameter.hidden:
            for name in (*parameter.opts, *parameter.secondary_opts):
                if name.startswith("--"):
                    yield f"{name}\t{parameter.help or ''}"
    yield "--help\tShow this message and exit."


def _takes_value(line: _Line, word: str) -> bool:
    """Whether the next word belongs to the option ``word``."""
    if "=" in word or not word.startswith("-"):
        return False
    command = _command(line.command, line)
    for parameter in command.params if command else ():
        if parameter.param_type_name == "option" and not parameter.is_flag:
            short = [name for name in parameter.opts if not name.startswith("--")]
            # Flags of one letter may stand together, the last one with its value behind it.
            bundled = not word.startswith("--") and any(word.endswith(name[1:]) for name in short)
            if word in parameter.opts or bundled:
                return True
    return False
