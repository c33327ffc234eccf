"""Small projects and states, made by hand, for tests of the parts that need no file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from composer import state as labels
from composer.plan.intent import Up
from composer.plan.plan import Plan
from composer.plan.up import plan_up
from composer.spec.model import Attachment, Dependency, Network, Project, Service, Volume
from composer.state import Capabilities, Container, ImageState, NetworkState, State, VolumeState


def service(
    name: str, needs: Sequence[str] | Mapping[str, Dependency] = (), **said: Any
) -> Service:
    """A service of image ``busybox``; ``needs`` are dependencies that have to be started."""
    depends_on = needs if isinstance(needs, Mapping) else {n: Dependency() for n in needs}
    said.setdefault("image", "busybox")
    text = repr(sorted(said.items(), key=lambda pair: pair[0]))
    said.setdefault("config_hash", hashlib.sha256(text.encode()).hexdigest())
    return Service(name=name, depends_on=dict(depends_on), **said)


def project(*services: Service, **parts: Any) -> Project:
    """A project ``p`` with the networks that the services name, and ``default`` if none."""
    keys = {key for s in services for key in s.networks}
    networks = {key: Network(key=key, name=f"p_{key}") for key in sorted(keys)}
    return Project(
        name="p",
        working_dir="/nowhere",
        services={s.name: s for s in services},
        **{"networks": networks, **parts},
    )


def attached(*keys: str) -> dict[str, Attachment | None]:
    """The ``networks`` of a service."""
    return dict.fromkeys(keys)


def volume(key: str, **said: Any) -> Volume:
    """A named volume."""
    return Volume(key=key, name=f"p_{key}", **said)


def container(of: Service, number: int = 1, **said: Any) -> Container:
    """A running, up-to-date container of ``of``, unless ``said`` otherwise."""
    name = f"p-{of.name}-{number}"
    digest = hashlib.sha256(f"{name}{said}".encode()).hexdigest()
    said.setdefault("id", digest)
    said.setdefault("name", name)
    said.setdefault("status", "running")
    said.setdefault("image_id", "image-busybox")
    said.setdefault("networks", tuple(f"p_{key}" for key in of.networks))
    needs = ",".join(f"{n}:{d.condition}:false" for n, d in of.depends_on.items())
    said["labels"] = {
        labels.PROJECT: "p",
        labels.SERVICE: of.name,
        labels.NUMBER: str(number),
        labels.CONFIG_HASH: of.config_hash,
        labels.DEPENDS_ON: needs,
        **said.get("labels", {}),
    }
    return Container(**said)


def state(
    *containers: Container,
    networks: Sequence[str] = (),
    volumes: Sequence[str] = (),
    images: Sequence[str] = ("docker.io/library/busybox:latest",),
    capabilities: Capabilities | None = None,
) -> State:
    """What the engine has; networks and volumes are the project's own."""
    own = {labels.PROJECT: "p"}
    return State(
        project="p",
        containers=containers,
        networks={n: NetworkState(id=n, name=n, labels=own) for n in networks},
        volumes={v: VolumeState(name=v, labels=own) for v in volumes},
        images={n: ImageState(id=f"image-{n.split('/')[-1].split(':')[0]}") for n in images},
        capabilities=capabilities or Capabilities(),
    )


def planned(p: Project, s: State, **intent: Any) -> Plan:
    """The plan of ``up``."""
    return plan_up(p, s, Up(**intent))


def order(plan: Plan, first: str, second: str) -> bool:
    """Whether ``first`` has to be done before ``second`` can run."""
    import networkx as nx

    assert first in plan, f"{first} is not in {list(plan.graph)}"
    assert second in plan, f"{second} is not in {list(plan.graph)}"
    return nx.has_path(plan.graph, first, second)
