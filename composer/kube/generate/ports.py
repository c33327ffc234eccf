"""Ports: those of containers, and the Services that give services their names and publish them."""

from __future__ import annotations

import ipaddress
from typing import Any, NamedTuple

from composer.kube.generate.draft import Draft
from composer.kube.generate.workloads import Workload
from composer.kube.names import dns_label
from composer.spec.model import Port, Service

_HIGHEST = 65535
_LIMIT = 100
"""Ports of a range that are still written out."""


class Open(NamedTuple):
    """A port that a container listens on."""

    target: int
    protocol: str
    published: str | None = None
    """The port of the host; empty when any will do; None when it is not published."""
    host_ip: str | None = None
    name: str | None = None
    app_protocol: str | None = None

    @property
    def everywhere(self) -> bool:
        """Whether it is published at all addresses of the host."""
        return self.host_ip in ("0.0.0.0", "::", "[::]")  # noqa: S104 - only compared

    @property
    def loopback(self) -> bool:
        """Whether only the host itself reaches it."""
        try:
            return ipaddress.ip_address((self.host_ip or "").strip("[]")).is_loopback
        except ValueError:
            return False


def open_ports(draft: Draft, workload: Workload) -> list[Open]:
    """All ports of ``workload``, each once for every place that it is published at."""
    said: list[Open] = []
    for owner in workload.speakers:
        said += [_published(port) for port in owner.ports]
        if isinstance(owner, Service):
            said += _exposed(draft, owner)
    public = {(port.target, port.protocol) for port in said if port.published is not None}
    return [
        port
        for port in dict.fromkeys(said)
        if port.published is not None or (port.target, port.protocol) not in public
    ]


def _published(port: Port) -> Open:
    return Open(
        *(port.target, port.protocol, port.published or "", port.host_ip),
        *(port.name, port.app_protocol),
    )


def _exposed(draft: Draft, service: Service) -> list[Open]:
    found = []
    for index, entry in enumerate(service.expose):
        ports, _, protocol = entry.partition("/")
        first, _, last = ports.partition("-")
        try:
            numbers = range(int(first), int(last or first) + 1)
        except ValueError:
            numbers = range(0)
        if not numbers or numbers[0] < 1 or numbers[-1] > _HIGHEST:
            draft.warn(
                f"services.{service.name}.expose[{index}]", f"{entry!r} is no port: left out"
            )
            continue
        if len(numbers) > _LIMIT:
            draft.warn(
                f"services.{service.name}.expose[{index}]",
                f"of {entry} the first {_LIMIT} are named",
            )
        found += [Open(number, protocol or "tcp") for number in numbers[:_LIMIT]]
    return found


def container_ports(draft: Draft, service: Service, workload: Workload) -> list[dict[str, Any]]:
    """``ports`` of the container of ``service``; the first member has those of its pod."""
    own = {(port.target, port.protocol) for port in map(_published, service.ports)}
    own |= {(port.target, port.protocol) for port in _exposed(draft, service)}
    first = service is workload.members[0]
    others = {(p.target, p.protocol) for s in workload.members for p in map(_published, s.ports)}
    found: dict[tuple[int, str, str], dict[str, Any]] = {}
    for port in open_ports(draft, workload):
        key = (port.target, port.protocol)
        if key in own or (first and key not in others):
            entry = _container_port(draft, port)
            found[(*key, str(entry.get("hostPort", "")))] = entry
    return list(found.values())


def _container_port(draft: Draft, port: Open) -> dict[str, Any]:
    entry: dict[str, Any] = {"containerPort": port.target}
    if draft.options.host_ports and port.published:
        entry["hostPort"] = int(port.published.partition("-")[0])
        if port.host_ip:
            entry["hostIP"] = port.host_ip.strip("[]")
    if port.protocol != "tcp":
        entry["protocol"] = port.protocol.upper()
    return entry


