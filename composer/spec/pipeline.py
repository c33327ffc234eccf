"""Loads files through all steps: read → interpolate → validate → canonical → extends → include →
merge, once for each file and each include; then the whole model is completed and checked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from composer.errors import ComposerError
from composer.spec import paths
from composer.spec.canonical import canonicalise
from composer.spec.defaults import set_defaults
from composer.spec.discovery import Source, read_source
from composer.spec.environment import resolve_names
from composer.spec.extends import Base, apply_extends, chain, remove
from composer.spec.files import is_missing, shown
from composer.spec.include import (
    included_directory,
    included_environment,
    included_files,
    refuse_remote,
    take_over,
)
from composer.spec.interpolate import Variables, interpolate
from composer.spec.lost import Lost, leave_out
from composer.spec.merge import drop_duplicates, merge_files
from composer.spec.options import Options
from composer.spec.podman import PREFIX
from composer.spec.read import Document, read
from composer.spec.tree import Map, Problems, copy, entries, fail
from composer.spec.validate import check_needs, validate

INCLUDE_LIMIT = 1000
"""How many files may be included, each time that one is."""


class Pipeline:
    """One loading. Remembers what it warned about and the texts that it has read."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.texts: dict[str, str | ComposerError] = {}
        self.problems = Problems()
        self.lost = Lost()
        self.included = 0
        self.bases: dict[str, list[Document]] = {}
        self.pods = Map()
        """``x-podman.pods`` of all files, canonical, with those of included files."""

    def text(self, source: Source) -> str:
        """The text of a file. It is read once, also if it cannot be. Raises ``ComposerError``."""
        text = self.texts.get(source.path)
        if text is None:
            try:
                text = read_source(source)
            except ComposerError as error:
                text = error
            self.texts[source.path] = text
        if isinstance(text, ComposerError):
            raise text
        return text

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
        ``directory``. What is at fault is noted in ``problems`` and left out of the model. Raises
        ``ComposerError`` when it is no use to go on.
        """
        model = Map()
        pods = Map()
        for source in sources:
            try:
                documents = self._documents(source, variables, self.lost)
            except ComposerError as error:
                self.problems.note(error)
                self.lost.add()
                continue
            for document in documents:
                pods = self._with_pods(pods, document)
                model = self._merged(model, document, source, directory, variables, trail)
        if pods:
            self._complete_pods(pods, directory)
        begun = len(self.problems.found)
        check_needs(model, self.problems)
        leave_out(model, self.problems.paths[begun:], self.lost, self.problems)
        set_defaults(model, raw=self.options.raw)
        if self.options.resolve_paths:
            self._resolve_paths(model, directory, self.lost)
        elif base is not None:
            self._resolve_paths(model, os.path.relpath(directory, base), self.lost)
        # A raw model has variables without a value, unless only an include's env file knows it.
        if self.options.resolve_environment and (trail or not self.options.raw):
            resolve_names(model.get("services") or {}, variables.values)
        return model

    def _with_pods(self, pods: Map, document: Document) -> Map:
        """``pods`` with what ``document`` says of them over it."""
        if not self.options.interpolate or not any(key.startswith(PREFIX) for key in document.root):
            return pods
        from composer.spec.pods import merge_pods, read_pods

        read = read_pods(document.root, self.problems)
        if read is None:
            self.lost.add(PREFIX)
            return pods
        return merge_pods(pods, read, (*document.resets, *document.overrides))

    def _complete_pods(self, pods: Map, directory: str) -> None:
        from composer.spec.pods import complete_pods, merge_pods

        complete_pods(pods, directory if self.options.resolve_paths else None, self.problems)
        self.pods = merge_pods(self.pods, pods)

    def _resolve_paths(self, root: Map, folder: str, lost: Lost) -> None:
        """Put ``folder`` before the relative paths of ``root``."""
        begun = len(self.problems.found)
        paths.resolve_paths(root, folder, self.problems)
        leave_out(root, self.problems.paths[begun:], lost, self.problems)

    def _documents(
        self, source: Source, variables: Variables, lost: Lost, extended: str | None = None
    ) -> list[Document]:
        """The documents of a file, interpolated, validated and canonical.

        Of a file that is read for its service ``extended``, what that does not need is left out.
        What is at fault is left out, too, and remembered in ``lost``. Raises ``ComposerError`` for
        a file that cannot be read.
        """
        problems = self.problems
        since = len(problems.found)
        documents = self._read(source, extended)
        read_through = len(problems.found)
        left, raw = not self.options.interpolate, self.options.raw
        for document in documents:
            begun = len(problems.found)
            if not left:
                interpolate(document.root, variables, problems)
            validate(document.root, problems, variables_left=left, syntax=not raw)
            at_fault = problems.paths[since:read_through] + problems.paths[begun:]
            leave_out(document.root, at_fault, lost, problems)
            if document.root.pop("version", None) is not None:
                problems.warnings.append(
                    f"{source.path}: the attribute `version` is obsolete, it will be ignored, "
                    "please remove it to avoid potential confusion"
                )
            begun = len(problems.found)
            canonicalise(document.root, problems, variables_left=left, raw=raw)
            leave_out(document.root, problems.paths[begun:], lost, problems)
            drop_duplicates(document.root)
        return documents

    def _read(self, source: Source, extended: str | None) -> list[Document]:
        """The documents of a file as they are; what ``extended`` needs of them is read once."""
        if extended is not None and source.path in self.bases:
            documents = self.bases[source.path]
        else:
            documents = self._taken(source)
            if not documents:
                raise fail((source.shown, 1, 1), "", "empty compose file")
        if extended is None:
            return documents
        self.bases[source.path] = documents
        return [one._replace(root=_chain_only(one.root, extended)) for one in documents]

    def _taken(self, source: Source) -> list[Document]:
        """The documents of a file, by the reader that the options name, if they do."""
        if self.options.reader is not None:
            return self.options.reader(source.shown, self.problems)
        return read(self.text(source), source.shown, self.problems)

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
                    self.lost,
                    self._opener(directory, variables, directory),
                ),
                self.problems,
            )
        self._include(root, source, directory, variables, trail)
        for path in removals:
            remove(model, path)
        merged = merge_files(model, root, raw=self.options.raw)
        drop_duplicates(merged)
        return merged

    def _opener(self, directory: str, variables: Variables, base: str) -> Any:
        """Opens files to extend from, named relative to ``directory``, for a model in ``base``."""

        def open_base(name: str, service: str) -> Base:
            refuse_remote([name])
            path = paths.absolute(name, directory)
            source = Source(path, shown(path))
            if is_missing(path):
                raise ComposerError(f"{source.shown} not found")
            folder = str(Path(path).parent)
            lost = Lost()
            document = self._documents(source, variables, lost, service)[0]
            opener = self._opener(folder, variables, base)
            services = document.root.get("services") or Map()
            set_defaults(document.root, raw=self.options.raw)
            # Not absolute yet: what is said twice is told by how it reads from the project.
            self._resolve_paths(document.root, os.path.relpath(folder, base), lost)
            removals = (*document.resets, *document.overrides)
            return Base(services, source.shown, removals, self.options.raw, lost, opener)

        return open_base

    def _include(
        self,
        root: Map,
        source: Source,
        directory: str,
        variables: Variables,
        trail: tuple[Source, ...],
    ) -> None:
        trail = (*trail, source)
        for index, (entry, mark) in enumerate(entries(root.pop("include", None) or [])):
            if not entry:  # it was left out
                continue
            path = f"include[{index}]"
            self.included += 1
            if self.included > INCLUDE_LIMIT:
                raise fail(mark, path, f"more than {INCLUDE_LIMIT} files are included")
            try:
                sources = included_files(entry, directory, trail)
                for step in sources:
                    self.text(step)
                folder = included_directory(entry, sources, directory)
                below = Variables(included_environment(entry, folder, directory, variables.values))
            except ComposerError as error:
                self.problems.note(error, mark, path)
                self.lost.add("include")
                continue
            below.missed = variables.missed
            model = self.model(sources, folder, below, trail, directory)
            take_over(root, model, mark, self.problems)


def _chain_only(root: Map, name: str) -> Map:
    """A copy of what the service ``name`` of ``root``, and those that it extends, need of it."""
    services = root.get("services")
    if isinstance(services, Map):
        kept = Map((key, services[key]) for key in chain(services, name) or services)
        kept.marks = services.marks
        services = kept
    new = Map() if services is None else Map([("services", copy(services))])
    new.marks = dict(root.marks)
    return new
