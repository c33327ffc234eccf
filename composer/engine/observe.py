"""What the engine has, as ``composer.state`` types: one look, its parts fetched in parallel."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from composer.background import Asked
from composer.engine.libpod import Libpod, filters
from composer.state import (
    NUMBER,
    POD,
    PROJECT,
    Capabilities,
    Container,
    ImageState,
    NetworkState,
    PodMember,
    PodState,
    Published,
    State,
    VolumeState,
)

T = TypeVar("T")


class _Port(msgspec.Struct):
    host_ip: str = ""
    container_port: int = 0
    host_port: int = 0
    range: int = 1
    protocol: str = "tcp"


class _Container(msgspec.Struct, rename="pascal"):
    """One entry of GET /libpod/containers/json."""

    id: str
    names: list[str] = []
    image: str = ""
    image_id: str = msgspec.field(default="", name="ImageID")
    state: str = ""
    status: str = ""
    """The health of a container that has a check, whatever the name suggests."""
    exit_code: int = 0
    created: str | int = 0
    started_at: int = 0
    exited_at: int = 0
    labels: dict[str, str] | None = None
    networks: list[str] | None = None
    ports: list[_Port] | None = None
    mounts: list[str] | None = None
    command: list[str] | None = None
    pod: str = ""
    pod_name: str = ""
    is_infra: bool = False


class _PodContainer(msgspec.Struct, rename="pascal"):
    id: str
    names: str = ""
    status: str = ""


class _Pod(msgspec.Struct, rename="pascal"):
    """One entry of GET /libpod/pods/json."""

    id: str
    name: str
    status: str = ""
    created: str = ""
    infra_id: str = ""
    labels: dict[str, str] | None = None
    networks: list[str] | None = None
    containers: list[_PodContainer] | None = None


class _Subnet(msgspec.Struct):
    subnet: str
    gateway: str = ""


class _Network(msgspec.Struct):
    """One entry of GET /libpod/networks/json."""

    id: str
    name: str
    driver: str = ""
    internal: bool = False
    dns_enabled: bool = False
    subnets: list[_Subnet] | None = None
    labels: dict[str, str] | None = None
    options: dict[str, str] | None = None


class _Volume(msgspec.Struct, rename="pascal"):
    """One entry of GET /libpod/volumes/json."""

    name: str
    driver: str = "local"
    mountpoint: str = ""
    labels: dict[str, str] | None = None
    options: dict[str, str] | None = None


class _Image(msgspec.Struct, rename="pascal"):
    """One entry of GET /libpod/images/json."""

    id: str
    names: list[str] | None = None
    repo_tags: list[str] | None = None
    repo_digests: list[str] | None = None
    size: int = 0
    created: int = 0
    labels: dict[str, str] | None = None


def observe(libpod: Libpod, project: str, capabilities: Capabilities) -> State:
    """One look at ``project`` and at what it may share with others."""
    mine = {"label": [f"{PROJECT}={project}"]}
    containers, pods, networks, volumes, images = _together(
        lambda: list_containers(libpod, mine),
        lambda: [p for p in map(_adopted(project), list_pods(libpod)) if p.project == project],
        lambda: list_networks(libpod),
        lambda: list_volumes(libpod),
        lambda: list_images(libpod),
    )
    return State(
        project=project,
        containers=tuple(
            sorted(
                (c for c in containers if not c.is_infra),
                key=lambda c: (c.service, c.number, c.name),
            )
        ),
        pods=tuple(sorted(pods, key=lambda p: (p.key, p.number, p.name))),
        networks=networks,
        volumes=volumes,
        images=images,
        capabilities=capabilities,
    )


def list_containers(
    libpod: Libpod, wanted: Mapping[str, Sequence[str]] | None = None
) -> list[Container]:
    """GET /libpod/containers/json, also stopped ones.

    The list shows the networks of a pod for its infra container only.
    """
    query = {"all": "true", "filters": filters(wanted or {})}
    found: list[_Container] = libpod.get("/containers/json", query, kind=list[_Container])
    shared = {raw.pod: raw.networks for raw in found if raw.is_infra}
    for raw in found:
        raw.networks = raw.networks or shared.get(raw.pod)
    return [_container(raw) for raw in found]


def list_pods(libpod: Libpod, wanted: Mapping[str, Sequence[str]] | None = None) -> list[PodState]:
    """GET /libpod/pods/json, also stopped ones."""
    query = {"filters": filters(wanted or {})}
    return [_pod(raw) for raw in libpod.get("/pods/json", query, kind=list[_Pod])]


def _adopted(project: str) -> Callable[[PodState], PodState]:
    """Knows the pod that podman-compose made for ``project`` by its name: it gives it no labels."""
    name = f"pod_{project}"
    labels = {PROJECT: project, POD: name, NUMBER: "1"}

    def adopt(pod: PodState) -> PodState:
        own = pod.project or pod.name != name
        return pod if own else msgspec.structs.replace(pod, labels={**pod.labels, **labels})

    return adopt


def list_networks(libpod: Libpod) -> dict[str, NetworkState]:
    """GET /libpod/networks/json, by name."""
    return {
        raw.name: NetworkState(
            id=raw.id,
            name=raw.name,
            driver=raw.driver,
            internal=raw.internal,
            dns=raw.dns_enabled,
            subnets=tuple((s.subnet, s.gateway) for s in raw.subnets or ()),
            labels=raw.labels or {},
            options=raw.options or {},
        )
        for raw in libpod.get("/networks/json", kind=list[_Network])
    }


def list_volumes(libpod: Libpod) -> dict[str, VolumeState]:
    """GET /libpod/volumes/json, by name."""
    return {
        raw.name: VolumeState(
            name=raw.name,
            driver=raw.driver,
            mountpoint=raw.mountpoint,
            labels=raw.labels or {},
            options=raw.options or {},
        )
        for raw in libpod.get("/volumes/json", kind=list[_Volume])
    }


def list_images(libpod: Libpod) -> dict[str, ImageState]:
    """GET /libpod/images/json, by each name and by id."""
    images: dict[str, ImageState] = {}
    for raw in libpod.get("/images/json", kind=list[_Image]):
        names = tuple(raw.names or raw.repo_tags or ())
        image = ImageState(
            id=raw.id,
            names=names,
            size=raw.size,
            created=float(raw.created),
            labels=raw.labels or {},
        )
        for name in (raw.id, *names, *(raw.repo_digests or ())):
            images[name] = image
    return images


def seconds(moment: str | int | float) -> float:
    """Seconds since the epoch of Podman's RFC 3339 text or number; 0.0 for its zero time."""
    if not isinstance(moment, str):
        return max(0.0, float(moment))
    if not moment or moment.startswith("0001-"):
        return 0.0
    return datetime.fromisoformat(_NANOSECONDS.sub(r"\1", moment)).timestamp()


