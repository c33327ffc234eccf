"""Loads files through all steps: read → interpolate → validate → canonical → extends → include →
merge, once for each file and each include; then the whole model is completed and checked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from composer.errors import ComposerError
from composer.spec import paths
from composer.spec.canonical import canonicalise
from composer.spec.defaults import set_defaults
from composer.spec.discovery import Source, read_source, shown
from composer.spec.environment import resolve_names
from composer.spec.extends import Base, apply_extends, chain, remove
from composer.spec.files import is_file, is_missing
from composer.spec.include import take_over
from composer.spec.interpolate import Variables, interpolate
from composer.spec.merge import drop_duplicates, merge_files
from composer.spec.options import Options
from composer.spec.read import Document, read
from composer.spec.tree import Map, Mark, Problems, entries, fail, mark_of
from composer.spec.validate import check_needs, validate


class Pipeline:
    """One loading. Remembers what it warned about and the texts that it has read."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.warnings: list[str] = []
        self.texts: dict[str, str] = {}

    def text(self, source: Source) -> str:
        """The text of a file, read once."""
        if source.path not in self.texts:
            self.texts[source.path] = read_source(source)
        return self.texts[source.path]

    def model(
        self,
        sources: tuple[Source, ...],
        directory: str,
        variables: Variables,
        trail: tuple[Source, ...] = (),
        base: str | None = None,
    ) -> Map:
        """The merged, canonical model of ``sources``, with absolute paths.

        ``directory`` is what relative paths are relative to; ``trail`` are the including files.
        Where paths are not resolved, they become relative to ``base``, the including files'
        ``directory``. Raises ``ComposerError``.
        """
        model = Map()
        for source in sources:
            for document in self._documents(source, variables):
                model = self._merged(model, document, source, directory, variables, trail)
        problems = Problems()
        check_needs(model, problems)
        problems.check()
        set_defaults(model, raw=self.options.raw)
        self._resolve_paths(model, directory, base)
        # A raw model has variables without a value, unless only an include's env file knows it.
        if self.options.resolve_environment and (trail or not self.options.raw):
            resolve_names(model.get("services") or {}, variables.values)
        return model

    def _resolve_paths(self, root: Map, folder: str, base: str | None) -> None:
        """Make the paths of ``root``, relative to ``folder``, absolute, or relative to ``base``."""
        if not self.options.resolve_paths:
            if base is None:
                return
            folder = os.path.relpath(folder, base)
        problems = Problems()
        paths.resolve_paths(root, folder, problems)
        problems.check()

    def _documents(
        self, source: Source, variables: Variables, extended: str | None = None
    ) -> list[Document]:
        """The documents of a file, interpolated, validated and canonical.

        Of a file that is read for its service ``extended``, what that does not need is left out.
        """
        problems = Problems()
        documents = read(self.text(source), source.shown, problems)
        if not documents:
            raise fail((source.shown, 1, 1), "", "empty compose file")
        left, raw = not self.options.interpolate, self.options.raw
        for document in documents:
            if extended is not None:
                _keep_chain(document.root, extended)
            if not left:
                interpolate(document.root, variables, problems)
            validate(document.root, problems, variables_left=left, syntax=not raw)
        problems.check()
        for document in documents:
            if document.root.pop("version", None) is not None:
                self.warnings.append(
                    f"{source.path}: the attribute `version` is obsolete, it will be ignored, "
                    "please remove it to avoid potential confusion"
                )
            canonicalise(document.root, problems, variables_left=left, raw=raw)
            drop_duplicates(document.root)
        problems.check()
        return documents

    def _merged(
        self,
        model: Map,
        document: Document,
        source: Source,
        directory: str,
        variables: Variables,
        trail: tuple[Source, ...],
    ) -> Map:
        root = document.root
        services = root.get("services")
        removals = (*document.resets, *document.overrides)
        if services:
            apply_extends(
                Base(
                    services,
                    source.shown,
                    removals,
                    self.options.raw,
                    self._opener(directory, variables, directory),
                )
            )
        self._include(root, source, directory, variables, trail)
        for path in removals:
            remove(model, path)
        merged = merge_files(model, root, raw=self.options.raw)
        drop_duplicates(merged)
        return merged

    def _opener(self, directory: str, variables: Variables, base: str) -> Any:
        """Opens files to extend from, named relative to ``directory``, for a model in ``base``."""

        def open_base(name: str, service: str, mark: Mark | None) -> Base:
            refuse_remote([name], mark, f"services.{service}.extends")
            path = paths.absolute(name, directory)
            source = Source(path, shown(path))
            if is_missing(path):
                raise fail(mark, "extends", f"{source.shown} not found")
            folder = str(Path(path).parent)
            document = self._documents(source, variables, service)[0]
            opener = self._opener(folder, variables, base)
            services = document.root.get("services") or Map()
            set_defaults(document.root, raw=self.options.raw)
            self._resolve_paths(document.root, folder, base)
            removals = (*document.resets, *document.overrides)
            return Base(services, source.shown, removals, self.options.raw, opener)

        return open_base

    def _include(
        self,
        root: Map,
        source: Source,
        directory: str,
        variables: Variables,
        trail: tuple[Source, ...],
    ) -> None:
        included = root.pop("include", None)
        if not included:
            return
        problems = Problems()
        for index, (entry, mark) in enumerate(entries(included)):
            path = f"include[{index}]"
            refuse_remote(entry.get("path") or (), mark, path)
            names = [paths.absolute(name, directory) for name in entry.get("path") or ()]
            if not names:
                raise fail(mark, path, "path is missing")
            sources = tuple(Source(name, shown(name)) for name in names)
            trail_here = (*trail, source)
            for step in sources:
                if step in trail_here:
                    chain = " includes ".join(one.shown for one in (*trail_here, step))
                    raise fail(mark, path, f"files include one another: {chain}")
                if is_missing(step.path):
                    raise fail(mark, path, f"{step.shown} not found")
            folder = str(Path(names[0]).parent)
            if entry.get("project_directory"):
                folder = paths.absolute(entry["project_directory"], directory)
            below = Variables(self._include_environment(entry, folder, directory, variables, mark))
            below.missed = variables.missed
            model = self.model(sources, folder, below, trail_here, directory)
            take_over(root, model, mark, problems)
        problems.check()

    def _include_environment(
        self,
        entry: Map,
        folder: str,
        directory: str,
        variables: Variables,
        mark: Mark | None,
    ) -> Mapping[str, str]:
        """The including file's variables over those of the include's ``env_file`` or ``.env``."""
        from composer.spec.dotenv import read_file  # needed by few files

        files = [paths.absolute(name, directory) for name in entry.get("env_file") or ()]
        if not files:
            default = f"{folder}/.env"
            files = [default] if is_file(default) else []
        found: dict[str, str] = {}

        def lookup(name: str) -> str | None:
            value = variables.values.get(name)
            return found.get(name) if value is None else value

        for file in files:
            try:
                found.update(read_file(file, lookup, shown(file)))
            except ComposerError as error:
                at = mark_of(entry, "env_file") or mark
                raise (error if error.position else fail(at, "include", error.message)) from None
        return {**found, **variables.values}


def refuse_remote(names: Iterable[str], mark: Mark | None, path: str) -> None:
    """Raise ``FileError`` for a file that would have to be fetched from somewhere."""
    for name in names:
        if paths.is_remote(name):
            raise fail(mark, path, f"{name} is not a local file; fetch it first")


def _keep_chain(root: Map, name: str) -> None:
    """Leave out of ``root`` what its service ``name`` and those that it extends do not need."""
    services = root.get("services")
    if isinstance(services, dict):
        kept = chain(services, name) or list(services)
        for other in [key for key in services if key not in kept]:
            del services[other]
    for key in [key for key in root if key != "services"]:
        del root[key]
