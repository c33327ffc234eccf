"""What projects go by where their files say nothing: names, the default network, one pod for all.

Docker Compose has one set of conventions, podman-compose another. The program's name chooses the
set, and podman-compose's own settings change parts of it: the keys of ``x-podman`` in the file
and, above them, ``PODMAN_COMPOSE_…`` in the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from composer.errors import ComposerError
from composer.spec.podman import PREFIX

Dialect = Literal["docker", "podman"]
"""Whose conventions: Docker Compose's, or podman-compose's."""

VARIABLES = "PODMAN_COMPOSE_"

_DEFAULTS: dict[Dialect, dict[str, Any]] = {
    "docker": {
        "name_separator_compat": True,
        "default_net_behavior_compat": True,
        "default_net_name_compat": False,
        "in_pod": False,
        "pod_args": None,
    },
    "podman": {
        "name_separator_compat": False,
        "default_net_behavior_compat": False,
        "default_net_name_compat": False,
        "in_pod": True,
        "pod_args": None,
    },
}
_COMPATIBLE = ("name_separator_compat", "default_net_behavior_compat", "in_pod")
"""The settings that ``docker_compose_compat`` turns to Docker Compose's, unless they are said."""

_OTHERS = ("PODMAN_COMPOSE_PROVIDER", "PODMAN_COMPOSE_WARNING_LOGS")
"""Variables with the same beginning that Podman itself reads."""


class Conventions(NamedTuple):
    """How a project names its parts, and where its services are if they do not say."""

    dialect: Dialect = "docker"
    separator: str = "-"
    """Between the parts of the names of containers and built images."""
    network_separator: str = "_"
    dashes_in_networks: bool = True
    """Names of networks have the project's name as it is, not without its dashes."""
    always_default: bool = True
    """Services that say no network are on ``default``, whichever networks there are."""
    pod: str | None = None
    """The pod that all services are in which say none."""
    pod_args: tuple[str, ...] = ()
    """What that pod is made with, as arguments of ``podman pod create``."""

    def network_name(self, project: str, key: str) -> str:
        """The engine's name of a network whose file says none."""
        owner = project if self.dashes_in_networks else project.replace("-", "")
        return f"{owner}{self.network_separator}{key}"

    def default_network(self, networks: Mapping[str, Any]) -> str | None:
        """The network of services that say none, of those that the file defines.

        None is Podman's own network, which podman-compose takes where it cannot choose.
        """
        if self.always_default or not networks or "default" in networks:
            return "default"
        return next(iter(networks)) if len(networks) == 1 else None


DOCKER = Conventions()
POD_ARGS = ("--infra=false", "--share=")
"""The pod of podman-compose holds its containers together, and nothing more."""


def conventions(
    dialect: Dialect,
    project: str,
    said: Mapping[str, Any],
    variables: Mapping[str, str],
    *,
    in_pod: str | None = None,
    pod_args: str | None = None,
    compatibility: bool = False,
) -> Conventions:
    """The conventions of ``project``, whose file says ``said`` below ``x-podman``.

    ``in_pod`` and ``pod_args`` are options, above all else; ``compatibility`` asks for the names of
    Docker Compose 1 (``--compatibility``, ``COMPOSE_COMPATIBILITY``). Raises ``ComposerError`` for
    a setting that means nothing.
    """
    own = _said(said, variables)
    if dialect == "docker" and not own and in_pod is None:
        return DOCKER._replace(separator="_") if compatibility else DOCKER
    settings = _DEFAULTS[dialect] | own
    if _truth("docker_compose_compat", own.get("docker_compose_compat", False)):
        chosen = {key: _DEFAULTS["docker"][key] for key in _COMPATIBLE if key not in own}
        settings |= chosen
    dashes = _truth("name_separator_compat", settings["name_separator_compat"])
    return Conventions(
        dialect=dialect,
        separator="-" if dashes and not compatibility else "_",
        network_separator="-" if dashes and dialect == "podman" else "_",
        dashes_in_networks=not _truth(
            "default_net_name_compat", settings["default_net_name_compat"]
        ),
        always_default=_truth(
            "default_net_behavior_compat", settings["default_net_behavior_compat"]
        ),
        pod=_pod(settings["in_pod"] if in_pod is None else in_pod, project),
        pod_args=_words(settings["pod_args"] if pod_args is None else pod_args),
    )


def _said(said: Mapping[str, Any], variables: Mapping[str, str]) -> dict[str, Any]:
    """The settings of the file, and over them those of variables."""
    known = {*_DEFAULTS["docker"], "docker_compose_compat"}
    found = {key: value for key, value in said.items() if key in known and value is not None}
    for name, value in variables.items():
        key = name.removeprefix(VARIABLES).lower()
        if name.startswith(VARIABLES) and name not in _OTHERS and key in known and value:
            found[key] = value
    return found


def unknown_variables(variables: Mapping[str, str]) -> list[str]:
    """A warning for each ``PODMAN_COMPOSE_…`` that is no setting."""
    known = [f"{VARIABLES}{key.upper()}" for key in (*_DEFAULTS["docker"], "docker_compose_compat")]
    return [
        f"{name} is unknown; {', '.join(sorted(known))} are known"
        for name in variables
        if name.startswith(VARIABLES) and name not in (*known, *_OTHERS)
    ]


def _boolean(value: Any) -> bool | None:
    """The forms in which podman-compose writes truth."""
    words = {"true": True, "1": True, "false": False, "0": False}
    return words.get(str(value).lower())


def _truth(key: str, value: Any) -> bool:
    found = _boolean(value)
    if found is None:
        raise ComposerError(
            f"{PREFIX}.{key}: {value!r} is no boolean",
            hint=f"write true or false there, or in {VARIABLES}{key.upper()}",
        )
    return found


def _pod(value: Any, project: str) -> str | None:
    """The name of the pod that ``in_pod`` means: true, false, or the name itself."""
    found = _boolean(value)
    if found is None:
        return str(value)
    return f"pod_{project}" if found else None


def _words(value: Any) -> tuple[str, ...]:
    if value is None:
        return POD_ARGS
    if isinstance(value, str):
        from shlex import split  # seldom needed

        return tuple(split(value))
    return tuple(map(str, value))
