"""Manifests of Kubernetes, read into a Compose document: what follows is as for any Compose file.

read → structure → names, references → workloads → services, pods, volumes, networks
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from composer.errors import ComposerError
from composer.kube.names import PART_OF
from composer.kube.read.checks import WORKLOADS, check_objects, check_workload, pod_of
from composer.kube.read.draft import Draft
from composer.kube.read.files import sources, text_of
from composer.kube.read.objects import Object, objects
from composer.kube.read.project import convert, doubled
from composer.kube.read.references import check_references
from composer.kube.read.structure import check_structure
from composer.kube.read.texts import Texts
from composer.spec.discovery import Source, normalise_name
from composer.spec.read import Document
from composer.spec.tree import Map, Problems, copy
from composer.spec.variables import absolute

__all__ = ["Manifests", "read_manifests"]


class Manifests(NamedTuple):
    """What was read. ``document`` has its dollar signs doubled, as texts of a Compose file do."""

    sources: tuple[Source, ...]
    document: Map
    warnings: tuple[str, ...]
    name: str
    """What a project of them is called that has no other name; may be empty."""
    secret: bool
    """Whether the document has texts of Secrets in it."""

    def reader(self, shown: str, problems: Problems) -> list[Document]:
        """The ``reader`` of ``composer.spec.Options``: the first file stands for all of them."""
        if shown != self.sources[0].shown:
            return [Document(Map())]
        problems.warnings += self.warnings
        return [Document(copy(self.document))]  # loading changes it in place


def read_manifests(names: Sequence[str], scale: Mapping[str, int] | None = None) -> Manifests:
    """Read the files that ``names`` mean, check them, and convert them.

    ``scale`` has numbers of replicas by workload that stand above those of the files. Raises
    ``FileError`` with all problems of the files, ``ComposerError`` for files that are not there.
    """
    problems = Problems()
    found = sources(names)
    problems.files = tuple(source.shown for source in found)
    all_objects = _objects(found, problems)
    texts = _checked(all_objects, problems)
    problems.check()
    if not any(one.kind in WORKLOADS for one in all_objects):
        shown = ", ".join(source.shown for source in found)
        raise ComposerError(f"{shown}: there is nothing to run in it: no {_listed()}")
    draft = Draft(all_objects, texts, problems)
    root = convert(draft, scale or {})
    problems.check()
    warnings = tuple(dict.fromkeys(problems.warnings))
    secret = any(one.kind == "Secret" for one in all_objects)
    name = _name(names[0], found, all_objects)
    return Manifests(found, doubled(root), warnings, name, secret)


def _listed() -> str:
    return f"{', '.join(WORKLOADS[:-1])} or {WORKLOADS[-1]}"


def _objects(found: Sequence[Source], problems: Problems) -> list[Object]:
    """The objects of all files; a file that cannot be read is noted, and the others are read."""
    read = []
    for source in found:
        try:
            read += objects([(source, text_of(source))], problems)
        except ComposerError as error:
            problems.note(error)
    return read


def _checked(found: Sequence[Object], problems: Problems) -> Texts:
    """Check all objects; one that has no right structure is looked into for references only."""
    sound: list[Object] = []
    broken: list[Object] = []
    for one in found:
        begun = len(problems.found)
        if one.root.get("apiVersion").value != "autoscaling/v1":
            check_structure(one.root, one.kind, problems)
        (sound if len(problems.found) == begun else broken).append(one)
    check_objects(found, problems)
    texts = Texts(sound, broken, problems)
    claims = [one.name for one in found if one.kind == "PersistentVolumeClaim"]
    for one in sound:
        if one.kind in WORKLOADS:
            check_workload(one, problems)
    for one in found:
        if one.kind in WORKLOADS:
            check_references(one, texts, claims, problems)
    return texts


def _name(given: str, found: Sequence[Source], all_objects: Sequence[Object]) -> str:
    """The project that all objects are part of, else what the (first) file or folder is called that
    is ``given``."""
    said = set()
    for one in all_objects:
        labels = one.labels
        if one.kind in WORKLOADS:
            labels = {**pod_of(one).get("metadata", "labels").pairs(), **labels}
        if PART_OF in labels:
            said.add(labels[PART_OF])
    if len(said) == 1:
        return normalise_name(said.pop())
    path = Path(absolute(given))
    if given == "-" or not (path.is_file() or path.is_dir()):  # a pipe has no name of its own
        return ""
    return normalise_name(path.stem if str(path) == found[0].path else path.name)
