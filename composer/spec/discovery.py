"""Finds what to load: the Compose files, the project's directory, its environment and its name."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from composer.errors import ComposerError, NoComposeFile
from composer.spec.conventions import Dialect
from composer.spec.files import current_folder, is_file, read_input, read_text, shown
from composer.spec.options import Options
from composer.spec.variables import (
    absolute,
    default_file,
    merged,
    named_files,
    own,
    split,
    starting_folder,
)

FILE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
PODMAN_COMPOSE_NAMES = (
    *("compose.yaml", "compose.yml", "compose.override.yaml", "compose.override.yml"),
    *("podman-compose.yaml", "podman-compose.yml"),
    *("docker-compose.yml", "docker-compose.yaml"),
    *("docker-compose.override.yml", "docker-compose.override.yaml"),
    *("container-compose.yml", "container-compose.yaml"),
    *("container-compose.override.yml", "container-compose.override.yaml"),
)
"""The files that podman-compose reads: of one folder, all that are there, in this order."""
OVERRIDE_NAMES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
_VALID_NAME = r"[a-z0-9][a-z0-9_-]*\Z"


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
    here = current_folder()
    environ.setdefault("PWD", here)  # shells set it, and Docker Compose where there is none
    start = starting_folder(options)
    named = named_files(options, environ)
    env_files = named or default_file(start, environ)
    environ = own(environ, merged(environ, env_files))
    if not named:
        env_files = default_file(start, environ)  # it may have forbidden itself
    environment = merged(environ, env_files)
    files, warnings = _files(options, environment, start)
    directory = _directory(options, files)
    if not named:
        more = default_file(directory, environ)
        if more != env_files:
            environment, env_files = merged(environment, more), more or env_files
    profiles = options.profiles or split(environment.get("COMPOSE_PROFILES", ""), ",")
    return Discovery(files, directory, environment, profiles, warnings, env_files)


def _directory(options: Options, files: tuple[Source, ...]) -> str:
    """What the paths of the first file are relative to."""
    if options.project_directory is not None:
        return absolute(options.project_directory)
    named = next((source.path for source in files if source.path != "-"), None)
    return str(Path(named).parent) if named else str(Path.cwd())


def _compose_file(environment: Mapping[str, str]) -> tuple[str, ...]:
    separator = environment.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    return split(environment.get("COMPOSE_FILE", ""), separator)


def _files(
    options: Options, environment: Mapping[str, str], directory: str
) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    names = options.files or _compose_file(environment)
    if names:
        return tuple(_source(name) for name in names), ()
    start = Path(directory) if options.project_directory is not None else Path.cwd()
    if options.dialect == "podman":
        return _side_by_side(start), ()
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


def _side_by_side(folder: Path) -> tuple[Source, ...]:
    """The files that podman-compose would read in ``folder``."""
    found = [folder / name for name in PODMAN_COMPOSE_NAMES if is_file(f"{folder}/{name}")]
    if not found:
        raise NoComposeFile(
            "no compose.yaml, docker-compose.yml or container-compose.yml file found",
            hint=f"change to the folder of the file ({folder} has none), or name it with -f",
            exit_code=255,  # podman-compose's
        )
    return tuple(Source(str(path), shown(str(path))) for path in found)


def _look_upwards(start: Path) -> list[Path]:
    for folder in (start, *start.parents):
        found = [folder / name for name in FILE_NAMES if is_file(f"{folder}/{name}")]
        if found:
            return found
    return []


def _source(name: str) -> Source:
    if name == "-":
        return Source("-", "stdin")
    path = absolute(name)
    if os.path.isdir(path):  # noqa: PTH112 - does not raise for a name that is no name
        found = [Path(path, known) for known in FILE_NAMES if is_file(f"{path}/{known}")]
        if found:
            path = str(found[0])
    return Source(path, shown(path))


def read_source(source: Source) -> str:
    """The text of a Compose file. Raises ``ComposerError``."""
    return read_input() if source.path == "-" else read_text(source.path, source.shown)


def normalise_name(text: str) -> str:
    """The project name that a folder's name gives: lower case, without what is not allowed."""
    return "".join(re.findall(r"[a-z0-9_-]", text.lower())).lstrip("_-")


def check_name(name: str, dialect: Dialect = "docker") -> str:
    """``name`` if it is valid as a project's. Raises ``ComposerError``.

    podman-compose takes what Podman takes in names.
    """
    if not re.match(_VALID_NAME, name) and not (
        dialect == "podman" and re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*", name)
    ):
        raise ComposerError(
            f"invalid project name {name!r}",
            hint="lower-case letters, digits, dashes and underscores are allowed, "
            "and it starts with a letter or digit",
        )
    return name


def explicit_name(options: Options, environment: Mapping[str, str]) -> str | None:
    """The name that ``-p`` or ``COMPOSE_PROJECT_NAME`` says, or None. Raises ``ComposerError``."""
    name = options.project_name or environment.get("COMPOSE_PROJECT_NAME")
    return check_name(name, options.dialect) if name else None
