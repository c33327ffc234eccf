"""Manifests for the play of Podman before 4.4, which does not read all that is right in them.

It cannot take variables from Secrets that it has made of the same file (containers/podman issue
16269), falls over Secrets in volumes that do not say whether they are ``optional``, and mounts the
whole volume in the place of a ``subPath``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from composer.kube.read.checks import WORKLOADS, containers, pod_of
from composer.kube.read.cursor import Cursor
from composer.kube.read.objects import objects
from composer.kube.read.texts import Texts
from composer.spec.discovery import Source
from composer.spec.output import to_yaml
from composer.spec.tree import Problems

FIRST_WITHOUT = (4, 4)
"""The first Podman that needs nothing of this."""
_COPY = ".variables"
"""End of the name of a ConfigMap with the text of a Secret: Podman keeps no ConfigMaps."""


class Handed(NamedTuple):
    """What an old Podman gets: the ``text`` in the place of the files, None if it reads them as
    they are; and the first ``subPath``, which it knows nothing of, as ``FILE:LINE:COLUMN``."""

    text: str | None = None
    sub_path: str = ""


def for_podman(texts: Sequence[tuple[Source, str]]) -> Handed:
    """The manifests in ``texts`` as an old Podman reads them.

    Problems in them are for Podman to tell: it gets the files then. Raises ``FileError`` for
    malformed YAML.
    """
    problems = Problems()
    found = objects(texts, problems)
    known = Texts([one for one in found if one.kind == "Secret"], (), problems)
    if problems.found:
        return Handed()
    used: set[str] = set()
    changed = False
    sub_paths: list[str] = []
    for one in found:
        if one.kind in WORKLOADS:
            spec = pod_of(one).get("spec")
            used |= set(_from_copies(containers(spec), known))
            changed |= _decided(spec)
            sub_paths += _sub_paths(spec)
    sub_path = sub_paths[0] if sub_paths else ""
    if not used and not changed:
        return Handed(sub_path=sub_path)
    copies = [_copy(name, known) for name in sorted(used)]
    whole = (*copies, *(one.root.value for one in found))
    return Handed("---\n".join(to_yaml(one, escape=False) for one in whole), sub_path)


def _sub_paths(spec: Cursor) -> list[str]:
    """Where containers mount a part of a volume."""
    return [
        ":".join(map(str, said.mark or ()))
        for container in containers(spec)
        for mount in container.get("volumeMounts").each()
        if (said := mount.get("subPath"))
    ]


def _from_copies(found: Iterable[Cursor], known: Texts) -> Iterable[str]:
    """Let variables come from copies of the Secrets that are ``known``; the names of these."""
    for container in found:
        sources = [entry.get("valueFrom") for entry in container.get("env").each()]
        for source, ours, theirs in (
            *((source, "secretKeyRef", "configMapKeyRef") for source in sources),
            *((source, "secretRef", "configMapRef") for source in container.get("envFrom").each()),
        ):
            name = source.get(ours, "name").text()
            if name and known.of("Secret", name) is not None:
                said = source.value.pop(ours)
                source.value[theirs] = {**said, "name": f"{name}{_COPY}"}
                yield name


def _decided(spec: Cursor) -> bool:
    """Let Secrets in volumes say that they are not optional. Returns whether one did not."""
    silent = [
        secret.value
        for secret in (volume.get("secret") for volume in spec.get("volumes").each())
        if isinstance(secret.value, dict) and "optional" not in secret.value
    ]
    for said in silent:
        said["optional"] = False
    return bool(silent)


def _copy(name: str, known: Texts) -> dict[str, object]:
    entries = known.of("Secret", name) or {}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"{name}{_COPY}"},
        "data": {key: text.content for key, text in entries.items() if text.readable},
    }
