"""Kinds of the Kubernetes API: where their objects are, in which order they are made."""

from __future__ import annotations

from typing import NamedTuple

from composer.kube.cluster.api import Api, Object
from composer.kube.cluster.failures import ClusterError


class Resource(NamedTuple):
    """A kind as the API has it: ``version`` is an apiVersion, ``plural`` stands in paths."""

    version: str
    kind: str
    plural: str
    namespaced: bool = True

    def path(self, namespace: str, name: str = "") -> str:
        """The path of the collection in ``namespace``, or of the object ``name`` in it."""
        root = f"/apis/{self.version}" if "/" in self.version else f"/api/{self.version}"
        place = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{root}{place}/{self.plural}" + (f"/{name}" if name else "")

    @property
    def shown(self) -> str:
        """The kind as kubectl names it: ``deployment.apps``, ``service``."""
        group = self.version.rpartition("/")[0]
        return self.kind.lower() + (f".{group}" if group else "")


NAMESPACE = Resource("v1", "Namespace", "namespaces", namespaced=False)
SERVICE_ACCOUNT = Resource("v1", "ServiceAccount", "serviceaccounts")
CLAIM = Resource("v1", "PersistentVolumeClaim", "persistentvolumeclaims")
POD = Resource("v1", "Pod", "pods")
EVENT = Resource("v1", "Event", "events")
DEPLOYMENT = Resource("apps/v1", "Deployment", "deployments")
STATEFUL_SET = Resource("apps/v1", "StatefulSet", "statefulsets")
DAEMON_SET = Resource("apps/v1", "DaemonSet", "daemonsets")
JOB = Resource("batch/v1", "Job", "jobs")

OWN = (
    SERVICE_ACCOUNT,
    Resource("v1", "Secret", "secrets"),
    Resource("v1", "ConfigMap", "configmaps"),
    CLAIM,
    Resource("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
    Resource("v1", "Service", "services"),
    POD,
    DEPLOYMENT,
    STATEFUL_SET,
    DAEMON_SET,
    JOB,
    Resource("networking.k8s.io/v1", "Ingress", "ingresses"),
    Resource("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    Resource("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
)
"""What projects are made of, in the order in which it is made: what others refer to comes first."""

WORKLOADS = (POD, DEPLOYMENT, STATEFUL_SET, DAEMON_SET, JOB)
"""What has pods, and is waited for."""

_KNOWN = {(resource.version, resource.kind): resource for resource in (NAMESPACE, *OWN)}
_ORDER = {resource.kind: place for place, resource in enumerate(OWN)}


def order(resource: Resource) -> int:
    """When objects of this kind are made; those of other groups come last."""
    return _ORDER.get(resource.kind, len(_ORDER))


def resource_of(api: Api, manifest: Object) -> Resource:
    """The kind of ``manifest``; the cluster is asked for one that composer does not know.

    Raises ``ClusterError`` if the cluster does not know it either.
    """
    version, kind = str(manifest["apiVersion"]), str(manifest["kind"])
    known = _KNOWN.get((version, kind))
    return known or _discovered(api, version, kind)


def _discovered(api: Api, version: str, kind: str) -> Resource:
    """GET /apis/GROUP/VERSION: the APIResourceList of one API."""
    found = discover(api, version)
    for resource in found:
        if resource.kind == kind:
            return resource
    raise ClusterError(
        f"the cluster knows no {kind} of {version}",
        status=404,
        hint="correct apiVersion and kind in x-kubernetes, or install what brings that kind",
    )


def discover(api: Api, version: str) -> list[Resource]:
    """The kinds of one API that can be listed and changed; none if the cluster lacks it."""
    root = "/apis" if "/" in version else "/api"
    answer = api.call("GET", f"{root}/{version}", ok=(404,), what=f"ask for the kinds of {version}")
    if answer.status == 404:
        return []
    return [
        Resource(version, one["kind"], one["name"], one["namespaced"])
        for one in answer.body.get("resources") or ()
        if "/" not in one["name"] and "list" in one["verbs"]
    ]
