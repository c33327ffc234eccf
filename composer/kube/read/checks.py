"""What must be right about objects beside the types of their fields: names that are allowed, and
that there are once, what has to be said, quantities, and what fits together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from composer.errors import Position
from composer.kube import quantities
from composer.kube.read.cursor import Cursor
from composer.kube.read.objects import Object
from composer.spec.tree import Mark, Problems

TEMPLATED = ("Deployment", "StatefulSet", "DaemonSet", "Job")
"""Kinds that make pods out of a template."""
WORKLOADS = ("Pod", *TEMPLATED)

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")
_SUBDOMAIN = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z"
)
_SERVICE = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?\Z")
_PORT = re.compile(r"(?=.*[a-z])[a-z0-9]([a-z0-9]|-(?!-)){0,13}[a-z0-9]\Z|[a-z]\Z")
_VARIABLE = re.compile(r"[ -<>-~]+\Z")
_LETTERS = "lower-case letters, digits and dashes, a letter or digit at both ends"


def pod_of(one: Object) -> Cursor:
    """The pod that an object is, or its template: what has ``metadata`` and ``spec``."""
    return one.root if one.kind == "Pod" else one.root.get("spec", "template")


def containers(spec: Cursor) -> list[Cursor]:
    """All containers of a pod's ``spec``, init containers first."""
    return [*spec.get("initContainers").each(), *spec.get("containers").each()]


def check_objects(found: Iterable[Object], problems: Problems) -> None:
    """Note in ``problems`` all names that are wrong or there twice."""
    seen: dict[tuple[str, str, str], Mark | None] = {}
    for one in found:
        name = one.root.get("metadata", "name")
        if not one.name:
            where = one.root.get("metadata").mark
            problems.add(where, f"{one.kind}: metadata", "name is missing")
            continue
        form = _SERVICE if one.kind == "Service" else _SUBDOMAIN
        if not form.match(one.name):
            problems.add(name.mark, name.path, f"{one.name!r} is no valid name", _LETTERS)
        namespace = one.root.get("metadata", "namespace").text("default")
        key = (one.kind, namespace, one.name)
        if key in seen:
            problems.add(name.mark, name.path, f"there is a {one.label} already{_at(seen[key])}")
        seen.setdefault(key, name.mark)


def _at(mark: Mark | None) -> str:
    return f": {Position(*mark)}" if mark else ""


def check_workload(one: Object, problems: Problems) -> None:
    """Note in ``problems`` what is wrong with the pod of a workload."""
    pod = pod_of(one)
    spec = pod.get("spec")
    if not spec:
        problems.add(pod.mark, pod.path.rstrip(":"), "spec is missing")
        return
    if not list(spec.get("containers").each()):
        said = spec.get("containers")
        problems.add(said.mark, said.path, "one container at least is needed")
    for check in (_selector, _replicas, _policy, _names, _volumes, _host_ports):
        check(one, spec, problems)
    for container in containers(spec):
        for rule in _OF_CONTAINERS:
            rule(container, problems)


# --- the workload -----------------------------------------------------------------------------


def _selector(one: Object, _spec: Cursor, problems: Problems) -> None:
    """The pods of a template have the labels that it looks for."""
    labels = pod_of(one).get("metadata", "labels").pairs()
    for key, said in one.root.get("spec", "selector", "matchLabels").items():
        if one.kind != "Job" and labels.get(key) != said.value:
            text = f"the pods of the template have no label {key}: {said.value}"
            problems.add(said.mark, said.path, text, "add it to spec.template.metadata.labels")


def _replicas(one: Object, _spec: Cursor, problems: Problems) -> None:
    for key in ("replicas", "parallelism", "completions", "backoffLimit"):
        said = one.root.get("spec", key)
        if said and said.number() < 0:
            problems.add(said.mark, said.path, f"{said.value} is negative")


_POLICIES = {
    "Job": ("OnFailure", "Never"),
    "Pod": ("Always", "OnFailure", "Never"),
}


def _policy(one: Object, spec: Cursor, problems: Problems) -> None:
    """``restartPolicy``, as the kind allows it."""
    said = spec.get("restartPolicy")
    allowed = _POLICIES.get(one.kind, ("Always",))
    if said and said.value not in allowed:
        text = f"{said.value!r} is not allowed; {' or '.join(allowed)} is"
        problems.add(said.mark, said.path, text)
    elif not said and one.kind == "Job":
        problems.add(spec.mark, spec.path, "restartPolicy is missing", "say OnFailure or Never")


def _names(_one: Object, spec: Cursor, problems: Problems) -> None:
    _once((c.get("name") for c in containers(spec)), "container", _LABEL, problems)
    _once((v.get("name") for v in spec.get("volumes").each()), "volume", _LABEL, problems)


def _once(names: Iterator[Cursor], what: str, form: re.Pattern[str], problems: Problems) -> None:
    seen: dict[str, Mark | None] = {}
    for said in names:
        if not said:
            continue
        if not form.match(said.text()):
            problems.add(said.mark, said.path, f"{said.value!r} is no valid name", _LETTERS)
        elif said.value in seen:
            text = f"there is a {what} {said.value} already{_at(seen[said.value])}"
            problems.add(said.mark, said.path, text)
        seen.setdefault(said.text(), said.mark)


