"""The networks of pods: the project's own, or those that our labels name."""

from __future__ import annotations

from collections.abc import Iterable

from composer.kube.names import ISOLATED, NETWORK
from composer.kube.read.draft import Draft, listing, mapping
from composer.kube.read.workloads import Workload
from composer.spec.tree import Map, put


def networks_of(workload: Workload) -> list[str]:
    """The networks that the labels of its pods name; the project's own without any."""
    return [key.removeprefix(NETWORK) for key in workload.labels if key.startswith(NETWORK)]


def attach(owners: Iterable[Map], workload: Workload) -> None:
    """Let ``owners``, which are a pod or services, be on the networks of ``workload``, under its
    further names."""
    mark = workload.pod.get("metadata", "labels").mark
    for owner in owners:
        if owner.get("network_mode"):
            continue
        if ISOLATED in workload.labels:
            put(owner, "network_mode", "none", mark)
            continue
        found = networks_of(workload)
        aliases = list(dict.fromkeys(workload.aliases))
        if aliases:
            own = mapping({"aliases": listing(aliases, mark)}, mark)
            whole = mapping(dict.fromkeys(found or ["default"], own), mark)
            put(owner, "networks", whole, mark)
        elif found and found != ["default"]:
            put(owner, "networks", listing(found, mark), mark)


def define(draft: Draft, workloads: Iterable[Workload]) -> None:
    """The networks that anybody is on; internal ones have a policy that lets nobody out."""
    for workload in workloads:
        mark = workload.pod.get("metadata", "labels").mark
        for key in networks_of(workload):
            internal = _is_internal(draft, key)
            if internal or key != "default":
                own = mapping({"internal": True}, mark) if internal else None
                draft.add("networks", key, own, mark)


def _is_internal(draft: Draft, key: str) -> bool:
    for policy in draft.of_kind("NetworkPolicy"):
        selected = policy.root.get("spec", "podSelector", "matchLabels").pairs()
        if policy.ours and selected == {f"{NETWORK}{key}": "true"}:
            rules = [entry.value for entry in policy.root.get("spec", "egress").each()]
            return {} not in rules
    return False
