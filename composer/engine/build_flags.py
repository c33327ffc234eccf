"""``services.*.build`` → the flags of ``podman build`` that follow from the file alone."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from typing import NamedTuple

from composer.spec.model import Build, Project, Service
from composer.state import image_names

Warn = Callable[[str], None]


class Subject(NamedTuple):
    """What is to be built. ``warn`` is told what Podman cannot do, with the attribute's name."""

    project: Project
    service: Service
    build: Build
    warn: Callable[[str, str], None]


Flags = Callable[[Subject], list[str]]


def each(flag: str, values: Sequence[str]) -> list[str]:
    """``flag`` before each of ``values``."""
    return [word for value in values for word in (flag, value)]


def _args(s: Subject) -> list[str]:
    # Without a value the program takes it from the environment.
    pairs = (key if value is None else f"{key}={value}" for key, value in s.build.args.items())
    return each("--build-arg", list(pairs))


def _labels(s: Subject) -> list[str]:
    return each("--label", [f"{key}={value}" for key, value in s.build.labels.items()])


def _extra_hosts(s: Subject) -> list[str]:
    return each("--add-host", [entry.replace("=", ":", 1) for entry in s.build.extra_hosts])


def _ulimits(s: Subject) -> list[str]:
    limits = s.build.ulimits.items()
    return each("--ulimit", [f"{name}={said.soft}:{said.hard}" for name, said in limits])


def _contexts(s: Subject) -> list[str]:
    """Further contexts; ``service:NAME`` is the image that is built for that service."""
    pairs = []
    for name, place in s.build.additional_contexts.items():
        kind, colon, other = place.partition(":")
        if kind == "service" and colon and other in s.project.services:
            built = s.project.services[other].image or s.project.built_image(other)
            place = f"docker-image://{local_name(built)}"
        pairs.append(f"{name}={place}")
    return each("--build-context", pairs)


def local_name(image: str) -> str:
    """The full name that ``podman build --tag`` gives an image."""
    names = image_names(image)
    return next((name for name in names if name.startswith("localhost/")), names[0])


def _cache(attribute: str, flag: str) -> Flags:
    """``cache_from`` or ``cache_to``: of BuildKit's kinds Podman has repositories, without tags."""

    def flags(s: Subject) -> list[str]:
        repositories = []
        for text in getattr(s.build, attribute):
            parts = dict(part.partition("=")[::2] for part in text.split(","))
            reference = parts.get("ref", "") if "=" in text else text
            if not reference or parts.get("type", "registry") != "registry":
                s.warn(attribute, f"Podman keeps caches in repositories only: not {text}")
                continue
            repository = reference.partition("@")[0]
            folder, slash, last = repository.rpartition("/")
            repositories.append(f"{folder}{slash}{last.partition(':')[0]}")
        return each(flag, repositories)

    return flags


def _unless_default(flag: str, value: str | None) -> list[str]:
    return [] if value == "default" else [flag, str(value)]


def _platforms(s: Subject) -> list[str]:
    chosen = chosen_platform(s.service)
    return ["--platform", chosen] if chosen else []


_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}


def chosen_platform(service: Service) -> str | None:
    """The one platform that is built: an image is for the containers that run here.

    The service's own, this machine's if it is one of several, else the first.
    """
    said = service.build.platforms if service.build else ()
    if service.platform or len(said) < 2:
        return service.platform or next(iter(said), None)
    machine = platform.machine()
    here = f"linux/{_MACHINES.get(machine, machine)}"
    return next((one for one in said if one == here or one.startswith(f"{here}/")), said[0])


FLAGS: dict[str, Flags] = {
    "additional_contexts": _contexts,
    "args": _args,
    "cache_from": _cache("cache_from", "--cache-from"),
    "cache_to": _cache("cache_to", "--cache-to"),
    "extra_hosts": _extra_hosts,
    "isolation": lambda s: _unless_default("--isolation", s.build.isolation),
    "labels": _labels,
    "network": lambda s: _unless_default("--network", s.build.network),
    "no_cache": lambda _: ["--no-cache"],
    "platforms": _platforms,
    "privileged": lambda _: ["--cap-add", "all", "--security-opt", "label=disable"],
    "pull": lambda _: ["--pull=always"],
    "shm_size": lambda s: ["--shm-size", str(int(s.build.shm_size or 0))],
    "ssh": lambda s: each("--ssh", s.build.ssh),
    "tags": lambda s: each("--tag", s.build.tags),
    "target": lambda s: ["--target", str(s.build.target)],
    "ulimits": _ulimits,
}
"""What each attribute of ``build`` adds to the command line."""

BESIDE_FLAGS = frozenset({"context", "dockerfile", "dockerfile_inline", "secrets"})
"""Attributes that ``composer.engine.build`` takes care of."""

NOT_IN_PODMAN: dict[str, str] = {
    "entitlements": "Podman has none: say privileged for what a step may do, network for its net",
    "provenance": "Podman attests nothing; the image is the same",
    "sbom": "Podman attests nothing; the image is the same",
}
"""Attributes of BuildKit that change nothing in the image that is built, and why."""

_NOTHING_SAID = Build()


def build_flags(project: Project, service: Service, warn: Warn) -> list[str]:
    """The flags for ``service``. ``warn`` gets a line for each attribute without effect."""
    build = service.build or _NOTHING_SAID

    def tell(attribute: str, why: str) -> None:
        warn(f"services.{service.name}.build.{attribute}: {why}")

    subject = Subject(project, service, build, tell)
    said = [
        name
        for name in Build.__struct_fields__
        if getattr(build, name) != getattr(_NOTHING_SAID, name)
    ]
    flags: list[str] = []
    for name, flag in FLAGS.items():
        if name in said:
            flags += flag(subject)
    if service.platform and not build.platforms:
        flags += _platforms(subject)
    for name in said:
        if name in NOT_IN_PODMAN:
            tell(name, NOT_IN_PODMAN[name])
    return flags
