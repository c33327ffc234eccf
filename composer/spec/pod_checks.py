"""Checks that pods and their members fit together. Conflicts name both of their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from composer.errors import Position
from composer.spec.consistency import Finding, Model, unknown
from composer.spec.cycles import find_cycle
from composer.spec.podman import PREFIX, PROJECT_KEYS, podman_extensions
from composer.spec.pods import PATH, Pods
from composer.spec.schema.pods import CONDITIONS, INIT
from composer.spec.tree import Map, Mark, Problems
from composer.spec.validate import nearest

Where = Callable[[str], Mark | None]


class _Checked(NamedTuple):
    """What the checks look at."""

    pods: Pods
    model: Model
    where: Where

    def at(self, path: str) -> str:
        """``path`` with its place in the file, for the end of a message."""
        mark = self.where(path)
        return f"{path} ({Position(*mark)})" if mark else path


def check_pods(pods: Pods, model: Model, where: Where, problems: Problems) -> None:
    """Note in ``problems`` all that does not fit; ``where`` gives the place of a path."""
    from composer.spec.loading import locate

    written = Map([(PATH, pods.tree)])

    def place(path: str) -> Mark | None:
        return (path.startswith(PATH) and locate(written, path)) or where(path)

    checked = _Checked(pods, model, place)
    findings = [f for name in model.services for f in _service(name, checked)]
    readable = all(finding.missing for finding in findings)
    if not model.lost.has(PREFIX, ""):
        for key in pods.defined:
            for check in _CHECKS:
                findings += check(key, checked)
        findings += _inactive(checked)
        if readable:
            findings += _cycle(checked)
    for finding in findings:
        if finding.missing is None or not model.lost.has(*finding.missing):
            problems.add(place(finding.path), finding.path, finding.text, finding.advice())


def _path(service: str, key: str) -> str:
    """Where ``service`` says ``x-podman.KEY``, in either spelling."""
    return f"services.{service}.{PREFIX}.{key}"


def _service(name: str, checked: _Checked) -> Iterator[Finding]:
    """``x-podman`` of one service."""
    said = podman_extensions(checked.model.services[name])
    pod, init = said.get("pod"), said.get("init")
    if pod is not None and not (isinstance(pod, str) and pod):
        yield Finding(_path(name, "pod"), f"{pod!r} is not allowed; the name of a pod is expected")
    if init is not None and init not in INIT:
        text = f"{init!r} is not allowed; {', '.join(INIT)} can be said"
        yield Finding(_path(name, "init"), text, nearest(str(init), INIT))
    elif init is not None and name not in {
        **checked.pods.members,
        **dict.fromkeys(checked.pods.inactive),
    }:
        hint = f"name its pod: {PREFIX}: {{pod: NAME, init: {init}}}"
        yield Finding(_path(name, "init"), "is for members of a pod", hint)
    yield from _dependencies(_path(name, "depends_on"), said.get("depends_on"), checked)


def _dependencies(path: str, said: Any, checked: _Checked) -> Iterator[Finding]:
    """``x-podman.depends_on`` of a service, or a pod's: pods and services, with conditions."""
    if said is None:
        return
    if isinstance(said, list) and all(isinstance(name, str) for name in said):
        wanted = dict.fromkeys(said)
    elif isinstance(said, dict) and all(isinstance(how or {}, dict) for how in said.values()):
        wanted = said
    else:
        yield Finding(path, "a list of names, or a mapping of names to mappings, is expected")
        return
    services, disabled = checked.model.services, checked.model.disabled
    known = {**checked.pods.defined, **services}
    for name, how in wanted.items():
        at = path if isinstance(said, list) else f"{path}.{name}"
        condition = (how or {}).get("condition", CONDITIONS[0])
        if condition not in CONDITIONS:
            text = f"{condition!r} is not allowed; {', '.join(CONDITIONS)} can be said"
            yield Finding(f"{at}.condition", text, nearest(str(condition), CONDITIONS))
        optional = (how or {}).get("required") is False
        if name not in known and not (optional and name in {*disabled, *checked.pods.tree}):
            yield unknown(at, "pod or service", name, known)


def _members(key: str, checked: _Checked) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in checked.pods.of(key):
        yield name, checked.model.services[name]


def _modes(key: str, checked: _Checked) -> Iterator[Finding]:
    """No member has a network of its own, and none is provided by a program."""
    pod = checked.pods.defined[key]
    for name, service in _members(key, checked):
        in_pod = checked.at(_path(name, "pod"))
        if service.get("network_mode") and shares(pod, "net"):
            yield Finding(
                f"services.{name}.network_mode",
                f"a member of a pod has the pod's network, and it is in pod {key}: {in_pod}",
                "leave network_mode out, or the network out of what the pod shares (share: [ipc])",
            )
        if service.get("provider"):
            text = f"a service with a provider has no container to be in pod {key}: {in_pod}"
            yield Finding(f"services.{name}.provider", text)


