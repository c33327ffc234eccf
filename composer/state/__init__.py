"""Plain types for what the engine has. They say what was seen, and decide nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

# Labels of Docker Compose and podman-compose, which both find their projects by them.
PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
NUMBER = "com.docker.compose.container-number"
CONFIG_HASH = "com.docker.compose.config-hash"
IMAGE = "com.docker.compose.image"
ONEOFF = "com.docker.compose.oneoff"
SLUG = "com.docker.compose.slug"
WORKING_DIR = "com.docker.compose.project.working_dir"
CONFIG_FILES = "com.docker.compose.project.config_files"
DEPENDS_ON = "com.docker.compose.depends_on"
VERSION = "com.docker.compose.version"
NETWORK = "com.docker.compose.network"
VOLUME = "com.docker.compose.volume"
PODMAN_PROJECT = "io.podman.compose.project"
PODMAN_SERVICE = "io.podman.compose.service"
PODMAN_CONFIG_HASH = "io.podman.compose.config-hash"
PODMAN_VERSION = "io.podman.compose.version"
UNIT = "PODMAN_SYSTEMD_UNIT"
"""The unit of systemd that runs the container, for ``podman auto-update``."""

# Labels of our own.
CONTENTS = "io.composer.contents"
"""``configs.KEY=DIGEST,…``: what the secrets and configs held that a container was made with."""
DEFINITION = "io.composer.definition"
"""``FIELD=DIGEST,…``: what the file said about a network or volume when it was made."""
PARENTS = "io.composer.parents"
"""``SERVICE=ID,…``: the containers whose namespaces and volumes this one uses."""
TEMPORARY = "io.composer.temporary"
"""Of a volume: it goes with the containers of its project (``true``)."""
POD = "io.composer.pod"
"""The key of a pod in the file. Infra containers have the labels of their pod, this one too."""

UNFINISHED = ".unfinished"
"""What the name of a container ends with until it may take the place that it was made for."""


def packed(pairs: Mapping[str, str]) -> str:
    """``pairs`` as the text of a label."""
    return ",".join(f"{key}={value}" for key, value in pairs.items())


def unpacked(label: str) -> dict[str, str]:
    """What ``packed`` made a label of."""
    return dict(pair.split("=", 1) for pair in label.split(",") if "=" in pair)


class OneOff(msgspec.Struct, frozen=True, kw_only=True):
    """What sets a container that runs one command apart from a replica of its service."""

    slug: str = ""
    """What its name ends with in full length; empty for one that ends with the command itself."""
    remove: bool = False
    """Podman removes it, and its anonymous volumes, when it ends."""
    aliases: bool = False
    """It answers for its service in the networks."""


class Published(msgspec.Struct, frozen=True):
    """One published port of a container."""

    host_ip: str
    host_port: int
    container_port: int
    protocol: str


class Container(msgspec.Struct, frozen=True, kw_only=True):
    """A container as the list endpoint shows it. Times are in seconds since the epoch."""

    id: str
    name: str
    image: str = ""
    image_id: str = ""
    status: str = "created"
    """``created``, ``running``, ``paused``, ``exited``, ``stopping`` … in Podman's words."""
    exit_code: int = 0
    health: str = ""
    """``starting``, ``healthy``, ``unhealthy``, or empty when the list does not say."""
    created: float = 0.0
    started: float = 0.0
    exited: float = 0.0
    labels: dict[str, str] = {}
    networks: tuple[str, ...] = ()
    """Engine names of the networks."""
    ports: tuple[Published, ...] = ()
    mounts: tuple[str, ...] = ()
    """Targets inside the container."""
    command: tuple[str, ...] = ()
    pod: str = ""
    """Id of its pod, or empty."""
    pod_name: str = ""
    is_infra: bool = False
    """It holds the namespaces that the containers of its pod share, and belongs to no service."""

    @property
    def project(self) -> str:
        """The project that it belongs to, or an empty text."""
        return self.labels.get(PROJECT) or self.labels.get(PODMAN_PROJECT, "")

    @property
    def service(self) -> str:
        """The service that it is a replica of, or an empty text."""
        return self.labels.get(SERVICE) or self.labels.get(PODMAN_SERVICE, "")

    @property
    def number(self) -> int:
        """The number of the replica, from 1; 0 when the label is missing or no number."""
        text = self.labels.get(NUMBER, "")
        return int(text) if text.isdecimal() else 0

    @property
    def oneoff(self) -> bool:
        """Made by ``run``: it does not count as a replica."""
        return self.labels.get(ONEOFF, "").lower() == "true"

    @property
    def config_hash(self) -> str:
        """The hash of the service that it was made from."""
        return self.labels.get(CONFIG_HASH, "")

    @property
    def parents(self) -> dict[str, str]:
        """By service, the ids of the containers whose namespaces and volumes it uses."""
        return unpacked(self.labels.get(PARENTS, ""))

    @property
    def contents(self) -> dict[str, str]:
        """Digests of what its secrets and configs held when it was made (``configs.KEY``)."""
        return unpacked(self.labels.get(CONTENTS, ""))

    @property
    def running(self) -> bool:
        """Whether its process exists."""
        return self.status in ("running", "paused")

    @property
    def alive(self) -> bool:
        """Whether its process exists, perhaps not for long: somebody else is stopping it."""
        return self.running or self.status == "stopping"

    @property
    def unfinished(self) -> bool:
        """Whether it is no whole container: one that was not made to the end, or is going away."""
        return self.name.endswith(UNFINISHED) or self.status == "removing"


