"""The program: global options, and commands that are imported when they are called."""

from __future__ import annotations

import contextlib
import errno
import functools
import gc
import importlib
import inspect
import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from composer.cli import arguments, peers
from composer.cli.commands import ALIASES, COMMANDS, NO_INTERSPERSED, Command
from composer.errors import ComposerError, Interrupted
from composer.ui.colour import Ansi, ansi_mode

WRONG_USAGE = 1
"""The exit code for command lines that mean nothing, as in Docker Compose; Typer's own is 2."""
UsageError: Any = typer.BadParameter.__base__
"""The errors of Typer's parser, which has no public name for them."""


class LazyGroup(TyperGroup):
    """A group that imports the module of a command when that command is called."""

    def __init__(self, *args: Any, table: Mapping[str, Command] | None = None, **named: Any):
        super().__init__(*args, **named)
        self.table = COMMANDS if table is None else table
        if table is None:
            self.params.extend(peers.parameters())

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse ``args``; switches among them may have values."""
        return super().parse_args(ctx, arguments.without_values(self.params, args, mixed=False))

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands, in alphabetical order."""
        return sorted(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command called ``cmd_name``, or None if there is none."""
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in self.commands and name in self.table:
            self.commands[name] = load(name, self.table[name])
        return self.commands.get(name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command of ``args``; the nearest name is suggested for one that is unknown."""
        known = {*self.table, *ALIASES}
        if args and args[0] not in known and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], self.table, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.table[name].summary) for name in sorted(self.table)])


def load(name: str, command: Command) -> Any:
    """Import the command ``name`` and make a Typer command of it."""
    module, _, function = command.location.partition(":")
    target = getattr(importlib.import_module(f"composer.cli.{module}"), function)
    settings = {"help_option_names": ["-h", "--help"]}
    if isinstance(target, Mapping):  # it has commands of its own
        return LazyGroup(
            table=target,
            name=name,
            help=command.summary + ".",
            no_args_is_help=True,
            rich_markup_mode=None,
            context_settings=settings,
        )
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    if name in NO_INTERSPERSED:
        settings |= {"allow_interspersed_args": False}  # type: ignore[dict-item]
    text, _, example = (inspect.getdoc(target) or "").partition("Example: ")
    single.command(
        name,
        cls=arguments.Command,
        help=text,
        epilog="\n  ".join(["\b\nExample:", *example.splitlines()]) if example else None,
        context_settings=settings,
    )(_guarded(target))
    return typer.main.get_command(single)


def _guarded(function: Callable[..., int | None]) -> Callable[..., None]:
    """Turn what a command returns into the exit code, and its errors into one message each."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        _heed_signals()
        ansi = kwargs["ctx"].obj["ansi"] or ansi_mode(os.environ.get("COMPOSE_ANSI"))
        raise typer.Exit(_exit_code(functools.partial(function, *args, **kwargs), ansi))

    return run


def _heed_signals() -> None:
    """Let Ctrl-C and SIGTERM raise ``KeyboardInterrupt``: there is something to bring to its end.

    Who calls commands without ``main`` has signals of their own, and keeps them.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        return
    if before is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _exit_code(call: Callable[[], int | None], ansi: Ansi) -> int:
    try:
        code = call() or 0
        sys.stdout.flush()
        return code
    except Interrupted as error:
        return error.exit_code
    except ComposerError as error:
        return _told(error, ansi)
    except KeyboardInterrupt:
        return Interrupted.exit_code
    except BrokenPipeError:
        # Whoever read our output has gone; nothing that is written now can arrive.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        if error.errno not in _MACHINE:
            raise
        place = f"{error.filename}: " if error.filename else ""
        return _told(ComposerError(f"{place}{error.strerror}", hint=_MACHINE[error.errno]), ansi)


_MACHINE = {
    errno.ENOSPC: "free some space where it writes to",
    errno.EDQUOT: "free some space, or raise the quota",
    errno.EROFS: "write to another place",
    errno.EIO: "check the disk",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "end other programs: the machine has too many open files",
}
"""What any step may meet with and no step can do anything about, and what helps."""