def shares(pod: Mapping[str, Any], namespace: str) -> bool:
    """Whether the members of a canonical pod share ``namespace``."""
    return has_infra(pod) and namespace in pod.get("share", ("net", "ipc", "uts"))


def has_infra(pod: Mapping[str, Any]) -> bool:
    """Whether a canonical pod has an infra container."""
    return (pod.get("infra") or {}).get("image") != "none"


_OF_NAMESPACE = {
    "net": ("networks", "ports", "extra_hosts", "dns", "dns_search", "dns_opt"),
    "ipc": ("shm_size",),
    "uts": ("hostname",),
}


def _shared(key: str, checked: _Checked) -> Iterator[Finding]:
    """A pod says nothing about namespaces that its members do not share."""
    pod = checked.pods.defined[key]
    for namespace, attributes in _OF_NAMESPACE.items():
        for attribute in attributes:
            if attribute in pod and not shares(pod, namespace):
                why = f"share does not have {namespace}" if has_infra(pod) else "infra is none"
                text = f"has no effect: the members do not share it, because {why}"
                yield Finding(f"{PATH}.{key}.{attribute}", text)


_SAME = (("uts", "hostname"), ("uts", "domainname"), ("net", "mac_address"), ("", "userns_mode"))
"""What all members have in common, with the namespace that it belongs to."""


def _same(key: str, checked: _Checked) -> Iterator[Finding]:
    """Two members, or a member and its pod, do not ask for different host names and the like."""
    pod = checked.pods.defined[key]
    for namespace, attribute in _SAME:
        if namespace and not shares(pod, namespace):
            continue
        said = [(f"{PATH}.{key}", pod.get(attribute))]
        said += [(f"services.{n}", s.get(attribute)) for n, s in _members(key, checked)]
        yield from _differing(key, attribute, said, checked)


def _differing(
    key: str, attribute: str, said: list[tuple[str, Any]], checked: _Checked
) -> Iterator[Finding]:
    first: tuple[str, Any] | None = None
    for owner, value in said:
        path = f"{owner}.{attribute}"
        if value is None:
            continue
        if first is None:
            first = path, value
        elif value != first[1]:
            text = f"{value!r} differs from {first[1]!r}, which pod {key} has by "
            yield Finding(path, text + checked.at(first[0]))


def _networks(key: str, checked: _Checked) -> Iterator[Finding]:
    """All that say networks say the same; there is one address of a kind in each."""
    pod = checked.pods.defined[key]
    for network in pod.get("networks") or ():
        if network not in checked.model.resources["networks"]:
            at = f"{PATH}.{key}.networks.{network}"
            yield unknown(at, "network", network, checked.model.resources["networks"])
    if not shares(pod, "net"):
        return
    said = [(f"{PATH}.{key}", pod.get("networks"))] if pod.get("networks") else []
    said += [
        (f"services.{name}", service.get("networks"))
        for name, service in _members(key, checked)
        if name not in checked.pods.unattached and service.get("networks")
    ]
    for owner, networks in said[1:]:
        path, (first, wanted) = f"{owner}.networks", said[0]
        if set(networks) != set(wanted):
            text = f"{_list(networks)} differs from {_list(wanted)}, which pod {key} is on by "
            yield Finding(path, text + checked.at(f"{first}.networks"))
            continue
        for network in wanted:
            for attribute in ("ipv4_address", "ipv6_address", "mac_address", "interface_name"):
                ends = [
                    (f"{o}.networks.{network}", (said_ or {}).get(network) or {})
                    for o, said_ in ((first, wanted), (owner, networks))
                ]
                values = [(place, value.get(attribute)) for place, value in ends]
                yield from _differing(key, attribute, values, checked)


def _list(names: Any) -> str:
    return ", ".join(sorted(names))


class _Claim(NamedTuple):
    """A port that somebody listens on, or publishes."""

    owner: str
    path: str


def _ports(key: str, checked: _Checked) -> Iterator[Finding]:
    """No two members listen on one port, and no two ports are published as one."""
    pod = checked.pods.defined[key]
    if not shares(pod, "net"):
        return
    listening: dict[tuple[int, str], _Claim] = {}
    published: dict[tuple[str, str, str], tuple[_Claim, int]] = {}
    for name, service in _members(key, checked):
        for path, port, protocol in _listens(name, service):
            first = listening.setdefault((port, protocol), _Claim(name, path))
            if first.owner != name:
                text = f"port {port}/{protocol} is that of service {first.owner} in pod {key}: "
                hint = "members of a pod share localhost; let one of them listen elsewhere"
                yield Finding(path, text + checked.at(first.path), hint)
    owners = [("", pod), *_members(key, checked)]
    for name, owner in owners:
        for index, port in enumerate(owner.get("ports") or ()):
            path = f"services.{name}.ports[{index}]" if name else f"{PATH}.{key}.ports[{index}]"
            if not port.get("published"):
                continue
            place = (port.get("host_ip", ""), str(port["published"]), port["protocol"])
            claim, target = published.setdefault(place, (_Claim(name, path), port["target"]))
            if target != port["target"]:
                text = f"host port {place[1]}/{place[2]} is published for port {target} by "
                yield Finding(path, text + checked.at(claim.path))


