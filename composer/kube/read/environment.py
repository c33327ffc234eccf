"""The variables of a container, and what becomes of ``$(NAME)`` in them and in commands."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from composer.kube.quantities import quantity
from composer.kube.read.cursor import Cursor
from composer.kube.read.draft import Draft
from composer.kube.read.workloads import Workload
from composer.spec.tree import Map, put


def environment(draft: Draft, workload: Workload, container: Cursor) -> Map:
    """``env`` and ``envFrom``: all variables with their values, and their places."""
    found = Map()
    for source in container.get("envFrom").each():
        _from_object(draft, source, found)
    own: dict[str, str] = {}
    for variable in container.get("env").each():
        name = variable.get("name").text()
        value = _value(draft, workload, container, variable, own)
        if value is not None:
            own[name] = value
            put(found, name, value, variable.mark)
    return found


def _from_object(draft: Draft, source: Cursor, found: Map) -> None:
    """All entries of a ConfigMap or Secret."""
    prefix = source.get("prefix").text()
    for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
        said = source.get(key)
        for name, text in (draft.texts.of(kind, said.get("name").text()) or {}).items():
            if not text.readable:
                draft.warn(said, f"{name} is no text: it is left out")
            else:
                put(found, prefix + name, text.content, said.mark)


def _value(
    draft: Draft, workload: Workload, container: Cursor, variable: Cursor, own: Mapping[str, str]
) -> str | None:
    """The value of an entry of ``env``; None if there is none to be had."""
    source = variable.get("valueFrom")
    if not source:
        return expand(variable.get("value").text(), own)
    for key, said in source.items():
        reader = _SOURCES.get(key)
        if reader is None:
            draft.warn(said, "composer knows nothing of it: the variable is not set")
        else:
            return reader(draft, workload, container, said)
    return None


def _of_object(kind: str) -> Callable[[Draft, Workload, Cursor, Cursor], str | None]:
    def value(draft: Draft, _workload: Workload, _container: Cursor, said: Cursor) -> str | None:
        entries = draft.texts.of(kind, said.get("name").text()) or {}
        found = entries.get(said.get("key").text())
        if found is not None and not found.readable:
            draft.wrong(said, f"{said.get('key').value} of {kind} is no text")
        return found.content if found is not None else None

    return value


def field_value(workload: Workload, path: str) -> str | None:
    """What ``fieldRef`` means, as far as it is known before there is a pod; None if it is not."""
    metadata = workload.pod.get("metadata")
    section, _, rest = path.partition("[")
    if rest:
        key = rest.rstrip("]").strip("'\"")
        return metadata.get(section.removeprefix("metadata.")).pairs().get(key, "")
    fixed = {
        "metadata.name": _pod_name(workload),
        "metadata.namespace": workload.one.root.get("metadata", "namespace").text("default"),
        "metadata.labels": _lines(metadata.get("labels").pairs()),
        "metadata.annotations": _lines(metadata.get("annotations").pairs()),
        "spec.serviceAccountName": workload.spec.get("serviceAccountName").text("default"),
    }
    return fixed.get(path)


def _pod_name(workload: Workload) -> str | None:
    if workload.one.kind == "Pod":
        return workload.one.name
    if workload.replicas != 1:
        return None
    return f"{workload.one.name}-0" if workload.one.kind == "StatefulSet" else workload.one.name


def _lines(pairs: Mapping[str, str]) -> str:
    return "\n".join(f'{key}="{value}"' for key, value in sorted(pairs.items()))


def _field(draft: Draft, workload: Workload, _container: Cursor, said: Cursor) -> str | None:
    value = field_value(workload, said.get("fieldPath").text())
    if value is None:
        path = said.get("fieldPath")
        draft.warn(path, f"{path.value} is not known beforehand: the variable is not set")
    return value


def _resource(_draft: Draft, _workload: Workload, container: Cursor, said: Cursor) -> str | None:
    """``resourceFieldRef``: a limit or request, in whole units of ``divisor``."""
    kind, _, name = said.get("resource").text().partition(".")
    amount = container.get("resources", kind, name)
    if not amount:
        amount = container.get("resources", "limits", name)
    divisor = quantity(said.get("divisor").value or 1) or Fraction(1)
    return str(math.ceil(quantity(amount.value) / divisor)) if amount else None


_SOURCES: Mapping[str, Callable[[Draft, Workload, Cursor, Cursor], str | None]] = {
    "configMapKeyRef": _of_object("ConfigMap"),
    "secretKeyRef": _of_object("Secret"),
    "fieldRef": _field,
    "resourceFieldRef": _resource,
}


def expand(text: str, variables: Mapping[str, str]) -> str:
    """``text`` with ``$(NAME)`` replaced, as the kubelet does it.

    A name that is not known stays as it is written, and ``$$`` is a dollar sign.
    """
    out: list[str] = []
    at = 0
    while True:
        dollar = text.find("$", at)
        if dollar < 0 or dollar == len(text) - 1:
            return "".join((*out, text[at:]))
        out.append(text[at:dollar])
        following = text[dollar + 1]
        end = text.find(")", dollar) if following == "(" else -1
        if following == "$":
            out.append("$")
            at = dollar + 2
        elif end > 0:
            whole = text[dollar : end + 1]
            out.append(variables.get(whole[2:-1], whole))
            at = end + 1
        else:
            out.append(text[dollar : dollar + 2])
            at = dollar + 2
