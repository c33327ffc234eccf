"""Works out services' environment and labels: ``environment``, ``env_file``, ``label_file``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from composer.errors import ComposerError
from composer.spec.files import is_missing, shown
from composer.spec.tree import Map, Problems, entries, mark_of, put

FILES_LIMIT = 300_000
"""How much the env and label files of all services may set together."""


def resolve_names(services: Mapping[str, Any], variables: Mapping[str, str]) -> None:
    """Give the environment variables that have no value that of ``variables``, where it has one."""
    for service in services.values():
        environment = service.get("environment") if isinstance(service, dict) else None
        if isinstance(environment, list):  # of a raw model
            for index, name in enumerate(environment):
                if name in variables:
                    environment[index] = f"{name}={variables[name]}"
        elif environment:
            for name, value in environment.items():
                if value is None and name in variables:
                    environment[name] = variables[name]


class Resolved(NamedTuple):
    """How many variables and labels files set, and the variables that only they set."""

    total: int
    variables: frozenset[str]


def resolve_files(
    name: str, service: Map, variables: Mapping[str, str], problems: Problems
) -> Resolved:
    """Replace ``env_file`` and ``label_file`` of a service by what they set.

    What the service says itself wins over the files, and a later file wins over an earlier one.
    """
    count = 0
    path = f"services.{name}"
    own = service.get("environment") or {}
    found: dict[str, str] = {}

    def lookup(variable: str) -> str | None:
        """The project's variables, then the service's own, then those of the files before."""
        places = (variables, own, found)
        return next((place[variable] for place in places if place.get(variable) is not None), None)

    files = service.pop("env_file", None)
    if files:
        for index, (file, mark) in enumerate(entries(files)):
            try:
                found.update(_env_file(file, lookup))
            except ComposerError as error:
                problems.note(error, mark, f"{path}.env_file[{index}]")
        _under(service, "environment", found)
        count += len(found)
    from_files = frozenset(found.keys() - own.keys())
    labels = service.pop("label_file", None)
    if labels:
        from composer.spec.dotenv import read_file

        found = {}
        for index, (file, mark) in enumerate(entries(labels)):
            try:
                if is_missing(file):
                    raise ComposerError(f"label file {shown(file)} not found")
                found.update(read_file(file, variables.get, shown(file)))
            except ComposerError as error:
                problems.note(error, mark, f"{path}.label_file[{index}]")
        _under(service, "labels", found)
        count += len(found)
    return Resolved(count, from_files)


def _env_file(file: Mapping[str, Any], lookup: Callable[[str], str | None]) -> dict[str, str]:
    from composer.spec.dotenv import read_file  # needed by few services

    path = file["path"]
    form = file.get("format")
    if form not in (None, "", "raw"):
        raise ComposerError(f"format {form!r} is not known; raw is allowed")
    if is_missing(path):
        if file.get("required") in (False, "false"):
            return {}
        raise ComposerError(f"env file {shown(path)} not found")
    return read_file(path, lookup, shown(path), raw=form == "raw")


def _under(service: Map, key: str, found: Mapping[str, str]) -> None:
    """Set ``found`` under what the service says itself."""
    own = service.get(key)
    merged = Map(found.items(), mark_of(service, key))
    if own:
        for name, value in own.items():
            put(merged, name, value, mark_of(own, name))
    if merged:
        service[key] = merged