def _listens(name: str, service: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    """The ports that a service says to listen on: paths, numbers, protocols."""
    for index, port in enumerate(service.get("ports") or ()):
        yield f"services.{name}.ports[{index}]", int(port["target"]), port["protocol"]
    for index, text in enumerate(service.get("expose") or ()):
        numbers, _, protocol = str(text).partition("/")
        first, _, last = numbers.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            for number in range(int(first), min(int(last or first), 65535) + 1):
                yield f"services.{name}.expose[{index}]", number, protocol or "tcp"


def replicas(service: Mapping[str, Any]) -> tuple[str, int] | None:
    """The attribute by which a service says how many replicas it has, and the number."""
    if "scale" in service:
        return "scale", service["scale"]
    count = (service.get("deploy") or {}).get("replicas")
    return None if count is None else ("deploy.replicas", count)


def _counts(key: str, checked: _Checked) -> Iterator[Finding]:
    """Members are scaled with their pod: all say the same number, if any."""
    if key == checked.pods.common:
        return
    said = []
    if "scale" in checked.pods.defined[key]:
        said.append((f"{PATH}.{key}.scale", checked.pods.defined[key]["scale"]))
    for name, service in _members(key, checked):
        own = replicas(service)
        if own is not None:
            said.append((f"services.{name}.{own[0]}", own[1]))
    for path, count in said[1:]:
        if count != said[0][1]:
            text = f"{count} replicas differ from {said[0][1]}, which pod {key} has by "
            hint = "the members of a pod are scaled together; say it once, for the pod"
            yield Finding(path, text + checked.at(said[0][0]), hint)


def _volumes(key: str, checked: _Checked) -> Iterator[Finding]:
    """What a pod mounts is defined, and no member mounts something else there."""
    for index, mount in enumerate(checked.pods.defined[key].get("volumes") or ()):
        path, source = f"{PATH}.{key}.volumes[{index}]", mount.get("source")
        volumes = checked.model.resources["volumes"]
        if mount.get("type") == "volume" and source and source not in volumes:
            yield unknown(path, "volume", source, volumes)
        for name, service in _members(key, checked):
            for place, own in enumerate(service.get("volumes") or ()):
                if own.get("target") == mount.get("target"):
                    there = checked.at(f"services.{name}.volumes[{place}]")
                    yield Finding(path, f"target {own['target']} is already mounted by {there}")


def _needs(key: str, checked: _Checked) -> Iterator[Finding]:
    path = f"{PATH}.{key}.depends_on"
    yield from _dependencies(path, checked.pods.defined[key].get("depends_on"), checked)


_CHECKS = (_modes, _shared, _same, _networks, _ports, _counts, _volumes, _needs)


def _inactive(checked: _Checked) -> Iterator[Finding]:
    """No service that is active needs one whose pod is not."""
    for name, service in checked.model.services.items():
        if name in checked.pods.inactive:
            continue
        for other, how in (service.get("depends_on") or {}).items():
            if other in checked.pods.inactive and how.get("required", True):
                yield Finding(
                    f"services.{name}.depends_on.{other}",
                    f"depends on service {other}, whose pod has no active profile",
                    "activate one of the pod's profiles, or say required: false",
                )


def _cycle(checked: _Checked) -> Iterator[Finding]:
    """What services and pods need, with the pods between them, makes no circle."""
    from composer.spec.pod_needs import needs

    edges = needs(checked.pods, checked.model.services)
    cycle = find_cycle({name: list(found) for name, found in edges.items()})
    # A circle without pods has been found already.
    said = {n: s.get("depends_on") or {} for n, s in checked.model.services.items()}
    if cycle and any(b not in said.get(a, {}) for a, b in pairwise(cycle)):
        text = f"dependency cycle detected: {' -> '.join(cycle)}"
        hint = "remove one of these dependencies: they are members of pods, or depend on pods"
        yield Finding(f"services.{cycle[0]}", text, hint)


def check_project_keys(model: Mapping[str, Any], where: Where, problems: Problems) -> None:
    """Warn of keys of the file's ``x-podman`` that nobody knows."""
    for key in podman_extensions(model):
        if key not in PROJECT_KEYS:
            path = f"{PREFIX}.{key}"
            near = nearest(key, PROJECT_KEYS)
            problems.warn(where(path), path, f"is unknown{'; ' + near if near else ''}")