def services(draft: Draft, workload: Workload) -> None:
    """Add the Services of ``workload``: its members' names lead to its pods, and what it publishes
    is reached from outside."""
    ports = open_ports(draft, workload)
    names = dict.fromkeys(dns_label(service.name) for service in workload.members)
    names.setdefault(workload.name)
    names |= dict.fromkeys(_aliases(draft, workload))
    public = [] if draft.options.host_ports else _public(draft, workload, ports)
    same = all(port.published in ("", str(port.target)) for port in public)
    headless = workload.kind == "statefulset" or not ports or _by_addresses(workload)
    for name in names:
        spec: dict[str, Any] = {"selector": draft.selector(workload.name)}
        if public and same and name == workload.name and not headless:
            spec["type"] = _type(public)
        elif headless:
            spec = {"clusterIP": "None", **spec}
        inside = dict.fromkeys(port._replace(published=None, host_ip=None) for port in ports)
        if inside:
            spec["ports"] = _service_ports([(port, port.target) for port in inside])
        draft.add("Service", name, workload.name, spec=spec)
    if public and (headless or not same):
        pairs = [(port, int(port.published or port.target)) for port in public]
        spec = {
            "type": _type(public),
            "selector": draft.selector(workload.name),
            "ports": _service_ports(pairs),
        }
        draft.add("Service", public_name(workload), workload.name, spec=spec)


def _by_addresses(workload: Workload) -> bool:
    """Whether the file wants the name of a service to lead to its containers' own addresses."""
    return any(s.deploy is not None and s.deploy.endpoint_mode == "dnsrr" for s in workload.members)


def _aliases(draft: Draft, workload: Workload) -> list[str]:
    """Further names of the members: aliases in networks, and what links of others call them."""
    project = draft.project
    said: dict[str, str] = {}
    for service in workload.speakers:
        for attachment in service.networks.values():
            said |= dict.fromkeys(
                attachment.aliases if attachment else (), f"{workload.path}.networks"
            )
    for other in project.services.values():
        for link in other.links:
            name, _, alias = link.partition(":")
            if alias and name in {service.name for service in workload.members}:
                said[alias] = f"services.{other.name}.links"
    taken = {dns_label(name) for name in (*project.services, *project.pods)}
    found = []
    for alias, path in said.items():
        if alias in taken or draft.has("Service", alias):
            if alias not in {workload.name, *(service.name for service in workload.members)}:
                draft.warn(path, f"{alias} is the name of others as well, and leads to them alone")
        elif dns_label(alias) != alias:
            draft.warn(path, f"{alias!r} is no name that a Service can have")
        else:
            found.append(alias)
    return found


def public_name(workload: Workload) -> str:
    """The name of the Service and the NetworkPolicy for what is reached from outside."""
    return dns_label(f"{workload.name}-public")


def _type(public: list[Open]) -> str:
    """A port of the host that anybody may choose is a port of the nodes."""
    return "LoadBalancer" if any(port.published for port in public) else "NodePort"


def _public(draft: Draft, workload: Workload, ports: list[Open]) -> list[Open]:
    """The ports that others than this machine reach, ranges at their first number."""
    found = []
    for port in ports:
        if port.published is None:
            continue
        if port.loopback:
            draft.warn(
                f"{workload.path}.ports",
                f"{port.host_ip}:{port.published} is for this machine alone: not published "
                "(kubectl port-forward reaches it)",
            )
            continue
        if port.host_ip and not port.everywhere:
            draft.warn(
                f"{workload.path}.ports",
                f"{port.host_ip} is an address of this machine: published at those of the cluster",
            )
        first = port.published.partition("-")[0]
        found.append(port._replace(published=first, host_ip=None))
    return list(dict.fromkeys(found))


def _service_ports(ports: list[tuple[Open, int]]) -> list[dict[str, Any]]:
    """``ports`` of a Service; each has a name, which Kubernetes wants where there are several."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for port, number in ports:
        name = port.name or f"{port.protocol}-{number}"
        entry: dict[str, Any] = {"name": dns_label(name, 15), "port": number}
        if number != port.target:
            entry["targetPort"] = port.target
        if port.protocol != "tcp":
            entry["protocol"] = port.protocol.upper()
        if port.app_protocol:
            entry["appProtocol"] = port.app_protocol
        found.setdefault((number, port.protocol), entry)
    return list(found.values())