class PodMember(msgspec.Struct, frozen=True):
    """A container of a pod, as the list of pods shows it."""

    id: str
    name: str
    status: str


class PodState(msgspec.Struct, frozen=True, kw_only=True):
    """A pod as the list endpoint shows it. Times are in seconds since the epoch."""

    id: str
    name: str
    status: str = "created"
    """``created``, ``running``, ``degraded``, ``exited``, ``stopped``, ``paused`` …"""
    created: float = 0.0
    labels: dict[str, str] = {}
    networks: tuple[str, ...] = ()
    """Engine names of the networks."""
    infra: str = ""
    """Id of its infra container, or empty."""
    infra_status: str = ""
    containers: tuple[PodMember, ...] = ()
    """Without the infra container."""

    @property
    def project(self) -> str:
        """The project that it belongs to, or an empty text."""
        return self.labels.get(PROJECT) or self.labels.get(PODMAN_PROJECT, "")

    @property
    def key(self) -> str:
        """Its key in the file, or an empty text."""
        return self.labels.get(POD, "")

    @property
    def number(self) -> int:
        """The number of the replicas in it, from 1; 0 when the label is missing or no number."""
        text = self.labels.get(NUMBER, "")
        return int(text) if text.isdecimal() else 0

    @property
    def config_hash(self) -> str:
        """The hash of the pod that it was made from."""
        return self.labels.get(CONFIG_HASH, "")


