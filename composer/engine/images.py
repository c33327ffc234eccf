"""Images: which local one a reference means, what it says about its containers, pulling."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from composer.background import Stop, never
from composer.engine.api import Progress
from composer.engine.context import ImageConfig
from composer.engine.libpod import Libpod, decode, segment
from composer.engine.pulling import Layers, PullLine
from composer.errors import EngineError
from composer.state import ImageDetail, image_names

_WHOLE_ID = 64


class _Config(msgspec.Struct):
    """What an image says about its containers."""

    command: list[str] | None = msgspec.field(default=None, name="Cmd")
    volumes: dict[str, object] | None = msgspec.field(default=None, name="Volumes")


class _Health(msgspec.Struct, rename="pascal"):
    test: list[str] | None = None
    interval: int = 0
    timeout: int = 0
    retries: int = 0
    start_period: int = 0


class _Image(msgspec.Struct):
    """The parts of GET /libpod/images/{name}/json that matter."""

    id: str = msgspec.field(name="Id")
    config: _Config | None = msgspec.field(default=None, name="Config")
    health: _Health | None = msgspec.field(default=None, name="Healthcheck")
    """Podman has it beside ``Config``, unlike Docker."""


class _Description(msgspec.Struct):
    """The parts of GET /libpod/images/{name}/json that people want to see."""

    id: str = msgspec.field(name="Id")
    created: str = msgspec.field(default="", name="Created")
    size: int = msgspec.field(default=0, name="Size")
    os: str = msgspec.field(default="", name="Os")
    architecture: str = msgspec.field(default="", name="Architecture")
    variant: str = msgspec.field(default="", name="Variant")


def describe(libpod: Libpod, image: str) -> ImageDetail | None:
    """GET /libpod/images/{name}/json of an id or full name; None when there is no such image."""
    answer = libpod.call("GET", f"/images/{segment(image)}/json", ok=(404,))
    if answer.status == 404:
        return None
    found = decode(answer.body, _Description)
    return ImageDetail(
        id=found.id,
        created=found.created,
        size=found.size,
        platform="/".join(filter(None, (found.os, found.architecture, found.variant))),
    )


class Images:
    """Remembers what was seen, so that forty replicas of one image ask once. Safe in threads."""

    def __init__(self, libpod: Libpod, registries: Sequence[str] = ()) -> None:
        self._libpod = libpod
        self._registries = registries
        self._seen: dict[str, ImageConfig] = {}
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Names may mean other images from now on (after a pull, a build, a removal)."""
        with self._lock:
            self._seen.clear()

    def find(self, reference: str) -> ImageConfig:
        """The local image that ``reference`` means. Raises ``EngineError`` 404 when none does."""
        with self._lock:
            found = self._seen.get(reference)
            if found is None:
                found = self._seen[reference] = self._ask(reference)
            return found

    def _ask(self, reference: str) -> ImageConfig:
        for name in image_names(reference, self._registries):
            answer = self._libpod.call("GET", f"/images/{segment(name)}/json", ok=(404,))
            if answer.status == 404:
                continue
            image = decode(answer.body, _Image)
            health, config = image.health, image.config or _Config()
            return ImageConfig(
                id=image.id,
                name=name,
                command=tuple(config.command or ()),
                healthcheck=_health(health) if health and health.test else {},
                volumes=tuple(sorted(config.volumes or ())),
            )
        raise EngineError(
            f"the image {reference} is not there",
            status=404,
            hint=f"pull it (podman pull {reference}) or say how to build it",
        )


def _health(health: _Health) -> dict[str, Any]:
    return {
        "Test": health.test,
        "Interval": health.interval,
        "Timeout": health.timeout,
        "Retries": health.retries,
        "StartPeriod": health.start_period,
    }


def pull(
    libpod: Libpod,
    image: str,
    platform: str | None,
    progress: Progress | None,
    *,
    newer: bool = False,
    registries: Sequence[str] = (),
    stop: Stop = never,
) -> str:
    """Pull ``image`` and return its id. A short name is one of the first of ``registries`` that has
    it, of Docker Hub when there are none. Raises ``EngineError``, ``Interrupted``.
    """
    names = image_names(image, registries)[: max(1, len(registries))]
    failures: list[EngineError] = []
    for reference in names:
        try:
            return _pull(libpod, image, reference, platform, progress, newer, stop)
        except EngineError as error:
            failures.append(error)
    raise failures[0]


