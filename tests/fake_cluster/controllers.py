"""Plays the controllers and nodes of a cluster: makes pods, and says how they are.

Nothing runs. It works over HTTP on the stub and on a real API server alike, which knows nothing of
pods but what it is told.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import urllib.error
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

from tests.fake_cluster.client import Client

Object = dict[str, Any]
NODE = "node-1"
_PAUSE = 0.05

RUNNING: Object = {"ready": True, "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}
BAD_IMAGE: Object = {
    "ready": False,
    "state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}},
}
CRASHING: Object = {
    "ready": False,
    "restartCount": 4,
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s"}},
    "lastState": {"terminated": {"exitCode": 3, "reason": "Error"}},
}
DONE: Object = {"ready": False, "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}
FAILED: Object = {"ready": False, "state": {"terminated": {"exitCode": 5, "reason": "Error"}}}


class Controllers:
    """Works in a thread inside of a ``with``, on all namespaces but those of the cluster."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.containers: dict[str, Object] = {}
        """By name of a container: its status, if it is not just running."""
        self.paused = threading.Event()
        """Set: nothing is done any more."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopped.wait(_PAUSE):
            # Somebody else may have changed or removed what this is just about.
            with contextlib.suppress(urllib.error.HTTPError):
                if not self.paused.is_set():
                    self._turn()

    def _turn(self) -> None:
        call = self._client.call
        for namespace in call("GET", "/api/v1/namespaces")["items"]:
            name = namespace["metadata"]["name"]
            if not name.startswith("kube-") and namespace["status"].get("phase") != "Terminating":
                self._look_after(name)

    def _look_after(self, namespace: str) -> None:
        if self._client.get("serviceaccounts", namespace, "default") is None:
            account = {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": "default"},
            }
            self._client.create("serviceaccounts", namespace, account)
        for claim in self._client.objects("persistentvolumeclaims", namespace):
            metadata = claim["metadata"]
            if "deletionTimestamp" in metadata:  # no pod uses it: it need not be protected
                patch = {"metadata": {"finalizers": None}}
                plural, name = "persistentvolumeclaims", metadata["name"]
                self._client.merge(plural, namespace, name, patch, manager="controller")
        pods = {pod["metadata"]["name"]: pod for pod in self._client.objects("pods", namespace)}
        wanted: dict[str, Object] = {}
        for plural in ("deployments", "statefulsets", "daemonsets", "jobs"):
            for workload in self._client.objects(plural, namespace):
                own = dict(_pods_of(plural, workload))
                wanted |= own
                self._report(plural, namespace, workload, [pods.get(name) for name in own])
        for name, pod in pods.items():
            if pod["metadata"].get("ownerReferences") and name not in wanted:
                self._remove(namespace, name)
            elif (status := self._status(pod)) != pod.get("status"):
                self._set_status("pods", namespace, name, status)
        for name, pod in wanted.items():
            if name not in pods:
                self._client.create("pods", namespace, pod)

    def _status(self, pod: Object) -> Object:
        """The status that a pod is to have."""
        spec = pod["spec"]
        told = {kind: self._told(spec.get(kind) or ()) for kind in ("initContainers", "containers")}
        states = told["containers"]
        once = spec.get("restartPolicy") in ("Never", "OnFailure")
        ready = all(one["ready"] for one in states)
        phase = "Running" if ready else "Pending"
        codes = [one["state"].get("terminated", {}).get("exitCode") for one in states]
        if once and None not in codes:
            phase = "Failed" if any(codes) else "Succeeded"
        return {
            **(pod.get("status") or {}),
            "phase": phase,
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            "containerStatuses": states,
            **(
                {"initContainerStatuses": told["initContainers"]}
                if "initContainers" in spec
                else {}
            ),
        }

    def _told(self, containers: Any) -> list[Object]:
        return [
            {
                "name": one["name"],
                "image": one["image"],
                "imageID": "",
                "restartCount": 0,
                "containerID": f"test://{one['name']}",
                **self.containers.get(one["name"], RUNNING),
            }
            for one in containers
        ]

    def _report(
        self, plural: str, namespace: str, workload: Object, pods: list[Object | None]
    ) -> None:
        """Write what has become of the pods of a workload into its status."""
        statuses = [(pod or {}).get("status") or {} for pod in pods]
        status = _REPORTS[plural](workload, statuses)
        if status != {key: (workload.get("status") or {}).get(key) for key in status}:
            self._set_status(plural, namespace, workload["metadata"]["name"], status)

    def _set_status(self, plural: str, namespace: str, name: str, status: Object) -> None:
        patch = {"status": status}
        self._client.merge(plural, namespace, name, patch, manager="controller", sub="status")

    def _remove(self, namespace: str, pod: str) -> None:
        self._client.call("DELETE", self._client.path("pods", namespace, pod) + _NOW)


_NOW = "?gracePeriodSeconds=0"


def _pods_of(plural: str, workload: Object) -> Iterator[tuple[str, Object]]:
    """The pods that a workload is to have, by name."""
    spec, metadata = workload["spec"], workload["metadata"]
    template = spec["template"]
    digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:8]
    count = spec.get("replicas", 1) if plural in ("deployments", "statefulsets") else 1
    for number in range(count):
        end = str(number) if plural == "statefulsets" else f"{digest}-{number}"
        name = f"{metadata['name']}-{end}"
        owner = {
            "apiVersion": "batch/v1" if plural == "jobs" else "apps/v1",
            "kind": _KINDS[plural],
            "name": metadata["name"],
            "uid": metadata["uid"],
        }
        labels = template["metadata"].get("labels") or {}
        if plural == "jobs":
            labels = {**labels, **spec["selector"]["matchLabels"]}
        made = {"name": name, "labels": labels, "ownerReferences": [owner]}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": made}
        claimed = [
            {"name": claim, "persistentVolumeClaim": {"claimName": f"{claim}-{name}"}}
            for claim in (one["metadata"]["name"] for one in spec.get("volumeClaimTemplates") or ())
        ]
        volumes = [*(template["spec"].get("volumes") or ()), *claimed]
        yield name, {**pod, "spec": {**template["spec"], "volumes": volumes, "nodeName": NODE}}


def _ready(statuses: list[Object]) -> int:
    return sum(
        condition["status"] == "True"
        for status in statuses
        for condition in status.get("conditions", ())
    )


def _of_deployment(workload: Object, statuses: list[Object]) -> Object:
    ready = _ready(statuses)
    return {
        "observedGeneration": workload["metadata"].get("generation", 1),
        "replicas": len(statuses),
        "updatedReplicas": len(statuses),
        "readyReplicas": ready,
        "availableReplicas": ready,
    }


def _of_stateful_set(workload: Object, statuses: list[Object]) -> Object:
    return {
        "observedGeneration": workload["metadata"].get("generation", 1),
        "replicas": len(statuses),
        "readyReplicas": _ready(statuses),
        "updatedReplicas": len(statuses),
        "currentRevision": "one",
        "updateRevision": "one",
    }


def _of_daemon_set(workload: Object, statuses: list[Object]) -> Object:
    ready = _ready(statuses)
    return {
        "observedGeneration": workload["metadata"].get("generation", 1),
        "currentNumberScheduled": 1,
        "desiredNumberScheduled": 1,
        "updatedNumberScheduled": 1,
        "numberMisscheduled": 0,
        "numberReady": ready,
        "numberAvailable": ready,
    }


def _of_job(_workload: Object, statuses: list[Object]) -> Object:
    phase = statuses[0].get("phase")
    if phase == "Succeeded":
        return {"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}
    if phase == "Failed":
        failure = {"type": "Failed", "status": "True", "message": "Job has reached its limit"}
        return {"failed": 1, "conditions": [failure]}
    return {"active": 1}


_REPORTS: Mapping[str, Any] = {
    "deployments": _of_deployment,
    "statefulsets": _of_stateful_set,
    "daemonsets": _of_daemon_set,
    "jobs": _of_job,
}
_KINDS = {
    "deployments": "Deployment",
    "statefulsets": "StatefulSet",
    "daemonsets": "DaemonSet",
    "jobs": "Job",
}
