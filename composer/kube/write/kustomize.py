"""A Kustomize base, and an overlay that shows what another place would change."""

from __future__ import annotations

from collections.abc import Sequence

from composer.kube.generate.draft import Manifest
from composer.kube.names import PART_OF
from composer.kube.write.by_owner import HEADER, by_owner
from composer.kube.write.stream import to_stream
from composer.spec import to_yaml

_API = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
_REPLICATED = ("Deployment", "StatefulSet")
OVERLAY = "overlays/production/kustomization.yaml"
"""The file that is the user's: it is written once."""


def to_kustomize(manifests: Sequence[Manifest]) -> dict[str, str]:
    """The files of a base and its overlay, by their path. ``manifests`` must not be empty."""
    files = {
        f"base/{owner}.yaml": HEADER + to_stream(own) for owner, own in by_owner(manifests).items()
    }
    resources = [name.removeprefix("base/") for name in files]
    base = {**_API, "resources": resources}
    files["base/kustomization.yaml"] = HEADER + to_yaml(base, escape=False)
    files[OVERLAY] = to_yaml(_overlay(manifests), escape=False)
    return files


def _overlay(manifests: Sequence[Manifest]) -> dict[str, object]:
    """An overlay with a namespace of its own, and numbers and images to change."""
    replicas: list[dict[str, object]] = []
    images: dict[str, str] = {}
    for manifest in manifests:
        spec = manifest.get("spec", {})
        if manifest["kind"] in _REPLICATED:
            replicas.append({"name": manifest["metadata"]["name"], "count": spec["replicas"]})
        pod = spec.get("template", {}).get("spec", {})
        for container in (*pod.get("initContainers", ()), *pod.get("containers", ())):
            name, tag = split_image(container["image"])
            if "@" not in name:
                images.setdefault(name, tag or "latest")
    overlay: dict[str, object] = {
        **_API,
        "namespace": manifests[0]["metadata"]["labels"][PART_OF],
        "resources": ["../../base"],
    }
    if replicas:
        overlay["replicas"] = replicas
    if images:
        overlay["images"] = [{"name": name, "newTag": tag} for name, tag in images.items()]
    return overlay


def split_image(image: str) -> tuple[str, str]:
    """The name and the tag of an image; no tag for one that is named by its digest."""
    if "@" in image:
        return image, ""
    name, _, tag = image.rpartition(":")
    return (name, tag) if name and "/" not in tag else (image, "")