class NetworkState(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    driver: str = "bridge"
    internal: bool = False
    dns: bool = True
    subnets: tuple[tuple[str, str], ...] = ()
    """(subnet, gateway) pairs."""
    labels: dict[str, str] = {}
    options: dict[str, str] = {}


class VolumeState(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    driver: str = "local"
    mountpoint: str = ""
    labels: dict[str, str] = {}
    options: dict[str, str] = {}


class ImageState(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    names: tuple[str, ...] = ()
    """Full names with tag (``docker.io/library/nginx:alpine``)."""
    size: int = 0
    created: float = 0.0
    labels: dict[str, str] = {}


class MountPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is mounted into a container."""

    name: str
    """Of a volume, else the path on the engine's machine."""
    target: str
    driver: str = ""
    """That of a volume."""


class ImageDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One image, inspected."""

    id: str
    created: str = ""
    """RFC 3339."""
    size: int = 0
    """Bytes."""
    platform: str = ""
    """``OS/ARCHITECTURE``, with ``/VARIANT`` if there is one."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What this engine can do, found by looking, not by comparing versions here and there."""

    version: str = ""
    rootless: bool = False
    systemd: bool = False
    """Podman's own health timers fire."""
    registries: tuple[str, ...] = ()
    """Where the machine's settings look for images without a registry; empty: at Docker Hub."""

    @property
    def release(self) -> tuple[int, int]:
        """The first two numbers of the version; ``(0, 0)`` when it is not known."""
        major, _, rest = self.version.partition(".")
        minor = rest.partition(".")[0]
        known = major.isdecimal() and minor.isdecimal()
        return (int(major), int(minor)) if known else (0, 0)


class State(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a project.

    Containers are sorted by service and number, pods by key and number.
    """

    project: str
    containers: tuple[Container, ...] = ()
    """Without infra containers, which ``pods`` tells of."""
    pods: tuple[PodState, ...] = ()
    networks: dict[str, NetworkState] = {}
    """By the engine's name. Holds every network of the engine, also foreign ones."""
    volumes: dict[str, VolumeState] = {}
    """By the engine's name. Holds every volume of the engine, also foreign ones."""
    images: dict[str, ImageState] = {}
    """By each full name and by id. Holds every image of the engine."""
    capabilities: Capabilities = Capabilities()

    def without(self, names: Collection[str]) -> State:
        """This state as it is once the networks and volumes ``names`` are removed."""
        if not names:
            return self
        return msgspec.structs.replace(
            self,
            networks={name: n for name, n in self.networks.items() if name not in names},
            volumes={name: v for name, v in self.volumes.items() if name not in names},
        )

    def image_id(self, reference: str) -> str | None:
        """The id of the local image that ``reference`` means, or None.

        Short names are looked up as ``docker.io/library/…`` and ``localhost/…`` too; a missing tag
        is ``latest``.
        """
        for name in image_names(reference, self.capabilities.registries):
            found = self.images.get(name)
            if found is not None:
                return found.id
        return None


def image_names(reference: str, registries: Sequence[str] = ()) -> tuple[str, ...]:
    """The full names that ``reference`` may have in local storage, the likeliest first.

    ``registries`` are those of ``Capabilities``.
    """
    if reference.startswith("sha256:"):
        return (reference.removeprefix("sha256:"),)
    if "@" in reference:  # then the digest says which image it is, and a tag nothing
        reference = f"{repository(reference)}@{reference.partition('@')[2]}"
    elif ":" not in reference.rsplit("/", 1)[-1]:
        reference += ":latest"
    first, _, rest = reference.partition("/")
    if rest and ("." in first or ":" in first or first == "localhost"):
        if first in ("docker.io", "index.docker.io") and "/" not in rest:
            return (f"docker.io/library/{rest}", reference)
        return (reference,)
    searched = tuple(f"{registry}/{reference}" for registry in registries)
    hub = f"docker.io/{reference if rest else f'library/{reference}'}"
    return (*searched, hub, f"localhost/{reference}", reference)


def repository(name: str) -> str:
    """The image name ``name`` without its tag and digest."""
    folder, slash, last = name.partition("@")[0].rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"


class Processes(msgspec.Struct, frozen=True):
    """The processes of one container, in the columns of ``ps``."""

    titles: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What one container has used so far. Sizes in bytes, times in seconds."""

    id: str
    name: str
    cpu: float = 0.0
    """Time that processors spent on it."""
    at: float = 0.0
    """When that was; of no meaning but as a difference."""
    memory: int = 0
    memory_limit: int = 0
    received: int = 0
    sent: int = 0
    read: int = 0
    written: int = 0
    processes: int = 0


class HealthResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of a container's health check gave."""

    status: str
    """``healthy``, ``unhealthy`` or ``starting``, as the engine counts it after this run."""
    passed: bool
    output: str = ""


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """One container, inspected."""

    id: str
    name: str
    status: str
    exit_code: int = 0
    health: str = ""
    has_healthcheck: bool = False
    health_config: dict[str, Any] = {}
    """As Podman names it: Test, Interval, Timeout, Retries, StartPeriod (nanoseconds)."""
    started: float = 0.0
    error: str = ""
    tty: bool = False
    addresses: dict[str, str] = {}
    """Address in each network, by the engine's name."""
    hosts_path: str = ""
    anonymous_volumes: dict[str, str] = {}
    """Volume name by target."""
    restart_policy: str = ""
