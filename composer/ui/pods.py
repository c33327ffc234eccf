"""What ``composer pod ls``, ``pod port`` and ``pod inspect --format table`` print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from composer.printable import printable, printable_json
from composer.state import Container, PodState, Processes, Published
from composer.ui.duration import ago
from composer.ui.ports import describe, host_address
from composer.ui.ps import ID_LENGTH, Publisher, created_at
from composer.ui.ps import state as state_of
from composer.ui.table import table

HEADER = ("NAME", "POD", "STATUS", "CONTAINERS", "SERVICES", "CREATED", "PORTS")

HEADINGS = {
    "ID": "POD ID",
    "Name": "NAME",
    "Pod": "POD",
    "Number": "NUMBER",
    "Project": "PROJECT",
    "Status": "STATUS",
    "Running": "RUNNING",
    "Containers": "CONTAINERS",
    "Services": "SERVICES",
    "CreatedAt": "CREATED AT",
    "RunningFor": "CREATED",
    "Networks": "NETWORKS",
    "Ports": "PORTS",
    "InfraID": "INFRA ID",
    "Labels": "LABELS",
}
"""What stands above the fields of ``--format 'table …'``."""


class Whole(NamedTuple):
    """A pod with its containers, the infra container apart."""

    pod: PodState
    members: tuple[Container, ...]
    infra: Container | None

    @property
    def ports(self) -> tuple[Published, ...]:
        """The ports that it publishes: its infra container's, else those of its members."""
        if self.infra is not None:
            return self.infra.ports
        return tuple(port for member in self.members for port in member.ports)


class PodRow(msgspec.Struct, frozen=True):
    """A pod as ``--format json`` shows it."""

    ID: str
    Name: str
    Pod: str
    """Its key in the file."""
    Number: int
    Project: str
    Status: str
    Running: int
    """How many of its containers run."""
    Containers: list[str]
    Services: list[str]
    CreatedAt: str
    RunningFor: str
    Networks: list[str]
    Ports: str
    Publishers: list[Publisher]
    InfraID: str
    Labels: dict[str, str]


def together(pods: Iterable[PodState], containers: Iterable[Container]) -> list[Whole]:
    """``pods``, each with those of ``containers`` that are in it."""
    inside: dict[str, list[Container]] = {}
    infra: dict[str, Container] = {}
    for container in containers:
        if container.is_infra:
            infra[container.pod] = container
        else:
            inside.setdefault(container.pod, []).append(container)
    return [Whole(pod, tuple(inside.get(pod.id, ())), infra.get(pod.id)) for pod in pods]


def status(whole: Whole) -> str:
    """The state of a pod in one word.

    Podman counts the infra container as one more: a pod whose members are all paused would be
    degraded.
    """
    states = {state_of(member) for member in whole.members}
    if states == {"paused"}:
        return "paused"
    if states == {"running"} and whole.pod.status == "degraded":
        return "running"
    return whole.pod.status


def row(whole: Whole, now: float, *, truncate: bool = True) -> PodRow:
    """All that ``--format json`` tells of one pod. ``now`` is in seconds since the epoch."""
    pod = whole.pod
    return PodRow(
        ID=pod.id[:ID_LENGTH] if truncate else pod.id,
        Name=pod.name,
        Pod=pod.key,
        Number=pod.number,
        Project=pod.project,
        Status=status(whole),
        Running=sum(member.running for member in whole.members),
        Containers=[member.name for member in whole.members],
        Services=list(dict.fromkeys(member.service for member in whole.members)),
        CreatedAt=created_at(pod.created),
        RunningFor=ago(pod.created, now),
        Networks=list(pod.networks),
        Ports=describe(whole.ports),
        Publishers=[
            Publisher(host_address(port), port.container_port, port.host_port, port.protocol)
            for port in whole.ports
        ],
        InfraID=pod.infra[:ID_LENGTH] if truncate else pod.infra,
        Labels=pod.labels,
    )


