"""What the ``spec`` of a pod says for all of its containers: said by their pod, or by the only
service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from composer.kube.names import DEPENDS_ON, ISOLATED, MANAGED_BY, NAME, NETWORK, PART_OF
from composer.kube.read.containers import amounts
from composer.kube.read.cursor import Cursor
from composer.kube.read.draft import Draft, deepen, extend, listing, mapping
from composer.kube.read.networks import attach
from composer.kube.read.workloads import Member, Workload
from composer.spec.tree import Map, put

_SHARE = ("net", "ipc", "uts")
"""What the containers of a pod share, on a cluster and in Podman."""
_BACKOFF = 6
"""How often a Job is tried again that does not say."""


class Parts:
    """The services of one workload, and its pod if it has one."""

    def __init__(self, workload: Workload, services: Mapping[str, Map], pod: Map | None) -> None:
        self.workload = workload
        self.services = services
        """By container."""
        self.pod = pod

    def own(self, member: Member) -> Map:
        """The service of a container."""
        return self.services[member.container]

    @property
    def inside(self) -> list[Map]:
        """The services that are in the pod, or the only one."""
        together = self.workload.together or self.workload.main
        return [self.own(member) for member in together]

    @property
    def network_owners(self) -> list[Map]:
        """Who says what belongs to the network: the pod, the only service, or each member."""
        if self.pod is None or "net" not in self.pod.get("share", _SHARE):
            return self.inside
        return [self.pod]


def say_pod(draft: Draft, parts: Parts) -> None:
    """Let the pod and services of ``parts`` say all that the pod's ``spec`` says."""
    workload = parts.workload
    _namespaces(parts)
    for key, convert in _FIELDS.items():
        said = workload.spec.get(key)
        if said:
            convert(draft, said, parts)
    _hostname(parts)
    _restarts(parts)
    _labels(parts)
    attach(parts.network_owners, workload)


def _namespaces(parts: Parts) -> None:
    """``hostNetwork``, ``hostPID``, ``hostIPC``, ``shareProcessNamespace``."""
    spec = parts.workload.spec
    left = list(_SHARE)
    for key, attribute, gone in (
        ("hostNetwork", "network_mode", ("net", "uts")),
        ("hostPID", "pid", ()),
        ("hostIPC", "ipc", ("ipc",)),
    ):
        said = spec.get(key)
        if said.value is True:
            left = [name for name in left if name not in gone]
            for service in parts.inside:
                put(service, attribute, "host", said.mark)
    if parts.pod is None:
        return
    if parts.workload.labels.get(ISOLATED):
        left.remove("net")
    shared = spec.get("shareProcessNamespace")
    if shared.value is True:
        left.append("pid")
    if left != [*_SHARE]:
        put(parts.pod, "share", listing(left, spec.mark), spec.mark)


def _hostname(parts: Parts) -> None:
    """``hostname``, else the name of the pod where it is known beforehand; ``subdomain`` makes it a
    name in the networks, as does a StatefulSet."""
    workload, spec = parts.workload, parts.workload.spec
    one, said = workload.one, spec.get("hostname")
    name = said.text()
    if not name and not one.ours and spec.get("hostNetwork").value is not True:
        if one.kind == "Pod":
            name = one.name
        elif one.kind == "StatefulSet" and workload.replicas == 1:
            name = f"{one.name}-0"
    owner = parts.pod if parts.pod is not None else parts.inside[0]
    if name and (parts.pod is None or "uts" in parts.pod.get("share", _SHARE)):
        put(owner, "hostname", name, said.mark)
    domain = spec.get("subdomain").text()
    if one.kind == "StatefulSet" and not one.ours:
        domain = domain or one.root.get("spec", "serviceName").text()
    if name and domain and not one.ours:
        workload.aliases += [name, f"{name}.{domain}"]


_RESTARTS = {"Always": "always", "OnFailure": "on-failure"}


def _restarts(parts: Parts) -> None:
    """``restartPolicy``: of a pod, of a Job with its limit; anything else always runs."""
    workload = parts.workload
    said = workload.spec.get("restartPolicy")
    policy = _RESTARTS.get(said.text("Always"))
    if workload.one.kind == "Job" and policy:
        policy += f":{workload.one.root.get('spec', 'backoffLimit').number(_BACKOFF)}"
    for member in workload.members:
        own = "always" if member.role == "sidecar" else policy
        if own and member.role != "init":
            put(parts.own(member), "restart", own, said.mark)


