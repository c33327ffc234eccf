"""Puts services into pods: what the members of a pod share moves from them to the pod."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from composer.spec.definitions import pod_digests
from composer.spec.model import Attachment, Pod, Port, Project, Service

T = TypeVar("T")


def into_pods(
    project: Project,
    pods: Iterable[Pod],
    *,
    unattached: Iterable[str] = (),
    init: Mapping[str, Any] | None = None,
) -> Project:
    """``project`` with ``pods``, and their members (``Pod.members``) as they are then.

    ``unattached`` are services whose networks nobody said, ``init`` the init containers with when
    they run (``once``, ``always``).
    """
    services = dict(project.services)
    made = {}
    for pod in pods:
        members = [services[name] for name in pod.members]
        whole = _with_parts_of(pod, members, frozenset(unattached))
        digests = json.dumps(pod_digests(whole))
        made[pod.key] = replace(whole, config_hash=hashlib.sha256(digests.encode()).hexdigest())
        for service in members:
            when = (init or {}).get(service.name)
            services[service.name] = replace(_member(service, whole), pod_init=when)
    return replace(project, services=services, pods={**project.pods, **made})


def _with_parts_of(pod: Pod, members: Sequence[Service], unattached: frozenset[str]) -> Pod:
    """``pod`` with what its ``members`` say about that which they share."""
    parts: list[Any] = [pod, *members]
    changes: dict[str, Any] = {}
    if pod.shares("net"):
        saying = [s for s in members if s.networks and s.name not in unattached]
        said = [pod.networks] if pod.networks else []
        said += [service.networks for service in saying or ([] if said else members)]
        changes["networks"] = _attachments(said)
        changes["ports"] = _ports([pod.ports, *(service.ports for service in members)])
        for name in ("extra_hosts", "dns", "dns_search", "dns_opt"):
            changes[name] = _together([getattr(part, name) for part in parts])
        changes["mac_address"] = _first([part.mac_address for part in parts])
    if pod.shares("uts"):
        changes["hostname"] = _first([part.hostname for part in parts])
        changes["domainname"] = _first([part.domainname for part in parts])
    if pod.shares("ipc"):
        sizes = [part.shm_size for part in parts if part.shm_size is not None]
        changes["shm_size"] = max(sizes, default=None)
    if pod.infra is not None:
        changes["userns_mode"] = _first([part.userns_mode for part in parts])
    return replace(pod, **changes)


_OF_THE_POD: dict[str, dict[str, Any]] = {
    "net": {
        "ports": (),
        "expose": (),
        "extra_hosts": (),
        "dns": (),
        "dns_search": (),
        "dns_opt": (),
        "mac_address": None,
    },
    "uts": {"hostname": None, "domainname": None},
    "ipc": {"shm_size": None},
}
"""By namespace: what a member that shares it does not say itself, with the values for that."""


def _member(service: Service, pod: Pod) -> Service:
    """``service`` in ``pod``, which has what they share."""
    changes: dict[str, Any] = {"pod": pod.key}
    for namespace, values in _OF_THE_POD.items():
        if pod.shares(namespace):
            changes |= values
    if pod.shares("net"):
        changes["networks"] = dict.fromkeys(pod.networks)
    if pod.infra is not None:
        changes["userns_mode"] = None
    if pod.single is None:
        changes["scale"] = pod.scale
    added: dict[str, Any] = {}
    if pod.volumes:
        added["volumes"] = (*service.volumes, *pod.volumes)
    if pod.annotations:
        added["annotations"] = {**pod.annotations, **service.annotations}
    if pod.security_opt:
        added["security_opt"] = _together([service.security_opt, pod.security_opt])
    own_policy = service.deploy.restart_policy if service.deploy else None
    if pod.restart and service.restart is None and own_policy is None:
        added["restart"] = pod.restart
    if added:
        text = json.dumps(
            [service.config_hash, msgspec.to_builtins(added, enc_hook=int)], sort_keys=True
        )
        changes["config_hash"] = hashlib.sha256(text.encode()).hexdigest()
    return replace(service, **changes, **added)


def _attachments(said: Sequence[Mapping[str, Attachment | None]]) -> dict[str, Attachment | None]:
    """The networks of all in ``said``; in each what the first of them says, and all aliases."""
    found: dict[str, Attachment | None] = {}
    for networks in said:
        for key, own in networks.items():
            known = found.get(key)
            found[key] = own if known is None or own is None else _both(known, own)
            if own is None:
                found[key] = known
    return found


def _both(one: Attachment, other: Attachment) -> Attachment:
    """What ``one`` says, and of ``other`` what it does not."""
    said = {
        name: value
        for name in Attachment.__struct_fields__
        if (value := getattr(one, name)) != getattr(_NOTHING_SAID, name)
    }
    said["aliases"] = _together([one.aliases, other.aliases])
    return replace(other, **said)


_NOTHING_SAID = Attachment()


def _ports(lists: Iterable[Sequence[Port]]) -> tuple[Port, ...]:
    """All ports; what a member says again that its pod says is one of them."""
    found = {
        (p.host_ip or "", p.published or "", p.target, p.protocol): p for o in lists for p in o
    }
    return tuple(found.values())


def _together(lists: Iterable[Sequence[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(entry for entries in lists for entry in entries))


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)