def _volumes(_one: Object, spec: Cursor, problems: Problems) -> None:
    """Each volume is of one kind."""
    for volume in spec.get("volumes").each():
        kinds = [key for key, _ in volume.items() if key != "name"]
        if len(kinds) != 1:
            text = f"is of several kinds: {', '.join(kinds)}" if kinds else "is of no kind"
            hint = "say one, as in emptyDir: {}"
            problems.add(
                volume.mark, volume.path, f"volume {volume.get('name').text()} {text}", hint
            )


def _host_ports(_one: Object, spec: Cursor, problems: Problems) -> None:
    seen: dict[tuple[str, str, int], Mark | None] = {}
    for container in containers(spec):
        for port in container.get("ports").each():
            said = port.get("hostPort")
            place = (port.get("hostIP").text(), port.get("protocol").text("TCP"), said.number())
            if said and place in seen:
                text = f"the host's port {said.value} is taken already{_at(seen[place])}"
                problems.add(said.mark, said.path, text)
            seen.setdefault(place, said.mark)


# --- a container --------------------------------------------------------------------------------


def _image(container: Cursor, problems: Problems) -> None:
    if not container.get("image").text():
        problems.add(container.mark, container.path, "image is missing")


def _ports(container: Cursor, problems: Problems) -> None:
    _once((p.get("name") for p in container.get("ports").each()), "port", _PORT, problems)
    for port in container.get("ports").each():
        for key in ("containerPort", "hostPort"):
            said = port.get(key)
            if said and not 1 <= said.number() <= 65535:
                problems.add(said.mark, said.path, f"{said.value} is no port; 1 to 65535 are")


def _environment(container: Cursor, problems: Problems) -> None:
    for variable in container.get("env").each():
        name = variable.get("name")
        if name and not _VARIABLE.match(name.text()):
            problems.add(name.mark, name.path, f"{name.value!r} is no name of a variable")
        if variable.get("value") and variable.get("valueFrom"):
            problems.add(variable.mark, variable.path, "value and valueFrom exclude each other")


_AMOUNTS: dict[str, Callable[[str], float]] = {
    "cpu": quantities.processors,
    "memory": quantities.size,
}


def _resources(container: Cursor, problems: Problems) -> None:
    """Quantities are amounts, and nobody asks for more than the limit."""
    amounts: dict[tuple[str, str], float] = {}
    for kind in ("limits", "requests"):
        for name, said in container.get("resources", kind).items():
            read = _AMOUNTS.get(name, quantities.size)
            try:
                amounts[kind, name] = read(said.value)
            except ValueError as error:
                problems.add(said.mark, said.path, str(error))
    for (kind, name), amount in amounts.items():
        limit = amounts.get(("limits", name))
        if kind == "requests" and limit is not None and amount > limit:
            said = container.get("resources", "requests", name)
            problems.add(said.mark, said.path, f"{said.value} is more than the limit")


_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def _probes(container: Cursor, problems: Problems) -> None:
    for key in _PROBES:
        probe = container.get(key)
        if not probe:
            continue
        handlers = [name for name in _HANDLERS if probe.get(name)]
        if len(handlers) != 1:
            text = f"{' and '.join(handlers)} exclude each other" if handlers else "checks nothing"
            problems.add(probe.mark, probe.path, text, f"say one of {', '.join(_HANDLERS)}")
        for name in ("periodSeconds", "timeoutSeconds", "failureThreshold", "successThreshold"):
            said = probe.get(name)
            if said and said.number() < 1:
                problems.add(
                    said.mark, said.path, f"{said.value} is too little; 1 or more is needed"
                )
        for name in handlers:
            port = probe.get(name, "port")
            _port_of(container, port, problems)


def _port_of(container: Cursor, said: Cursor, problems: Problems) -> None:
    """A port that is named is one of the container's."""
    names = [p.get("name").value for p in container.get("ports").each()]
    if isinstance(said.value, str) and not said.value.isdecimal() and said.value not in names:
        known = ", ".join(filter(None, names))
        hint = f"its ports are {known}" if known else "its ports have no names"
        problems.add(said.mark, said.path, f"the container has no port {said.value}", hint)


def _mounts(container: Cursor, problems: Problems) -> None:
    seen: dict[str, Mark | None] = {}
    for mount in container.get("volumeMounts").each():
        said = mount.get("mountPath")
        path = said.text().rstrip("/") or "/"
        if said and not said.text().startswith("/"):
            problems.add(said.mark, said.path, f"{said.value!r} is no absolute path")
        if path in seen:
            text = f"something is mounted at {path} already{_at(seen[path])}"
            problems.add(said.mark, said.path, text)
        seen.setdefault(path, said.mark)
        for key in ("subPath", "subPathExpr"):
            inside = mount.get(key)
            if inside and (inside.text().startswith("/") or ".." in inside.text().split("/")):
                problems.add(inside.mark, inside.path, "leads out of the volume")


_OF_CONTAINERS: tuple[Callable[[Cursor, Problems], None], ...] = (
    _image,
    _ports,
    _environment,
    _resources,
    _probes,
    _mounts,
)
