"""Finds what to load: the Compose files, the project's directory, its environment and its name."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from composer.errors import ComposerError, NoComposeFile
from composer.spec.files import is_file, is_missing, read_input, read_text
from composer.spec.options import Options

FILE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDE_NAMES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
_VALID_NAME = r"[a-z0-9][a-z0-9_-]*\Z"
_TRUE = ("1", "t", "true", "y", "yes", "on")


class Source(NamedTuple):
    """One Compose file. ``shown`` is how errors call it; ``-`` is standard input."""

    path: str
    shown: str


class Discovery(NamedTuple):
    """What was found. ``environment`` is the process's own over that of the env files."""

    files: tuple[Source, ...]
    directory: str
    environment: dict[str, str]
    profiles: tuple[str, ...]
    warnings: tuple[str, ...]
    env_files: tuple[str, ...]


def discover(options: Options) -> Discovery:
    """Find the files and environment that ``options`` mean.

    Raises ``ComposerError`` when there is no Compose file, or an env file cannot be read.
    """
    environ = dict(os.environ if options.environ is None else options.environ)
    try:
        Path.cwd()
    except OSError as error:
        raise ComposerError(f"cannot tell the current folder: {error.strerror}") from None
    if "PWD" not in environ:  # shells set it, and Docker Compose where there is none
        environ["PWD"] = str(Path.cwd())
    directory = _directory(options, environ)
    environment, env_files = _environment(options, environ, directory)
    files, warnings = _files(options, environment, directory)
    if options.project_directory is None:
        first = files[0].path
        directory = str(Path.cwd()) if first == "-" else str(Path(first).parent)
    profiles = options.profiles or _split(environment.get("COMPOSE_PROFILES", ""), ",")
    return Discovery(files, directory, environment, profiles, warnings, env_files)


def _split(text: str, separator: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(separator) if word.strip())


def _directory(options: Options, environ: Mapping[str, str]) -> str:
    """Where ``.env`` is looked for, before the files are known."""
    if options.project_directory is not None:
        return _absolute(options.project_directory)
    named = [file for file in options.files if file != "-"]
    if not named and environ.get("COMPOSE_FILE"):
        named = list(_compose_file(environ))
    if named and named[0] != "-":
        return _absolute(str(Path(named[0]).parent))
    if options.files:
        return str(Path.cwd())
    found = _look_upwards(Path.cwd())
    return str(found[0].parent) if found else str(Path.cwd())


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111 - raises for no name


def _compose_file(environ: Mapping[str, str]) -> tuple[str, ...]:
    separator = environ.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    return _split(environ.get("COMPOSE_FILE", ""), separator)


def _environment(
    options: Options, environ: dict[str, str], directory: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    names = options.env_files or _split(environ.get("COMPOSE_ENV_FILES", ""), ",")
    paths = [Path(_absolute(name)) for name in names]
    if not names and environ.get("COMPOSE_DISABLE_ENV_FILE", "").lower() not in _TRUE:
        default = Path(directory, ".env")
        paths = [default] if is_file(str(default)) else []
    found: dict[str, str] = {}

    def lookup(name: str) -> str | None:
        value = environ.get(name)
        return found.get(name) if value is None else value

    if paths:
        from composer.spec.dotenv import read_file  # costs time that most projects need not spend
    for path in paths:
        if is_missing(str(path)):
            raise ComposerError(f"couldn't find env file: {path}")
        found.update(read_file(str(path), lookup, shown(str(path))))
    return {**found, **environ}, tuple(str(path) for path in paths)


def _files(
    options: Options, environment: Mapping[str, str], directory: str
) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    names = options.files or _compose_file(environment)
    if names:
        return tuple(_source(name) for name in names), ()
    start = Path(directory) if options.project_directory is not None else Path.cwd()
    found = _look_upwards(start)
    if not found:
        raise NoComposeFile(
            "no configuration file provided: not found",
            hint=f"looked for {', '.join(FILE_NAMES)} in {start} and its parent folders",
        )
    warnings = []
    if len(found) > 1:
        names_found = ", ".join(str(path) for path in found)
        warnings += [
            f"Found multiple config files with supported names: {names_found}",
            f"Using {found[0]}",
        ]
    folder = found[0].parent
    overrides = [folder / name for name in OVERRIDE_NAMES if is_file(f"{folder}/{name}")]
    if len(overrides) > 1:
        names_found = ", ".join(str(path) for path in overrides)
        warnings += [
            f"Found multiple override files with supported names: {names_found}",
            f"Using {overrides[0]}",
        ]
    chosen = [found[0], *overrides[:1]]
    return tuple(Source(str(path), shown(str(path))) for path in chosen), tuple(warnings)


def _look_upwards(start: Path) -> list[Path]:
    for folder in (start, *start.parents):
        found = [folder / name for name in FILE_NAMES if is_file(f"{folder}/{name}")]
        if found:
            return found
    return []


def _source(name: str) -> Source:
    if name == "-":
        return Source("-", "stdin")
    path = _absolute(name)
    if os.path.isdir(path):  # noqa: PTH112 - does not raise for a name that is no name
        found = [Path(path, known) for known in FILE_NAMES if is_file(f"{path}/{known}")]
        if found:
            path = str(found[0])
    return Source(path, shown(path))


def shown(path: str) -> str:
    """``path`` as messages show it: relative to the current directory when it is below it."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return path


def read_source(source: Source) -> str:
    """The text of a Compose file. Raises ``ComposerError``."""
    return read_input() if source.path == "-" else read_text(source.path, source.shown)


def normalise_name(text: str) -> str:
    """The project name that a folder's name gives: lower case, without what is not allowed."""
    return "".join(re.findall(r"[a-z0-9_-]", text.lower())).lstrip("_-")


def check_name(name: str) -> str:
    """``name`` if it is valid as a project's. Raises ``ComposerError``."""
    if not re.match(_VALID_NAME, name):
        raise ComposerError(
            f"invalid project name {name!r}",
            hint="lower-case letters, digits, dashes and underscores are allowed, "
            "and it starts with a letter or digit",
        )
    return name


def explicit_name(options: Options, environment: Mapping[str, str]) -> str | None:
    """The name that ``-p`` or ``COMPOSE_PROJECT_NAME`` says, or None. Raises ``ComposerError``."""
    name = options.project_name or environment.get("COMPOSE_PROJECT_NAME")
    return check_name(name) if name else None
