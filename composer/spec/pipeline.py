"""Loads files through all steps: read → interpolate → validate → canonical → extends → include →
merge, once for each file and each include; then the whole model is completed and checked."""

from __future__ import annotations

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
    ) -> Map:
        """The merged, canonical model of ``sources``, with absolute paths.

        ``directory`` is what relative paths are relative to; ``trail`` are the including files.
        Raises ``ComposerError``.
        """
        model = Map()
        for source in sources:
            for document in self._documents(source, variables):
                model = self._merged(model, document, source, directory, variables, trail)
        problems = Problems()
        check_needs(model, problems)
        problems.check()
        set_defaults(model)
        if self.options.resolve_paths:
            paths.resolve_paths(model, directory, problems)
            problems.check()
        if self.options.resolve_environment:
            resolve_names(model.get("services") or {}, variables.values)
        return model

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
        left = not self.options.interpolate
        for document in documents:
            if extended is not None:
                _keep_chain(document.root, extended)
            if not left:
                interpolate(document.root, variables, problems)
            validate(document.root, problems, variables_left=left)
        problems.check()
        for document in documents:
            if document.root.pop("version", None) is not None:
                self.warnings.append(
                    f"{source.path}: the attribute `version` is obsolete, it will be ignored, "
                    "please remove it to avoid potential confusion"
                )
            canonicalise(document.root, problems, variables_left=left)
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
                Base(services, source.shown, removals, self._opener(directory, variables))
            )
        self._include(root, source, directory, variables, trail)
        for path in removals:
            remove(model, path)
        merged = merge_files(model, root)
        drop_duplicates(merged)
        return merged

    def _opener(self, directory: str, variables: Variables) -> Any:
        """Opens files to extend from, named relative to ``directory``."""

        def open_base(name: str, service: str, mark: Mark | None) -> Base:
            refuse_remote([name], mark, f"services.{service}.extends")
            path = paths.absolute(name, directory)
            source = Source(path, shown(path))
            if not Path(path).is_file():
                raise fail(mark, "extends", f"{source.shown} not found")
            folder = str(Path(path).parent)
            document = self._documents(source, variables, service)[0]
            problems = Problems()
            opener = self._opener(folder, variables)
            services = document.root.get("services") or Map()
            set_defaults(document.root)
            if self.options.resolve_paths:
                paths.resolve_paths(document.root, folder, problems)
                problems.check()
            removals = (*document.resets, *document.overrides)
            return Base(services, source.shown, removals, opener)

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
                if not Path(step.path).is_file():
                    raise fail(mark, path, f"{step.shown} not found")
            folder = str(Path(names[0]).parent)
            if entry.get("project_directory"):
                folder = paths.absolute(entry["project_directory"], directory)
            below = Variables(self._include_environment(entry, folder, directory, variables, mark))
            below.missed = variables.missed
            model = self.model(sources, folder, below, trail_here)
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
            default = Path(folder, ".env")
            files = [str(default)] if default.is_file() else []
        found: dict[str, str] = {}

        def lookup(name: str) -> str | None:
            value = variables.values.get(name)
            return found.get(name) if value is None else value

        for file in files:
            try:
                found.update(read_file(Path(file), lookup, shown(file)))
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