def _told(error: ComposerError, ansi: Ansi) -> int:
    from composer.ui.colour import wants_colour
    from composer.ui.errors import print_error

    print_error(error, sys.stderr, colour=wants_colour(ansi, sys.stderr, os.environ))
    return error.exit_code


app = typer.Typer(cls=LazyGroup, rich_markup_mode=None, add_completion=False)


@app.callback(
    help="Run Compose files on Podman.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
def root(
    ctx: typer.Context,
    file: Annotated[
        list[str] | None, typer.Option("--file", "-f", help="Compose file; may be given again")
    ] = None,
    project_name: Annotated[
        str | None, typer.Option("--project-name", "-p", help="Project name")
    ] = None,
    profile: Annotated[
        list[str] | None, typer.Option("--profile", help="Profile to activate; may be given again")
    ] = None,
    env_file: Annotated[
        list[str] | None, typer.Option("--env-file", help="File with variables, instead of .env")
    ] = None,
    project_directory: Annotated[
        str | None,
        typer.Option("--project-directory", help="Folder that relative paths start from"),
    ] = None,
    ansi: Annotated[
        str | None, typer.Option("--ansi", help="Control sequences: auto, always or never")
    ] = None,
    progress: Annotated[
        str | None, typer.Option("--progress", help="Progress: auto, tty, plain, json or quiet")
    ] = None,
    parallel: Annotated[
        int | None, typer.Option("--parallel", help="Operations at once; -1 lets composer choose")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan and change nothing")
    ] = False,
    all_resources: Annotated[
        bool, typer.Option("--all-resources", help="Networks and volumes that nobody uses, too")
    ] = False,
    compatibility: Annotated[
        bool, typer.Option("--compatibility", help="Names with underscores, as of old")
    ] = False,
    workdir: Annotated[str | None, typer.Option("--workdir", hidden=True)] = None,
    no_ansi: Annotated[bool, typer.Option("--no-ansi", hidden=True)] = False,
    verbose: Annotated[bool, typer.Option("--verbose", hidden=True)] = False,
    version: Annotated[bool, typer.Option("--version", "-v", help="Show the version")] = False,
) -> None:
    """Keep the global options for the command. The hidden ones are former ones of Docker's."""
    if version:
        from composer.cli.version import text

        typer.echo(text(peers.peer(sys.argv[0])))
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
        raise typer.Exit
    _check("--ansi", ansi, ("auto", "always", "never"))
    _check("--progress", progress, ("auto", "tty", "plain", "json", "quiet"))
    ctx.obj = {
        "dialect": "docker",
        **(ctx.obj or {}),
        "files": tuple(file or ()),
        "project_name": project_name,
        "profiles": tuple(profile or ()),
        "env_files": tuple(env_file or ()),
        "project_directory": project_directory or workdir,
        "ansi": ansi or ("never" if no_ansi else None),
        "progress": progress,
        "parallel": parallel,
        "dry_run": dry_run,
        "all_resources": all_resources,
        "compatibility": compatibility,
        **peers.said(ctx),
    }


def _check(option: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(allowed)}", param_hint=option)


def main() -> None:
    """Run the program with the arguments of the process."""
    # Imports allocate much and free nothing: looking for garbage meanwhile costs a tenth of them.
    gc.set_threshold(1_000_000, 20, 50)
    UsageError.exit_code = WRONG_USAGE
    code: int | str | None = 0
    try:
        who = peers.peer(sys.argv[0])
        group: Any = typer.main.get_command(app)
        group.table = who.commands
        group(
            args=peers.words(who, sys.argv[1:]),
            prog_name=who.program,
            obj={"dialect": who.dialect},
        )
    except SystemExit as end:
        code = end.code
    # All is closed and written: taking the interpreter down in order would only cost time.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # it has been told of, or nobody is there
            stream.flush()
    os._exit(code if isinstance(code, int) else 0)
