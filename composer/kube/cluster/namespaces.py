"""The namespace of a project: made where it is missing, and removed when nothing else is in it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from composer.kube.cluster.api import APPLY, FIELD_MANAGER, Api, Object
from composer.kube.cluster.belongings import Place, name_of
from composer.kube.cluster.failures import ClusterError
from composer.kube.cluster.kinds import (
    NAMESPACE,
    SERVICE_ACCOUNT,
    Resource,
    discover,
)
from composer.kube.cluster.parallel import each
from composer.kube.names import MANAGED_BY, MANAGER, PART_OF

_POLL_SECONDS = 0.1
_ACCOUNT_SECONDS = 10.0
"""How long the cluster may take to make the account that pods of a new namespace need."""
_OF_EVERY_NAMESPACE = {
    ("ServiceAccount", "default"),
    ("ConfigMap", "kube-root-ca.crt"),
    ("ConfigMap", "openshift-service-ca.crt"),
}
"""What the cluster itself puts into each namespace."""
_PASSING = ("Event", "Endpoints", "EndpointSlice", "ControllerRevision", "Lease", "PodMetrics")
"""Kinds that come and go with others."""


def find(place: Place) -> Object | None:
    """The namespace of ``place``; None if there is none.

    To a user who may not look at namespaces it is there: it is the server that will tell. Raises
    ``ClusterError``, also for a namespace that is being deleted.
    """
    what = f"look for namespace {place.namespace}"
    answer = place.api.call("GET", _path(place), ok=(403, 404), what=what)
    if answer.status == 404:
        return None
    if answer.status == 403:
        return {"metadata": {"name": place.namespace}}
    if (answer.body.get("status") or {}).get("phase") == "Terminating":
        raise ClusterError(
            f"namespace {place.namespace} is being deleted",
            hint="try again when it is gone, or name another with --namespace",
        )
    return answer.body


def make(place: Place, *, pods: bool) -> None:
    """Make the namespace, labelled as composer's; wait for its account if there are ``pods``.

    Raises ``ClusterError``.
    """
    labels = {MANAGED_BY: MANAGER, PART_OF: place.part_of}
    metadata = {"name": place.namespace, "labels": labels}
    place.api.call(
        "PATCH",
        _path(place),
        {"fieldManager": FIELD_MANAGER, "force": True},
        {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata},
        content_type=APPLY,
        what=f"create namespace {place.namespace}",
    )
    deadline = time.monotonic() + _ACCOUNT_SECONDS
    account = SERVICE_ACCOUNT.path(place.namespace, "default")
    while pods and time.monotonic() < deadline:
        what = "look for the namespace's account"
        if place.api.call("GET", account, ok=(403, 404), what=what).status != 404:
            return
        time.sleep(_POLL_SECONDS)


def remove(place: Place) -> None:
    """Delete the namespace with all that is in it. Raises ``ClusterError``."""
    what = f"delete namespace {place.namespace}"
    place.api.call("DELETE", _path(place), ok=(404,), what=what)


def made_by_composer(namespace: Object, place: Place) -> bool:
    """Whether composer made the namespace, for this project."""
    labels = namespace["metadata"].get("labels") or {}
    return labels.get(MANAGED_BY) == MANAGER and labels.get(PART_OF) == place.part_of


def contents(place: Place) -> list[str]:
    """What is in the namespace but what the cluster puts into each (``KIND/NAME``).

    Raises ``OperationsFailed`` if that cannot be seen in full.
    """

    def look(resource: Resource) -> list[str]:
        return [
            f"{resource.shown}/{name_of(one)}"
            for one in place.objects(resource)
            if (resource.kind, name_of(one)) not in _OF_EVERY_NAMESPACE
            and not one["metadata"].get("ownerReferences")
            and one.get("type") != "kubernetes.io/service-account-token"
        ]

    kinds = [kind for kind in _all_kinds(place.api) if kind.namespaced]
    found = each([kind for kind in kinds if kind.kind not in _PASSING], look)
    return list(dict.fromkeys(text for part in found for text in part))


def _all_kinds(api: Api) -> Iterator[Resource]:
    """Every kind of every API, in the version that the cluster prefers (GET /apis)."""
    yield from discover(api, "v1")
    groups = api.get("/apis", what="ask for the cluster's APIs").get("groups") or []
    versions = [str(group["preferredVersion"]["groupVersion"]) for group in groups]
    for part in each(versions, lambda version: discover(api, version)):
        yield from part


def _path(place: Place) -> str:
    return NAMESPACE.path("", place.namespace)
