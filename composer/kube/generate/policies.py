"""NetworkPolicies that mean what the file's networks mean: who shares one may talk, what is on
internal ones alone has no way outside, and published ports are open to everybody."""

from __future__ import annotations

from typing import Any

from composer.kube.generate.draft import Draft
from composer.kube.generate.ports import open_ports, public_name
from composer.kube.generate.workloads import Workload
from composer.kube.names import ISOLATED, NETWORK, dns_label

_NAME_SERVERS = {
    "to": [{"namespaceSelector": {}}],
    "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
}


def network_labels(workload: Workload) -> dict[str, str]:
    """The labels of a workload's pods that say which networks they are on."""
    if workload.members[0].network_mode == "none":
        return {ISOLATED: "true"}
    return {label(key): "true" for key in workload.owner.networks}


def label(key: str) -> str:
    """The label for the members of network ``key``."""
    prefix, _, start = NETWORK.partition("/")
    return f"{prefix}/{start}{dns_label(key, 63 - len(start))}"


def policies(draft: Draft, found: list[Workload]) -> None:
    """Add a policy for each network, for what is published, and for what has no network."""
    used: dict[str, None] = {}
    for workload in found:
        used |= dict.fromkeys(network_labels(workload))
    if ISOLATED in used:
        alone = {"matchLabels": {ISOLATED: "true"}}
        spec: dict[str, Any] = {"podSelector": alone, "policyTypes": ["Ingress", "Egress"]}
        draft.add("NetworkPolicy", "isolated", draft.part_of, spec=spec)
    for key, network in draft.project.networks.items():
        if label(key) in used:
            draft.add(
                "NetworkPolicy", dns_label(key), draft.part_of, spec=_network(key, network.internal)
            )
    for workload in found:
        _public(draft, workload)


def _network(key: str, internal: bool) -> dict[str, Any]:
    members = {"podSelector": {"matchLabels": {label(key): "true"}}}
    return {
        **members,
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [members]}],
        "egress": [{"to": [members]}, _NAME_SERVERS] if internal else [{}],
    }


def _public(draft: Draft, workload: Workload) -> None:
    """What is published is reached by everybody, also by who is on no network with it."""
    ports = {
        (port.target, port.protocol)
        for port in open_ports(draft, workload)
        if port.published is not None and (draft.options.host_ports or not port.loopback)
    }
    if not ports or not network_labels(workload):
        return
    opened = [{"port": target, "protocol": protocol.upper()} for target, protocol in sorted(ports)]
    spec = {
        "podSelector": {"matchLabels": draft.selector(workload.name)},
        "policyTypes": ["Ingress"],
        "ingress": [{"ports": opened}],
    }
    draft.add("NetworkPolicy", public_name(workload), workload.name, spec=spec)
