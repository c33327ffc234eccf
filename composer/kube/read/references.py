"""What pods refer to has to be in the files: ConfigMaps, Secrets, claims, their keys, volumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from composer.kube.read.checks import containers, pod_of
from composer.kube.read.cursor import Cursor
from composer.kube.read.objects import Object
from composer.kube.read.texts import Texts
from composer.spec.tree import Problems
from composer.spec.validate import nearest


class _Reference(NamedTuple):
    """Something that refers to an object: ``name`` says which, ``keys`` what of it is wanted."""

    kind: str
    name: Cursor
    keys: tuple[Cursor, ...]
    optional: bool


def check_references(one: Object, texts: Texts, claims: Iterable[str], problems: Problems) -> None:
    """Note in ``problems`` what the pod of a workload refers to and is not there.

    What is optional is warned of. ``claims`` are the PersistentVolumeClaims of the files.
    """
    spec = pod_of(one).get("spec")
    for reference in _references(spec):
        _check(reference, texts, problems)
    known_claims = list(claims)
    for volume in spec.get("volumes").each():
        said = volume.get("persistentVolumeClaim", "claimName")
        if said and said.text() not in known_claims:
            _missing(said, "PersistentVolumeClaim", known_claims, problems)
    if spec.get("volumes") and not isinstance(spec.get("volumes").value, list):
        return
    templates = one.root.get("spec", "volumeClaimTemplates").each()
    known = [v.get("name").text() for v in spec.get("volumes").each()]
    known += [template.get("metadata", "name").text() for template in templates]
    for container in containers(spec):
        for mount in container.get("volumeMounts").each():
            said = mount.get("name")
            if said and said.text() not in known:
                text = f"the pod has no volume {said.value}"
                problems.add(said.mark, said.path, text, nearest(said.text(), known))


def _check(reference: _Reference, texts: Texts, problems: Problems) -> None:
    kind, said = reference.kind, reference.name
    if not said or texts.is_broken(kind, said.text()):
        return
    there = texts.of(kind, said.text())
    if there is None and reference.optional:
        problems.warn(said.mark, said.path, f"there is no {kind} {said.value}: it is left out")
    elif there is None:
        _missing(said, kind, texts.names(kind), problems)
    elif not reference.optional:
        for key in reference.keys:
            if key and key.text() not in there:
                text = f"{kind} {said.value} has no key {key.value}"
                problems.add(key.mark, key.path, text, nearest(key.text(), there))


def _missing(said: Cursor, kind: str, known: list[str], problems: Problems) -> None:
    hint = nearest(said.text(), known) or f"add the {kind} to the files"
    problems.add(said.mark, said.path, f"there is no {kind} {said.value}", hint)


def _references(spec: Cursor) -> Iterator[_Reference]:
    for container in containers(spec):
        for variable in container.get("env").each():
            for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                said = variable.get("valueFrom", key)
                if said:
                    optional = said.get("optional").value is True
                    yield _Reference(kind, said.get("name"), (said.get("key"),), optional)
        for source in container.get("envFrom").each():
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                yield from _whole(source.get(key), kind, "name")
    for volume in spec.get("volumes").each():
        yield from _whole(volume.get("configMap"), "ConfigMap", "name")
        yield from _whole(volume.get("secret"), "Secret", "secretName")
        for source in volume.get("projected", "sources").each():
            yield from _whole(source.get("configMap"), "ConfigMap", "name")
            yield from _whole(source.get("secret"), "Secret", "name")


def _whole(said: Cursor, kind: str, key: str) -> Iterator[_Reference]:
    if said:
        keys = tuple(item.get("key") for item in said.get("items").each())
        yield _Reference(kind, said.get(key), keys, said.get("optional").value is True)