def formatted(pods: Sequence[Whole], now: float, template: str, *, truncate: bool = True) -> str:
    """The pods as ``--format`` says: ``table``, ``json`` (an object a line) or a template.

    Raises ``ComposerError`` for a template that cannot be read.
    """
    rows = [row(whole, now, truncate=truncate) for whole in pods]
    if template == "table":
        return table(HEADER, [_cells(one) for one in rows])
    if template == "json":
        return lines(rows)
    from composer.ui.template import show

    return show(template, [msgspec.structs.asdict(one) for one in rows], HEADINGS)


def lines(rows: Iterable[object]) -> str:
    """One JSON object a line."""
    encode = msgspec.json.Encoder().encode
    return "".join(printable_json(encode(one).decode()) + "\n" for one in rows)


def _cells(one: PodRow) -> tuple[str, ...]:
    running = f"{one.Running}/{len(one.Containers)}"
    services = ", ".join(one.Services)
    return (one.Name, one.Pod, one.Status, running, services, one.RunningFor, one.Ports)


def overview(whole: Whole, raw: Mapping[str, object], now: float) -> str:
    """One pod in some lines, and its containers as a table. ``raw`` is what Podman tells of it."""
    one = row(whole, now)
    shared = raw.get("SharedNamespaces")
    facts = {
        "Name": one.Name,
        "Pod": one.Pod,
        "ID": one.ID,
        "Status": one.Status,
        "Created": one.CreatedAt,
        "Hostname": str(raw.get("Hostname") or ""),
        "Networks": ", ".join(one.Networks),
        "Ports": one.Ports,
        "Shared": ", ".join(map(str, shared)) if isinstance(shared, list) else "",
        "CPUs": _cpus(raw),
        "Memory": str(raw.get("memory_limit") or ""),
    }
    text = "".join(
        f"{name + ':':<11}{printable(value)}\n" for name, value in facts.items() if value
    )
    members = [(c.name, c.service, state_of(c), c.image) for c in whole.members]
    return text + table(("CONTAINER", "SERVICE", "STATE", "IMAGE"), members)


def _cpus(raw: Mapping[str, object]) -> str:
    quota, period = raw.get("cpu_quota"), raw.get("cpu_period")
    if not isinstance(quota, int) or not isinstance(period, int) or quota <= 0 or period <= 0:
        return ""
    return f"{quota / period:g}"


class PortRow(msgspec.Struct, frozen=True):
    """One published port of a pod."""

    Name: str
    URL: str
    TargetPort: int
    PublishedPort: int
    Protocol: str


def port_rows(pods: Iterable[Whole], wanted: int | None, protocol: str | None) -> list[PortRow]:
    """The published ports of ``pods``, or of them those for port ``wanted`` inside."""
    return [
        PortRow(whole.pod.name, host_address(p), p.container_port, p.host_port, p.protocol)
        for whole in pods
        for p in sorted(whole.ports, key=lambda p: (p.container_port, p.protocol, p.host_port))
        if p.host_port
        and (wanted is None or p.container_port == wanted)
        and (protocol is None or p.protocol == protocol)
    ]


def port_lines(rows: Sequence[PortRow], *, asked: bool) -> str:
    """``POD PORT/PROTOCOL -> ADDRESS`` for each; if one port was asked for only the addresses."""
    written = []
    for one in rows:
        address = f"[{one.URL}]" if ":" in one.URL else one.URL
        published = f"{address}:{one.PublishedPort}"
        inside = f"{printable(one.Name)} {one.TargetPort}/{one.Protocol} -> "
        written.append(f"{published}\n" if asked else f"{inside}{published}\n")
    return "".join(written)


def process_table(seen: Sequence[tuple[str, Processes]]) -> str:
    """The processes of each pod, by its name, in the columns of ``ps``."""
    if not seen:
        return ""
    rows = [(name, *process) for name, processes in seen for process in processes.rows]
    return table(("POD", *seen[0][1].titles), rows)


def process_lines(seen: Sequence[tuple[str, Processes]]) -> str:
    """The same as one JSON object a line for each process."""
    return lines(
        {"POD": name, **dict(zip(processes.titles, process, strict=True))}
        for name, processes in seen
        for process in processes.rows
    )
