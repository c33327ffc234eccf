"""The words that manifests of composer have in common: labels, annotations, and names that
Kubernetes takes (RFC 1123 labels)."""

from __future__ import annotations

import hashlib
import re

NAME = "app.kubernetes.io/name"
"""Label: the workload, which is a pod of the project or a service of its own."""
PART_OF = "app.kubernetes.io/part-of"
"""Label: the project."""
MANAGED_BY = "app.kubernetes.io/managed-by"
MANAGER = "composer"

NETWORK = "podman-composer/network."
"""Start of a label of pods, before a network's name: its members may talk (NetworkPolicy)."""
ISOLATED = "podman-composer/isolated"
"""Label of pods that have no network at all."""
DEPENDS_ON = ".depends-on.podman-composer/"
"""Middle of an annotation of a workload, between a container and what it depends on; its value is
the condition. Kubernetes has no such order; composer's own player keeps it. Neither part is longer
than Kubernetes allows, nor the value than Podman 4.3 does (63 characters)."""

PER_REPLICA = "podman-composer/per-replica"
"""Label of a claim's template: the file itself gives each replica a volume of its own."""

LENGTH = 63
"""Characters of a name, a label's value or a label's name without its prefix."""


def dns_label(text: str, limit: int = LENGTH) -> str:
    """``text`` as a name that Kubernetes takes: lower case letters, digits and dashes.

    What is longer than ``limit`` is cut, and gets a digest, so that it stays different from others.
    """
    name = re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-") or "x"
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(text.encode()).hexdigest()[:6]
    return f"{name[: limit - 7].rstrip('-')}-{digest}"


def is_key(key: str) -> bool:
    """Whether labels and annotations can have that key: a name, with or without a DNS name and a
    slash before it."""
    prefix, slash, name = key.rpartition("/")
    if slash and not (len(prefix) <= 253 and re.fullmatch(_PREFIX, prefix)):
        return False
    return bool(name) and is_value(name)


def is_value(value: str) -> bool:
    """Whether a label can have that value."""
    return re.fullmatch(_VALUE, value) is not None


_VALUE = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?"
_PREFIX = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*"