_NANOSECONDS = re.compile(r"(\.\d{6})\d+")
_HEALTH = ("starting", "healthy", "unhealthy")


def _container(raw: _Container) -> Container:
    return Container(
        id=raw.id,
        name=raw.names[0] if raw.names else raw.id[:12],
        image=raw.image,
        image_id=raw.image_id,
        status="created" if raw.state == "configured" else raw.state,
        exit_code=raw.exit_code,
        health=raw.status if raw.status in _HEALTH else "",
        created=seconds(raw.created),
        started=seconds(raw.started_at),
        exited=seconds(raw.exited_at),
        labels=raw.labels or {},
        networks=tuple(raw.networks or ()),
        ports=tuple(
            Published(p.host_ip, p.host_port + offset, p.container_port + offset, p.protocol)
            for p in raw.ports or ()
            for offset in range(max(1, p.range))
        ),
        mounts=tuple(raw.mounts or ()),
        command=tuple(raw.command or ()),
        pod=raw.pod,
        pod_name=raw.pod_name,
        is_infra=raw.is_infra,
    )


def _pod(raw: _Pod) -> PodState:
    members = [PodMember(c.id, c.names, c.status.lower()) for c in raw.containers or ()]
    return PodState(
        id=raw.id,
        name=raw.name,
        status=raw.status.lower(),
        created=seconds(raw.created),
        labels=raw.labels or {},
        networks=tuple(raw.networks or ()),
        infra=raw.infra_id,
        infra_status=next((c.status for c in members if c.id == raw.infra_id), ""),
        containers=tuple(c for c in members if c.id != raw.infra_id),
    )


def _together(*questions: Callable[[], Any]) -> list[Any]:
    """The answers to ``questions``, all asked at the same time. Raises the first error."""
    return [asked.answer() for asked in [Asked(question) for question in questions]]
