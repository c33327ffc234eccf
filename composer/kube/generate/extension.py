"""``x-kubernetes``: what Kubernetes has and Compose has no word for, asked for in the file."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from composer.errors import ComposerError, FileError
from composer.spec.model import Project, Service, Volume

KEY = "x-kubernetes"
KINDS = ("daemonset", "deployment", "job", "pod", "statefulset")
ACCESS = ("ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod")


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "a text is needed"


def _number(value: Any) -> str | None:
    fine = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if fine else "a whole number above zero is needed"


def _one_of(*allowed: str) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        return None if value in allowed else f"one of {', '.join(allowed)} is needed"

    return check


_INGRESS = {"host": _text, "path": _text, "class": _text, "tls": _text, "port": _number}
_AUTOSCALE = {"min": _number, "max": _number, "cpu": _number, "memory": _number}

SERVICE: Mapping[str, Any] = {
    "kind": _one_of(*KINDS),
    "ingress": _INGRESS,
    "autoscale": _AUTOSCALE,
    "service_account": _text,
}
VOLUME: Mapping[str, Any] = {"size": _text, "class": _text, "access": _one_of(*ACCESS)}


def kubernetes(project: Project, service: Service) -> Mapping[str, Any]:
    """What ``service`` says of Kubernetes. ``ingress: HOST`` is its short form.

    Raises ``FileError`` for what is not known.
    """
    return _checked(project, f"services.{service.name}", service.extensions, SERVICE)


def kubernetes_volume(project: Project, volume: Volume) -> Mapping[str, Any]:
    """What ``volume`` says of Kubernetes. Raises ``FileError`` for what is not known."""
    return _checked(project, f"volumes.{volume.key}", volume.extensions, VOLUME)


def _checked(
    project: Project, path: str, extensions: Mapping[str, Any], known: Mapping[str, Any]
) -> Mapping[str, Any]:
    said = extensions.get(KEY)
    if said is None:
        return {}
    problems: list[ComposerError] = []
    whole = _with_long_forms(said)
    _check(project, f"{path}.{KEY}", whole, known, problems)
    if problems:
        raise FileError(problems)
    found: Mapping[str, Any] = whole
    return found


def _with_long_forms(said: Any) -> Any:
    if isinstance(said, Mapping) and isinstance(said.get("ingress"), str):
        return {**said, "ingress": {"host": said["ingress"]}}
    return said


def _check(
    project: Project, path: str, said: Any, known: Any, problems: list[ComposerError]
) -> None:
    position = project.where(path)
    if not isinstance(known, Mapping):
        wrong = known(said)
        if wrong:
            problems.append(ComposerError(f"{path}: {wrong}, not {said!r}", position=position))
        return
    if not isinstance(said, Mapping):
        problems.append(ComposerError(f"{path}: a mapping is needed", position=position))
        return
    for key, value in said.items():
        if key in known:
            _check(project, f"{path}.{key}", value, known[key], problems)
            continue
        near = difflib.get_close_matches(str(key), known, n=1)
        guess = f" Did you mean {near[0]!r}?" if near else ""
        problems.append(
            ComposerError(
                f"{path}: {key!r} is not known",
                hint=f"Known are {', '.join(known)}.{guess}",
                position=project.where(f"{path}.{key}"),
            )
        )
