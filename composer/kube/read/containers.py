"""One container of a pod as a service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from composer.kube.quantities import processors, size, size_text
from composer.kube.read.cursor import Cursor
from composer.kube.read.draft import Draft, deepen, extend, listing, mapping
from composer.kube.read.environment import environment, expand
from composer.kube.read.probes import healthcheck, http_command
from composer.kube.read.security import security
from composer.kube.read.storage import mounts
from composer.kube.read.workloads import Member, Workload
from composer.spec.tree import Map, put

_POLICIES = {"Always": "always", "Never": "never"}
"""``IfNotPresent`` is what Compose does when nothing is said."""
_GPU = "nvidia.com/gpu"


def service_of(draft: Draft, workload: Workload, member: Member) -> Map:
    """The service of a container, without what its pod says."""
    said = member.said
    service = Map()
    put(service, "image", said.get("image").text(), said.get("image").mark)
    variables = environment(draft, workload, said)
    for key, attribute in (("command", "entrypoint"), ("args", "command")):
        words = said.get(key)
        if words:
            whole = [expand(word, variables) for word in words.texts()]
            put(service, attribute, listing(whole, words.mark), words.mark)
    if variables:
        put(service, "environment", variables, said.first("env", "envFrom").mark)
    for key, convert in _FIELDS.items():
        found = said.get(key)
        if found:
            convert(draft, found, service)
    security(draft, workload, member, service)
    mounts(draft, workload, member, service, variables)
    if member.role != "init":
        healthcheck(draft, said, service, ours=workload.one.ours)
        _lifecycle(draft, said, service)
    return service


def _text(attribute: str) -> Callable[[Draft, Cursor, Map], None]:
    def convert(_draft: Draft, said: Cursor, service: Map) -> None:
        put(service, attribute, said.text(), said.mark)

    return convert


def _flag(attribute: str) -> Callable[[Draft, Cursor, Map], None]:
    def convert(_draft: Draft, said: Cursor, service: Map) -> None:
        if said.value is True:
            put(service, attribute, value=True, mark=said.mark)

    return convert


def _pull_policy(draft: Draft, said: Cursor, service: Map) -> None:
    if said.value in _POLICIES:
        put(service, "pull_policy", _POLICIES[said.value], said.mark)
    elif said.value != "IfNotPresent":
        allowed = "Always, IfNotPresent and Never can be said"
        draft.wrong(said, f"{said.value!r} is not allowed; {allowed}")


def _ports(_draft: Draft, said: Cursor, service: Map) -> None:
    """Ports that the container listens on, and those that the host has for them."""
    for port in said.each():
        number, protocol = port.get("containerPort").number(), _protocol(port)
        host, address = port.get("hostPort"), port.get("hostIP").text()
        if host:
            publish(service, str(host.number()), number, protocol, address, host)
        else:
            extend(service, "expose", [f"{number}{protocol}"], port.mark)


def _protocol(port: Cursor) -> str:
    protocol = port.get("protocol").text("TCP").lower()
    return "" if protocol == "tcp" else f"/{protocol}"


def publish(
    service: Map, published: str, target: int, protocol: str, address: str, said: Cursor
) -> None:
    """Publish ``target`` at ``published``, which is empty for any port of the host."""
    where = f"[{address}]" if ":" in address else address
    parts = (where, published, str(target)) if where else (published, str(target))
    text = ":".join(parts) if published or where else str(target)
    extend(service, "ports", [text + protocol], said.mark)
    exposed = f"{target}{protocol}"
    if exposed in service.get("expose", ()):
        index = service["expose"].index(exposed)
        del service["expose"][index], service["expose"].marks[index]
        if not service["expose"]:
            del service["expose"]


_AMOUNTS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "cpu": ("cpus", processors),
    "memory": ("memory", lambda value: size_text(size(value))),
}


def amounts(draft: Draft, said: Cursor) -> dict[str, Any]:
    """Limits or requests as ``deploy.resources`` has them."""
    found: dict[str, Any] = {}
    for name, amount in said.items():
        if name in _AMOUNTS:
            attribute, read = _AMOUNTS[name]
            found[attribute] = read(amount.value)
        elif name == _GPU:
            device = {"driver": "nvidia", "count": amount.number(), "capabilities": ["gpu"]}
            found["devices"] = listing([mapping(device, amount.mark)], amount.mark)
        else:
            draft.warn(amount, "Podman limits processors and memory only")
    return found


def _resources(draft: Draft, said: Cursor, service: Map) -> None:
    """``limits`` are limits, ``requests`` are reservations; devices can only be reserved."""
    limits = amounts(draft, said.get("limits"))
    requests = amounts(draft, said.get("requests"))
    devices = limits.pop("devices", None) or requests.pop("devices", None)
    if devices:
        requests["devices"] = devices
    parts = {
        "limits": mapping(limits, said.mark) if limits else None,
        "reservations": mapping(requests, said.mark) if requests else None,
    }
    whole = mapping(parts, said.mark)
    if whole:
        deepen(service, "deploy", mapping({"resources": whole}, said.mark), said.mark)


_FIELDS: dict[str, Callable[[Draft, Cursor, Map], None]] = {
    "workingDir": _text("working_dir"),
    "imagePullPolicy": _pull_policy,
    "ports": _ports,
    "resources": _resources,
    "stdin": _flag("stdin_open"),
    "tty": _flag("tty"),
}
"""By field of a container: how a service says it. What needs more of the pod is said above."""


def _lifecycle(draft: Draft, container: Cursor, service: Map) -> None:
    """``lifecycle``: what runs after the start and before the end, and the signal of that."""
    said = container.get("lifecycle")
    for key, attribute in (("postStart", "post_start"), ("preStop", "pre_stop")):
        hook = said.get(key)
        command = _hook(container, hook)
        if command:
            words = listing(command, hook.mark)
            extend(service, attribute, [mapping({"command": words}, hook.mark)], hook.mark)
        elif hook:
            draft.warn(hook, "it does nothing that composer knows")
    signal = said.get("stopSignal")
    if signal:
        put(service, "stop_signal", signal.text(), signal.mark)


def _hook(container: Cursor, hook: Cursor) -> list[str]:
    if hook.get("exec"):
        return hook.get("exec", "command").texts()
    if hook.get("sleep"):
        return ["sleep", hook.get("sleep", "seconds").text("0")]
    if hook.get("httpGet"):
        return ["/bin/sh", "-c", http_command(container, hook.get("httpGet"), 30)]
    return []
