"""Images that are built here, named as the registry has them that a cluster pulls them from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from composer.errors import ComposerError
from composer.graph.needs import image_name
from composer.kube.cluster.api import Object
from composer.spec.model import Project

IMAGE_ID = "podman-composer/image-id."
"""Start of an annotation of pods, before a container's name: the id of the image that was pushed.

A tag may be pushed again with something else behind it; the annotation makes that a change, and
thereby a roll-out.
"""

_REGISTRY = re.compile(r"[a-z0-9][a-z0-9.-]*(:\d+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*")


def registry_images(project: Project, registry: str) -> dict[str, str]:
    """By name of an image that is built: its name in ``registry`` (``HOST[:PORT][/PATH]``).

    Raises ``ComposerError`` for what is no registry, and for two images with one name.
    """
    if not _REGISTRY.fullmatch(registry) or not _is_host(registry.partition("/")[0]):
        raise ComposerError(
            f"{registry!r} is no registry",
            hint="Name its host and the path in it: registry.example.com/team",
        )
    found: dict[str, str] = {}
    origins: dict[str, str] = {}
    for service in project.services.values():
        if service.build is None:
            continue
        local = image_name(project, service)
        there = f"{registry}/{local.partition('@')[0].rpartition('/')[2]}"
        if origins.setdefault(there, local) != local:
            raise ComposerError(
                f"{origins[there]} and {local} would both be {there}",
                hint="Give one of them another name (`image`).",
            )
        found[local] = there
    return found


def _is_host(text: str) -> bool:
    """Whether the first part of a name is a host, as it is told from an account of Docker Hub."""
    return "." in text or ":" in text or text == "localhost"


def named(project: Project, images: Mapping[str, str]) -> Project:
    """``project`` with ``images`` (by their names) as what its services are built to."""
    change = msgspec.structs.replace
    services = {
        name: change(s, image=images[image_name(project, s)], build=change(s.build, tags=()))
        if s.build is not None
        else s
        for name, s in project.services.items()
    }
    return change(project, services=services)


def with_ids(manifests: Sequence[Object], ids: Mapping[str, str]) -> list[Object]:
    """``manifests`` whose pods are annotated with the ids of their images (by image)."""
    return [_annotated(manifest, lambda _, image: ids.get(image)) for manifest in manifests]


def keeping_ids(manifest: Object, live: Object) -> Object:
    """``manifest`` with the ids that the ``live`` object has for images of the same names.

    Who names images of a registry without a push knows of no other ones behind these names.
    """
    known = image_ids(live)
    images = {c["name"]: c["image"] for c in _containers(_pod_of(live))}

    def id_of(container: str, image: str) -> str | None:
        return known.get(container) if images.get(container) == image else None

    return _annotated(manifest, id_of)


def image_ids(found: Object) -> dict[str, str]:
    """By container: the ids that the pods of an object are annotated with."""
    annotations = ((_pod_of(found) or {}).get("metadata") or {}).get("annotations") or {}
    return {
        key.removeprefix(IMAGE_ID): value
        for key, value in annotations.items()
        if key.startswith(IMAGE_ID)
    }


def _pod_of(found: Object) -> Object | None:
    """The pod that an object is, or has the template of; None for other kinds."""
    pod = (found.get("spec") or {}).get("template", found)
    return pod if isinstance(pod, dict) and "containers" in (pod.get("spec") or {}) else None


def _containers(pod: Object | None) -> list[Object]:
    spec: Object = pod["spec"] if pod is not None else {}
    return [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]


def _annotated(manifest: Object, id_of: Callable[[str, str], str | None]) -> Object:
    """``manifest`` with ``id_of`` the name and the image of each container, where that is known.

    Ids that it has already stay.
    """
    pod = _pod_of(manifest)
    known = image_ids(manifest)
    found = {c["name"]: id_of(c["name"], c["image"]) for c in _containers(pod)}
    new = {f"{IMAGE_ID}{n}": known.get(n, value) for n, value in found.items() if value}
    if pod is None or not new:
        return manifest
    metadata = pod.get("metadata") or {}
    metadata = {**metadata, "annotations": {**(metadata.get("annotations") or {}), **new}}
    marked = {**pod, "metadata": metadata}
    if pod is manifest:
        return marked
    return {**manifest, "spec": {**manifest["spec"], "template": marked}}
