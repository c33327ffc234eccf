"""Images that are built here, named as the registry has them that a cluster pulls them from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

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
    """By service that is built: its image in ``registry`` (``HOST[:PORT][/PATH]``).

    Raises ``ComposerError`` for what is no registry, and for two images with one name.
    """
    if not _REGISTRY.fullmatch(registry) or not _is_host(registry.partition("/")[0]):
        raise ComposerError(
            f"{registry!r} is no registry",
            hint="Name its host and the path in it: registry.example.com/team",
        )
    found: dict[str, str] = {}
    origins: dict[str, str] = {}
    for name, service in project.services.items():
        if service.build is None:
            continue
        local = image_name(project, service)
        there = f"{registry}/{local.partition('@')[0].rpartition('/')[2]}"
        if origins.setdefault(there, local) != local:
            raise ComposerError(
                f"{local} and {origins[there]} would both be {there}",
                hint="Give one of them another name (`image`).",
            )
        found[name] = there
    return found


def _is_host(text: str) -> bool:
    """Whether the first part of a name is a host, as it is told from an account of Docker Hub."""
    return "." in text or ":" in text or text == "localhost"


def named(project: Project, images: Mapping[str, str]) -> Project:
    """``project`` with ``images`` as what its services are built to, and nothing else."""
    change = msgspec.structs.replace
    services = {
        name: change(s, image=images[name], build=change(s.build, tags=()))
        if name in images and s.build
        else s
        for name, s in project.services.items()
    }
    return change(project, services=services)


def with_ids(manifests: Sequence[Object], ids: Mapping[str, str]) -> list[Object]:
    """``manifests`` whose pods are annotated with the ids of their images (by image)."""
    return [_with_ids(manifest, ids) for manifest in manifests]


def _with_ids(manifest: Object, ids: Mapping[str, str]) -> Object:
    spec = manifest.get("spec") or {}
    pod = spec.get("template") if "template" in spec else manifest
    if not isinstance(pod, dict) or "containers" not in (pod.get("spec") or {}):
        return manifest
    containers = [*(pod["spec"].get("initContainers") or ()), *pod["spec"]["containers"]]
    annotations = {
        f"{IMAGE_ID}{container['name']}": ids[container["image"]]
        for container in containers
        if container["image"] in ids
    }
    if not annotations:
        return manifest
    metadata = pod.get("metadata") or {}
    metadata = {**metadata, "annotations": {**(metadata.get("annotations") or {}), **annotations}}
    marked = {**pod, "metadata": metadata}
    return marked if pod is manifest else {**manifest, "spec": {**spec, "template": marked}}
