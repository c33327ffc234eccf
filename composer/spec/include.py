"""Takes the resources of an included model over into the file that includes it.

This is the specification's chapter "Include". The included files are loaded like a project of
their own (directory, ``.env``), by ``composer.spec.pipeline``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from composer.errors import ComposerError
from composer.spec import paths
from composer.spec.discovery import Source
from composer.spec.files import is_file, is_missing, shown
from composer.spec.tree import Map, Mark, Problems, mark_of, put

SECTIONS = ("services", "volumes", "networks", "secrets", "configs", "models")


def refuse_remote(names: Iterable[str]) -> None:
    """Raise ``ComposerError`` for a file that would have to be fetched from somewhere."""
    for name in names:
        if paths.is_remote(name):
            raise ComposerError(f"{name} is not a local file; fetch it first")


def included_files(entry: Map, directory: str, trail: tuple[Source, ...]) -> tuple[Source, ...]:
    """The files that an entry (canonical) includes into the last of ``trail``.

    Raises ``ComposerError`` for those that are not there, or include themselves in the end.
    """
    names = entry.get("path") or ()
    refuse_remote(names)
    if not names:
        raise ComposerError("path is missing")
    found = [paths.absolute(name, directory) for name in names]
    sources = tuple(Source(name, shown(name)) for name in found)
    for source in sources:
        if source in trail:
            chain = " includes ".join(one.shown for one in (*trail, source))
            raise ComposerError(f"files include one another: {chain}")
        if is_missing(source.path):
            raise ComposerError(f"{source.shown} not found")
    return sources


def included_directory(entry: Map, sources: tuple[Source, ...], directory: str) -> str:
    """The folder that the paths in included files are relative to."""
    if entry.get("project_directory"):
        return str(paths.absolute(entry["project_directory"], directory))
    return str(Path(sources[0].path).parent)


def included_environment(
    entry: Map, folder: str, directory: str, variables: Mapping[str, str]
) -> Mapping[str, str]:
    """The including file's variables over those of the include's ``env_file`` or ``.env``.

    Raises ``ComposerError`` for an env file that cannot be read.
    """
    from composer.spec.dotenv import read_file  # needed by few files

    files = [paths.absolute(name, directory) for name in entry.get("env_file") or ()]
    if not files:
        default = f"{folder}/.env"
        files = [default] if is_file(default) else []
    found: dict[str, str] = {}

    def lookup(name: str) -> str | None:
        value = variables.get(name)
        return found.get(name) if value is None else value

    for file in files:
        found.update(read_file(file, lookup, shown(file)))
    return {**found, **variables}


def take_over(model: Map, included: Map, mark: Mark | None, problems: Problems) -> None:
    """Add what ``included`` defines to ``model``; note what both define differently."""
    for section in SECTIONS:
        source = included.get(section)
        if not source:
            continue
        target = model.get(section)
        if target is None:
            target = Map()
            put(model, section, target, mark)
        for name, value in source.items():
            if name not in target:
                put(target, name, value, mark_of(source, name))
            elif target[name] != value:
                first = mark_of(source, name)
                where = f" (in {first[0]}:{first[1]})" if first else ""
                problems.add(
                    mark_of(target, name),
                    f"{section}.{name}",
                    f"conflicts with what an included file defines{where}",
                    "use another name, or change the included one in an override file (-f)",
                )