def _labels(parts: Parts) -> None:
    """Labels and annotations, on the pod and on its containers; without those that we add."""
    metadata = parts.workload.pod.get("metadata")
    ours = parts.workload.one.ours
    for key in ("labels", "annotations"):
        said = metadata.get(key)
        found = {k: v for k, v in said.pairs().items() if not (ours and _is_ours(k))}
        if not found:
            continue
        for target in [*([parts.pod] if parts.pod is not None else []), *parts.inside]:
            if target is not parts.pod and ours and parts.pod is not None:
                continue
            deepen(target, key, mapping(found, said.mark), said.mark)


def _is_ours(key: str) -> bool:
    known = (NAME, PART_OF, MANAGED_BY, ISOLATED)
    return key in known or key.startswith(NETWORK) or DEPENDS_ON in key


# --- one field each -------------------------------------------------------------------------------


def _grace(_draft: Draft, said: Cursor, parts: Parts) -> None:
    for service in parts.inside:
        put(service, "stop_grace_period", f"{said.number()}s", said.mark)


def _hosts(_draft: Draft, said: Cursor, parts: Parts) -> None:
    for owner in parts.network_owners:
        for entry in said.each():
            address = entry.get("ip").text()
            names = [f"{name}={address}" for name in entry.get("hostnames").texts()]
            extend(owner, "extra_hosts", names, entry.mark)


def _resolver(_draft: Draft, said: Cursor, parts: Parts) -> None:
    options = []
    for entry in said.get("options").each():
        name, value = entry.get("name").text(), entry.get("value").text()
        options.append(f"{name}:{value}" if value else name)
    for owner in parts.network_owners:
        extend(owner, "dns", said.get("nameservers").texts(), said.mark)
        extend(owner, "dns_search", said.get("searches").texts(), said.mark)
        extend(owner, "dns_opt", options, said.mark)


def _sysctls(_draft: Draft, said: Cursor, parts: Parts) -> None:
    found = {e.get("name").text(): e.get("value").text() for e in said.get("sysctls").each()}
    owner = parts.pod if parts.pod is not None else parts.inside[0]
    deepen(owner, "sysctls", mapping(found, said.mark), said.get("sysctls").mark)


def _resources(draft: Draft, said: Cursor, parts: Parts) -> None:
    """Limits of the whole pod. Podman reserves nothing for pods."""
    limits = amounts(draft, said.get("limits"))
    if parts.pod is None:
        below = mapping({"limits": mapping(limits, said.mark)}, said.mark)
        deepen(parts.inside[0], "deploy", mapping({"resources": below}, said.mark), said.mark)
        return
    for attribute, key in (("cpus", "cpus"), ("memory", "mem_limit")):
        if attribute in limits:
            put(parts.pod, key, limits[attribute], said.mark)


_FIELDS: Mapping[str, Callable[[Draft, Cursor, Parts], None]] = {
    "terminationGracePeriodSeconds": _grace,
    "hostAliases": _hosts,
    "dnsConfig": _resolver,
    "securityContext": _sysctls,
    "resources": _resources,
}


def depends(parts: Parts, known: Mapping[str, str]) -> None:
    """The order inside of a pod, and what our annotation says of other pods.

    Init containers run one after the other; sidecars come before what is not one. ``known`` has the
    services by the names that the annotation has for them.
    """
    workload = parts.workload
    needs: dict[str, dict[str, str]] = {member.container: {} for member in workload.members}
    for before, after in pairwise(one for one in workload.inits if not workload.alone(one)):
        needs[after.container][before.service] = "service_completed_successfully"
    for member in workload.main:
        for other in workload.members:
            if other.role == "sidecar":
                ready = bool(other.said.get("startupProbe"))
                condition = "service_healthy" if ready else "service_started"
                needs[member.container][other.service] = condition
    for container, said in workload.needs.items():
        for name, condition in said.items():
            if name in known and container in needs:
                needs[container][known[name]] = condition
    for member in workload.members:
        found: dict[str, Any] = {
            name: mapping({"condition": condition}, member.said.mark)
            for name, condition in needs[member.container].items()
        }
        if found:
            put(parts.own(member), "depends_on", mapping(found, member.said.mark), member.said.mark)