def _pull(
    libpod: Libpod,
    image: str,
    reference: str,
    platform: str | None,
    progress: Progress | None,
    newer: bool,
    stop: Stop,
) -> str:
    """POST /libpod/images/pull of the full name ``reference``; the image's id.

    A registry on the loopback may speak plain HTTP, as Docker lets it.
    """
    policy = "newer" if newer else "always"
    query: dict[str, str | bool] = {"reference": reference, "policy": policy}
    # Podman 4.3 does not know it, and tells no bytes.
    query |= {"compatMode": True} if progress is not None else {}
    query |= _platform(platform)
    if on_loopback(reference):
        query["tlsVerify"] = False
    identity, problem = "", ""
    layers = Layers(progress) if progress is not None else None
    try:
        with libpod.stream("POST", "/images/pull", query) as stream:
            for line in stream.lines(stop):
                news = decode(line, PullLine)
                identity, problem = news.id or identity, news.error or problem
                if layers is not None:
                    layers.take(news)
    except EngineError as error:
        if not error.status:
            raise
        problem = error.message
    if problem or not identity:
        raise explained("pull", image, problem or "no image came")
    if layers is not None and len(identity) < _WHOLE_ID:
        # Docker's words have short ids.
        found = libpod.get(f"/images/{segment(reference)}/json", kind=_Image, what=f"pull {image}")
        return found.id
    return identity


def on_loopback(reference: str) -> bool:
    """Whether the registry of ``reference`` is on this machine, where HTTP will do."""
    host = reference.partition("/")[0].rpartition(":")[0] or reference.partition("/")[0]
    return host in ("localhost", "[::1]") or host.startswith("127.")


def _platform(platform: str | None) -> dict[str, str]:
    """``linux/arm64/v8`` as Podman's query parameters."""
    parts = (platform or "").split("/")
    return {key: part for key, part in zip(("OS", "Arch", "Variant"), parts, strict=False) if part}


_REASONS: Mapping[str, tuple[str, str]] = {
    "no such host": (
        "the registry's name cannot be resolved",
        "check the network connection and the image's name; a local image needs no pull",
    ),
    "server misbehaving": (
        "the registry's name cannot be resolved",
        "check the network connection and the image's name; a local image needs no pull",
    ),
    "connection refused": ("the registry cannot be reached", "check that the registry runs"),
    "i/o timeout": ("the registry cannot be reached", "check the network connection"),
    "deadline exceeded": ("the registry cannot be reached", "check the network connection"),
    "network is unreachable": ("the registry cannot be reached", "check the network connection"),
    "unauthorized": ("the registry asks for a login, or has no such image", "try podman login"),
    "authentication required": ("the registry asks for a login", "try podman login"),
    "access to the resource is denied": (
        "the registry asks for a login, or has no such image",
        "check the image's name, or try podman login",
    ),
    "manifest unknown": ("the registry has no such image", "check the image's name and tag"),
    "name unknown": ("the registry has no such image", "check the image's name and tag"),
    "not found": ("the registry has no such image", "check the image's name and tag"),
    "invalid reference format": ("that is no image name", "check the image's name and tag"),
    "no image found in manifest list": (
        "the image is not made for this platform",
        "say another platform",
    ),
    "certificate": ("the registry's certificate is not trusted", "see containers-certs.d(5)"),
    "server gave HTTP response": (
        "the registry speaks plain HTTP",
        "mark it as insecure in registries.conf",
    ),
}
"""What a part of Podman's message means, and what to try."""


def explained(verb: str, image: str, problem: str) -> EngineError:
    """The error of a pull or push of ``image``, with what Podman's ``problem`` means."""
    lower = problem.lower()
    for part, (reason, hint) in _REASONS.items():
        if part.lower() in lower:
            return EngineError(
                f"cannot {verb} {image}: {reason} ({problem.strip()})", status=500, hint=hint
            )
    return EngineError(
        f"cannot {verb} {image}: {problem.strip()}",
        status=500,
        hint=f"podman {verb} {image} may say more",
    )
