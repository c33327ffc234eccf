"""How far a workload is: what ``kubectl rollout status`` would say of the same status."""

from __future__ import annotations

from typing import Any

import pytest

from composer.kube.cluster.rollout import Standing, standing

STUCK = {
    "type": "Progressing",
    "status": "False",
    "reason": "ProgressDeadlineExceeded",
    "message": 'ReplicaSet "web-1" has timed out progressing.',
}


def workload(kind: str, spec: dict[str, Any], status: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": "web"}, "spec": spec, "status": status}


def replicas(total: int, updated: int, available: int) -> dict[str, int]:
    counts = {"replicas": total, "updatedReplicas": updated, "availableReplicas": available}
    return {key: number for key, number in counts.items() if number}  # zero is left out there


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        ({"replicas": 3}, replicas(0, 0, 0), Standing(False, "0 of 3 replicas are made")),
        ({"replicas": 3}, replicas(4, 2, 2), Standing(False, "2 of 3 replicas are made")),
        ({"replicas": 3}, replicas(4, 3, 3), Standing(False, "old replicas that still run: 1")),
        ({"replicas": 3}, replicas(3, 3, 2), Standing(False, "2 of 3 replicas are ready")),
        ({"replicas": 3}, replicas(3, 3, 3), Standing(True, "Available")),
        ({"replicas": 0}, replicas(0, 0, 0), Standing(True, "Available")),
        ({}, replicas(1, 1, 1), Standing(True, "Available")),
        (
            {"replicas": 3},
            {**replicas(4, 1, 3), "conditions": [STUCK]},
            Standing(False, "stuck", str(STUCK["message"])),
        ),
    ],
)
def test_a_deployment(spec: dict[str, Any], status: dict[str, Any], expected: Standing) -> None:
    assert standing(workload("Deployment", spec, status)) == expected


REVISION = {"currentRevision": "db-1", "updateRevision": "db-1"}
NEXT = {"currentRevision": "db-1", "updateRevision": "db-2"}
PARTITION = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        ({"replicas": 2}, {**REVISION}, Standing(False, "0 of 2 replicas are ready")),
        (
            {"replicas": 2},
            {**NEXT, "readyReplicas": 2, "updatedReplicas": 1},
            Standing(False, "1 of 2 replicas are updated"),
        ),
        (
            {"replicas": 2},
            {**REVISION, "readyReplicas": 2, "updatedReplicas": 2},
            Standing(True, "Ready"),
        ),
        (
            {"replicas": 3, "updateStrategy": PARTITION},
            {**NEXT, "readyReplicas": 3},
            Standing(False, "0 of 1 replicas are updated"),
        ),
        (
            {"replicas": 3, "updateStrategy": PARTITION},
            {**NEXT, "readyReplicas": 3, "updatedReplicas": 1},
            Standing(True, "Ready"),
        ),
        # Nobody but the user deletes its pods: they stay what they were.
        (
            {"replicas": 1, "updateStrategy": {"type": "OnDelete"}},
            {**NEXT, "readyReplicas": 1},
            Standing(True, "Ready"),
        ),
    ],
)
def test_a_stateful_set(spec: dict[str, Any], status: dict[str, Any], expected: Standing) -> None:
    assert standing(workload("StatefulSet", spec, status)) == expected


@pytest.mark.parametrize(
    ("spec", "counts", "expected"),
    [
        ({}, (0, 0, 0), Standing(True, "Available")),
        ({}, (3, 1, 1), Standing(False, "1 of 3 nodes are updated")),
        ({}, (3, 3, 2), Standing(False, "2 of 3 nodes are ready")),
        ({}, (3, 3, 3), Standing(True, "Available")),
        ({"updateStrategy": {"type": "OnDelete"}}, (3, 1, 3), Standing(True, "Available")),
    ],
)
def test_a_daemon_set(
    spec: dict[str, Any], counts: tuple[int, int, int], expected: Standing
) -> None:
    keys = ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    found = workload("DaemonSet", spec, dict(zip(keys, counts, strict=True)))
    assert standing(found) == expected


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_a_status_of_the_spec_before_says_nothing(kind: str) -> None:
    fine = {
        **replicas(1, 1, 1),
        **REVISION,
        "readyReplicas": 1,
        "desiredNumberScheduled": 1,
        "updatedNumberScheduled": 1,
        "numberAvailable": 1,
    }
    found = workload(kind, {"replicas": 1}, fine)
    found["metadata"]["generation"] = 2
    assert not standing(found).done
    found["status"]["observedGeneration"] = 1
    assert standing(found) == Standing(False, "the cluster has not looked at it yet")
    found["status"]["observedGeneration"] = 2
    assert standing(found).done


def condition(name: str, status: str = "True", message: str | None = None) -> dict[str, Any]:
    said = {"message": message} if message else {}
    return {"conditions": [{"type": name, "status": status, **said}]}


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        ({}, {}, Standing(False, "0 of 1 runs are complete")),
        ({"completions": 3}, {"succeeded": 2}, Standing(False, "2 of 3 runs are complete")),
        ({}, condition("Complete"), Standing(True, "Complete")),
        ({}, condition("Complete", "False"), Standing(False, "0 of 1 runs are complete")),
        ({"completions": 3}, condition("SuccessCriteriaMet"), Standing(True, "Done")),
        ({"suspend": True}, condition("Suspended"), Standing(True, "Suspended")),
        ({}, condition("Failed", message="too often"), Standing(False, "failed", "too often")),
        ({}, condition("Failed"), Standing(False, "failed", "it failed")),
    ],
)
def test_a_job(spec: dict[str, Any], status: dict[str, Any], expected: Standing) -> None:
    assert standing(workload("Job", spec, status)) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({}, Standing(False, "is starting")),
        ({"phase": "Pending"}, Standing(False, "is starting")),
        (
            {"phase": "Running", **condition("Ready", "False")},
            Standing(False, "its containers are not ready"),
        ),
        ({"phase": "Running", **condition("Ready")}, Standing(True, "Ready")),
        ({"phase": "Succeeded", **condition("Ready", "False")}, Standing(True, "Complete")),
        ({"phase": "Failed"}, Standing(False, "failed", "its containers failed")),
        (
            {"phase": "Failed", "message": "Pod was evicted"},
            Standing(False, "failed", "Pod was evicted"),
        ),
    ],
)
def test_a_pod(status: dict[str, Any], expected: Standing) -> None:
    assert standing(workload("Pod", {}, status)) == expected
