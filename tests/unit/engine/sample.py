"""A small project, and the surroundings in which the tests map its services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from composer.engine.container_spec import container_spec
from composer.engine.context import Context, ImageConfig, NetworkFacts, Surroundings
from composer.spec.model import Network, Project, Service, Volume
from composer.state import OneOff

IMAGE = ImageConfig(id="1234", name="docker.io/library/busybox:latest", command=("sh",))


NETWORKS = {
    "shop_front": NetworkFacts(gateways=("10.0.1.1",), dns=True),
    "shop_back": NetworkFacts(gateways=("10.0.2.1",), dns=True),
}


def project(*services: Service, **more: Any) -> Project:
    """A project with two networks and a volume."""
    return Project(
        name="shop",
        working_dir="/srv/shop",
        files=("/srv/shop/compose.yaml",),
        services={service.name: service for service in services},
        networks={
            "front": Network(key="front", name="shop_front"),
            "back": Network(key="back", name="shop_back", internal=True),
        },
        volumes={"data": Volume(key="data", name="shop_data")},
        **more,
    )


def context(
    service: Service,
    *others: Service,
    image: ImageConfig = IMAGE,
    inherited: Mapping[str, str] | None = None,
    oneoff: OneOff | None = None,
    local: bool = True,
    release: tuple[int, int] = (4, 3),
    volumes: str = "/volumes",
    rootless: bool = False,
    host_address: str = "192.0.2.7",
    **more: Any,
) -> Context:
    """The first replica of ``service`` in a project with ``others``."""
    return Context(
        project=project(service, *others, **more),
        service=service,
        number=1,
        name=f"shop-{service.name}-1",
        image=image,
        around=Surroundings(
            peer=lambda name: f"id-of-{name}",
            free_port=lambda port: int((port.published or "").partition("-")[0]),
            volume_path=lambda name: f"{volumes}/{name}",
            network=lambda name: NETWORKS[name],
            host_address=lambda: host_address,
            release=release,
            rootless=rootless,
            local=local,
            socket="/run/podman/podman.sock",
        ),
        inherited=inherited or {},
        oneoff=oneoff,
    )


def spec_of(service: Service, *others: Service, **more: Any) -> dict[str, Any]:
    """What would be posted for the first replica of ``service``."""
    return container_spec(context(service, *others, **more))
