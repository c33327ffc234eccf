"""Labels of the file in manifests: Kubernetes takes less than Podman in keys and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from composer.kube.generate.draft import Draft
from composer.kube.names import is_key, is_value


def add_labels(
    draft: Draft, path: str, metadata: dict[str, Any], labels: Mapping[str, str]
) -> None:
    """Add to ``metadata`` what it does not have: values that labels cannot have as annotations."""
    for key, value in labels.items():
        if is_value(value) and is_key(key):
            metadata.setdefault("labels", {}).setdefault(key, value)
        else:
            add_annotations(draft, path, metadata, {key: value})


def add_annotations(
    draft: Draft, path: str, metadata: dict[str, Any], annotations: Mapping[str, str]
) -> None:
    """Add to ``metadata`` what it does not have."""
    for key, value in annotations.items():
        if is_key(key):
            metadata.setdefault("annotations", {}).setdefault(key, value)
        else:
            draft.warn(path, f"{key!r} is no key that Kubernetes takes: left out")
