"""The variables of a project: those of the process, then those of its env files.

An ``.env`` is read in the folder where the search for Compose files begins, and in that of the
first Compose file; ``--env-file`` and ``COMPOSE_ENV_FILES`` name others in place of both. What is
set already stays: the process's variables stand above all files, the first folder above the second.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from composer.errors import ComposerError
from composer.spec.files import current_folder, is_file, is_missing, shown
from composer.spec.options import Options

_BOOLEANS = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}
"""The forms that Go, and so Docker Compose, reads."""


def truth(text: str | None) -> bool:
    """Whether a variable is on. What is no boolean is off, as Docker Compose has it."""
    return (text or "").strip().lower() in ("1", "t", "true", "y", "yes", "on")


def own_variables(options: Options) -> dict[str, str]:
    """The variables that the program itself goes by: the process's, and ``COMPOSE_…`` of env files.

    Raises ``ComposerError`` for an env file that cannot be read.
    """
    environ = dict(os.environ if options.environ is None else options.environ)
    current_folder()  # without one no path means anything
    named = named_files(options, environ)
    files = named or default_file(starting_folder(options), environ)
    return own(environ, merged(environ, files)) if files else environ


def own(environ: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    """``environ`` with the ``COMPOSE_…`` variables that are ``found`` in addition."""
    return {**{key: found[key] for key in found if key.startswith("COMPOSE_")}, **environ}


def named_files(options: Options, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The absolute paths of the env files that were named in place of the default ones."""
    names = options.env_files or split(environ.get("COMPOSE_ENV_FILES", ""), ",")
    return tuple(absolute(name) for name in names)


def starting_folder(options: Options) -> str:
    """Where the search for files begins: in the given folder, else that of the first ``-f``."""
    if options.project_directory is not None:
        return absolute(options.project_directory)
    named = next((file for file in options.files if file != "-"), None)
    return str(Path(absolute(named)).parent) if named else str(Path.cwd())


def default_file(folder: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The ``.env`` of ``folder``, if it has one and ``COMPOSE_DISABLE_ENV_FILE`` allows it.

    Raises ``ComposerError`` if that variable is no boolean.
    """
    disabled = environ.get("COMPOSE_DISABLE_ENV_FILE")
    if disabled is not None and disabled not in _BOOLEANS:
        raise ComposerError(
            f"COMPOSE_DISABLE_ENV_FILE: {disabled!r} is no boolean", hint="write true or false"
        )
    path = f"{folder}/.env"
    return (path,) if not _BOOLEANS.get(disabled or "0") and is_file(path) else ()


def merged(environ: Mapping[str, str], files: Sequence[str]) -> dict[str, str]:
    """``environ`` over what ``files`` set. Of several files a later one wins.

    Raises ``ComposerError`` for a file that is missing or cannot be understood.
    """
    if not files:
        return dict(environ)
    from composer.spec.dotenv import read_file  # costs time that most projects need not spend

    found: dict[str, str] = {}

    def lookup(name: str) -> str | None:
        value = environ.get(name)
        return found.get(name) if value is None else value

    for path in files:
        if is_missing(path):
            raise ComposerError(f"couldn't find env file: {path}")
        found.update(read_file(path, lookup, shown(path)))
    return {**found, **environ}


def split(text: str, separator: str) -> tuple[str, ...]:
    """The words of ``text`` between separators, without what is empty."""
    return tuple(word.strip() for word in text.split(separator) if word.strip())


def absolute(path: str) -> str:
    """``path`` from the root; ``~`` is the user's home."""
    return os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111 - raises for no name
