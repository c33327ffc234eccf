"""How far workloads are: what ``kubectl rollout status`` tells, from their status alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from composer.kube.cluster.api import Object


class Standing(NamedTuple):
    """How far a workload is. ``failure`` says why it will never get there by itself."""

    done: bool
    text: str
    failure: str = ""


_UNSEEN = Standing(False, "the cluster has not looked at it yet")
_JOB_WORDS = {"Complete": Standing(True, "Complete"), "SuccessCriteriaMet": Standing(True, "Done")}


def standing(workload: Object) -> Standing:
    """How far a Deployment, StatefulSet, DaemonSet, Job or Pod is."""
    status: dict[str, Any] = workload.get("status") or {}
    generation = workload["metadata"].get("generation", 0)
    if workload["kind"] in _OBSERVING and status.get("observedGeneration", 0) < generation:
        return _UNSEEN
    return _STANDINGS[workload["kind"]](workload["spec"], status)


def conditions(status: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The conditions of a status by their type."""
    return {one["type"]: one for one in status.get("conditions") or ()}


def _deployment(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Standing:
    told = conditions(status)
    progress = told.get("Progressing", {})
    wanted = spec.get("replicas", 1)
    updated, total = status.get("updatedReplicas", 0), status.get("replicas", 0)
    available = status.get("availableReplicas", 0)
    if progress.get("reason") == "ProgressDeadlineExceeded":
        return Standing(False, "stuck", progress.get("message") or "it makes no progress")
    if updated < wanted:
        return Standing(False, f"{updated} of {wanted} replicas are made")
    if total > updated:
        return Standing(False, f"old replicas that still run: {total - updated}")
    if available < updated:
        return Standing(False, f"{available} of {wanted} replicas are ready")
    return Standing(True, "Available")


def _stateful_set(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Standing:
    wanted = spec.get("replicas", 1)
    ready, updated = status.get("readyReplicas", 0), status.get("updatedReplicas", 0)
    strategy = spec.get("updateStrategy") or {}
    if ready < wanted:
        return Standing(False, f"{ready} of {wanted} replicas are ready")
    if strategy.get("type") == "OnDelete":
        return Standing(True, "Ready")
    partition = (strategy.get("rollingUpdate") or {}).get("partition") or 0
    if partition:
        due = wanted - partition
        done = updated >= due
        return Standing(done, "Ready" if done else f"{updated} of {due} replicas are updated")
    if status.get("updateRevision") != status.get("currentRevision"):
        return Standing(False, f"{updated} of {wanted} replicas are updated")
    return Standing(True, "Ready")


def _daemon_set(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Standing:
    wanted = status.get("desiredNumberScheduled", 0)
    updated, ready = status.get("updatedNumberScheduled", 0), status.get("numberAvailable", 0)
    if updated < wanted and (spec.get("updateStrategy") or {}).get("type") != "OnDelete":
        return Standing(False, f"{updated} of {wanted} nodes are updated")
    if ready < wanted:
        return Standing(False, f"{ready} of {wanted} nodes are ready")
    return Standing(True, "Available")


def _job(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Standing:
    told = conditions(status)
    for word, ended in _JOB_WORDS.items():
        if told.get(word, {}).get("status") == "True":
            return ended
    failed = told.get("Failed", {})
    if failed.get("status") == "True":
        return Standing(False, "failed", failed.get("message") or "it failed")
    if spec.get("suspend"):
        return Standing(True, "Suspended")
    wanted, done = spec.get("completions") or 1, status.get("succeeded", 0)
    return Standing(False, f"{done} of {wanted} runs are complete")


def _pod(_spec: Mapping[str, Any], status: Mapping[str, Any]) -> Standing:
    phase = status.get("phase", "Pending")
    if phase == "Succeeded":
        return Standing(True, "Complete")
    if phase == "Failed":
        return Standing(False, "failed", status.get("message") or "its containers failed")
    if conditions(status).get("Ready", {}).get("status") == "True":
        return Standing(True, "Ready")
    return Standing(False, "its containers are not ready" if phase == "Running" else "is starting")


_OBSERVING = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds whose status says which generation of the spec it is about."""

_STANDINGS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Standing]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": _job,
    "Pod": _pod,
}
