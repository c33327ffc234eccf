"""Services of Kubernetes: further names of pods in their networks, and published ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from composer.kube.read.containers import publish
from composer.kube.read.cursor import Cursor
from composer.kube.read.draft import Draft
from composer.kube.read.objects import Object
from composer.kube.read.pods import Parts
from composer.kube.read.workloads import Member, Workload

_PUBLIC = "-public"
"""What the names of Services end with that we make for published ports alone."""


def name_pods(draft: Draft, workloads: Iterable[Workload]) -> None:
    """Let workloads answer to the names of the Services that select them."""
    found = list(workloads)
    for one in draft.of_kind("Service"):
        for workload in _selected(draft, one, found):
            names = {member.service for member in workload.members}
            if one.ours and (one.name == workload.key or one.name.endswith(_PUBLIC)):
                continue
            if one.name not in names:
                workload.aliases.append(one.name)
            workload.aliases += [name for name in _long_names(one) if draft.mentions(name)]


def _long_names(one: Object) -> Iterator[str]:
    """The names that a Service has on a cluster besides its own."""
    namespace = one.root.get("metadata", "namespace").text("default")
    for ending in ("", ".svc", ".svc.cluster.local"):
        yield f"{one.name}.{namespace}{ending}"


def _selected(draft: Draft, one: Object, workloads: Iterable[Workload]) -> list[Workload]:
    """The workloads whose pods a Service selects; a warning if there are none."""
    spec = one.root.get("spec")
    selector = spec.get("selector").pairs()
    if spec.get("type").value == "ExternalName":
        draft.warn(spec.get("externalName"), "composer gives names to pods of the files only")
        return []
    found = [w for w in workloads if selector and selector.items() <= w.labels.items()]
    if not found:
        draft.warn(spec.get("selector"), f"Service {one.name} selects no pod of the files")
    return found


def publish_ports(draft: Draft, everyone: Mapping[str, Parts]) -> None:
    """Publish what Services of the types LoadBalancer and NodePort have for the outside.

    ``everyone`` has the parts of all workloads by their keys.
    """
    for one in draft.of_kind("Service"):
        spec = one.root.get("spec")
        kind = spec.get("type").text("ClusterIP")
        selector = spec.get("selector").pairs()
        if kind == "ExternalName" or not selector:
            continue
        for parts in everyone.values():
            if selector.items() <= parts.workload.labels.items():
                for port in spec.get("ports").each():
                    _port(draft, parts, port, kind)


def _port(draft: Draft, parts: Parts, port: Cursor, kind: str) -> None:
    protocol = port.get("protocol").text("TCP").lower()
    target = port.get("targetPort") or port.get("port")
    found = _listener(parts.workload, target, protocol)
    if found is None:
        draft.wrong(target, f"no container of {parts.workload.one.label} has a port {target.value}")
        return
    member, number = found
    suffix = "" if protocol == "tcp" else f"/{protocol}"
    said = port.get("port")
    if kind == "LoadBalancer":
        publish(parts.own(member), said.text(), number, suffix, "", said)
    elif kind == "NodePort":
        publish(parts.own(member), port.get("nodePort").text(), number, suffix, "", said)
    elif said.number() != number and not parts.workload.one.ours:
        draft.warn(said, f"others reach it at port {number}: Podman translates none between them")


def _listener(workload: Workload, target: Cursor, protocol: str) -> tuple[Member, int] | None:
    """The container with the port ``target``, which may be named, and the number of that port.

    A number that nobody says belongs to the first container. None for a name that nobody has.
    """
    named = isinstance(target.value, str) and not target.text().isdecimal()
    members = [*workload.main, *(m for m in workload.members if m.role == "sidecar")]
    for member in members:
        for port in member.said.get("ports").each():
            wanted = port.get("name").value if named else port.get("containerPort").number()
            same = port.get("protocol").text("TCP").lower() == protocol
            if same and wanted == (target.value if named else target.number()):
                return member, port.get("containerPort").number()
    return None if named else (members[0], target.number())


def spread_ports(draft: Draft, parts: Parts) -> None:
    """Give each replica a port of the host of its own, from the one on that the file says."""
    count = parts.workload.replicas
    for service in parts.services.values() if count > 1 else ():
        for index, text in enumerate(service.get("ports") or ()):
            wide = _spread(text, count)
            if wide != text:
                service["ports"][index] = wide
                said = Cursor(text, parts.workload.one.label, service["ports"].marks[index])
                draft.warn(said, f"each of {count} replicas has a port of its own: {wide}")


def _spread(text: str, count: int) -> str:
    """``8080:80`` as ``8080-8082:80``."""
    places, slash, protocol = text.partition("/")
    where, _, target = places.rpartition(":")
    address, colon, published = where.rpartition(":")
    if not published.isdecimal():
        return text
    last = int(published) + count - 1
    return f"{address}{colon}{published}-{last}:{target}{slash}{protocol}"
