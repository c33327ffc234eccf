"""The typed project: what a set of Compose files means once nothing is left to work out.

Attribute names are the specification's. Durations are in nanoseconds, sizes in bytes. The types
are built from the canonical mapping (what ``composer config`` prints) by ``composer.spec.typed``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from composer.errors import Position
from composer.spec.podman import podman_extensions


class Nanoseconds(int):
    """A duration. In the canonical mapping it is a Go duration string such as ``1m30s``."""

    @property
    def seconds(self) -> float:
        """The same duration in seconds."""
        return self / 1e9


class ByteSize(int):
    """A size in bytes. In the canonical mapping it is a decimal string or an integer."""


class Node(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all parts of the model."""


# --- services ---------------------------------------------------------------------------------


class Ulimit(Node, frozen=True):
    """``services.*.ulimits.*``; a single number sets both."""

    soft: int
    hard: int


class BuildSecret(Node, frozen=True):
    """A reference to a top-level secret or config."""

    source: str
    target: str | None = None
    uid: str | None = None
    gid: str | None = None
    mode: str | int | None = None


FileReference = BuildSecret


class Build(Node, frozen=True):
    """``services.*.build`` (chapter "build")."""

    context: str = "."
    dockerfile: str | None = None
    dockerfile_inline: str | None = None
    entitlements: tuple[str, ...] = ()
    args: dict[str, str | None] = {}
    ssh: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    cache_from: tuple[str, ...] = ()
    cache_to: tuple[str, ...] = ()
    no_cache: bool = False
    additional_contexts: dict[str, str] = {}
    pull: bool = False
    extra_hosts: tuple[str, ...] = ()
    isolation: str | None = None
    network: str | None = None
    target: str | None = None
    secrets: tuple[BuildSecret, ...] = ()
    shm_size: ByteSize | None = None
    tags: tuple[str, ...] = ()
    ulimits: dict[str, Ulimit] = {}
    platforms: tuple[str, ...] = ()
    privileged: bool = False
    provenance: str | None = None
    sbom: str | None = None


Condition = Literal[
    "service_started",
    "service_healthy",
    "service_completed_successfully",
    "running_or_healthy",
]
"""What is waited for. The last one is no word of a file: a pod is healthy when its members with a
check are, and the others run."""


class Dependency(Node, frozen=True):
    """``services.*.depends_on.*``."""

    condition: Condition = "service_started"
    required: bool = True
    restart: bool = False


class Healthcheck(Node, frozen=True):
    """``services.*.healthcheck``. ``test`` keeps its first word: CMD, CMD-SHELL or NONE."""

    test: tuple[str, ...] = ()
    interval: Nanoseconds | None = None
    timeout: Nanoseconds | None = None
    retries: int | None = None
    start_period: Nanoseconds | None = None
    start_interval: Nanoseconds | None = None
    disable: bool = False


class Port(Node, frozen=True):
    """``services.*.ports[]`` in its long form. ``published`` is a port or a range, as text."""

    target: int
    published: str | None = None
    host_ip: str | None = None
    protocol: str = "tcp"
    mode: str = "ingress"
    name: str | None = None
    app_protocol: str | None = None


class BindOptions(Node, frozen=True):
    create_host_path: bool = False
    propagation: str | None = None
    selinux: str | None = None
    recursive: str | None = None


class VolumeOptions(Node, frozen=True):
    labels: dict[str, str] = {}
    nocopy: bool = False
    subpath: str | None = None


class TmpfsOptions(Node, frozen=True):
    size: ByteSize | None = None
    mode: int | None = None


class ImageOptions(Node, frozen=True):
    subpath: str | None = None


class Mount(Node, frozen=True):
    """``services.*.volumes[]`` in its long form. For a named volume ``source`` is its key."""

    type: Literal["bind", "volume", "tmpfs", "image", "npipe", "cluster"]
    target: str
    source: str | None = None
    read_only: bool = False
    consistency: str | None = None
    bind: BindOptions | None = None
    volume: VolumeOptions | None = None
    tmpfs: TmpfsOptions | None = None
    image: ImageOptions | None = None


class Device(Node, frozen=True):
    source: str
    target: str
    permissions: str = "rwm"


class Attachment(Node, frozen=True):
    """``services.*.networks.*``: how a service takes part in a network."""

    aliases: tuple[str, ...] = ()
    driver_opts: dict[str, str] = {}
    gw_priority: int = 0
    interface_name: str | None = None
    ipv4_address: str | None = None
    ipv6_address: str | None = None
    link_local_ips: tuple[str, ...] = ()
    mac_address: str | None = None
    priority: int = 0
    extensions: dict[str, Any] = {}


class Logging(Node, frozen=True):
    driver: str | None = None
    options: dict[str, str] = {}


class Hook(Node, frozen=True):
    """``services.*.post_start[]``, ``pre_stop[]``: commands in a running container."""

    command: tuple[str, ...] = ()
    user: str | None = None
    privileged: bool = False
    working_dir: str | None = None
    environment: dict[str, str | None] = {}


class PreStart(Hook, frozen=True):
    """``services.*.pre_start[]``: a container that runs to its end before the service starts."""

    image: str | None = None
    """The service's own unless said."""
    per_replica: bool = False
    """Before each replica, not once for the service."""


class EnvFile(Node, frozen=True):
    path: str
    required: bool = True
    format: str | None = None


class ResourceLimit(Node, frozen=True):
    cpus: float | None = None
    memory: ByteSize | None = None
    pids: int | None = None
    devices: tuple[dict[str, Any], ...] = ()
    generic_resources: tuple[dict[str, Any], ...] = ()


class Resources(Node, frozen=True):
    limits: ResourceLimit | None = None
    reservations: ResourceLimit | None = None


class RestartPolicy(Node, frozen=True):
    condition: str | None = None
    delay: Nanoseconds | None = None
    max_attempts: int | None = None
    window: Nanoseconds | None = None


class Deploy(Node, frozen=True):
    """``services.*.deploy`` (chapter "deploy")."""

    mode: str | None = None
    replicas: int | None = None
    labels: dict[str, str] = {}
    update_config: dict[str, Any] | None = None
    rollback_config: dict[str, Any] | None = None
    resources: Resources | None = None
    restart_policy: RestartPolicy | None = None
    placement: dict[str, Any] = {}
    endpoint_mode: str | None = None


class Service(Node, frozen=True):
    """``services.*``. ``None`` and empty values mean "not said in the file"."""

    name: str
    annotations: dict[str, str] = {}
    attach: bool | None = None
    blkio_config: dict[str, Any] | None = None
    build: Build | None = None
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    cgroup: str | None = None
    cgroup_parent: str | None = None
    command: tuple[str, ...] | None = None
    configs: tuple[FileReference, ...] = ()
    container_name: str | None = None
    cpu_count: int | None = None
    cpu_percent: float | None = None
    cpu_period: int | None = None
    cpu_quota: int | None = None
    cpu_rt_period: int | None = None
    cpu_rt_runtime: int | None = None
    cpu_shares: int | None = None
    cpus: float | None = None
    cpuset: str | None = None
    credential_spec: dict[str, Any] | None = None
    depends_on: dict[str, Dependency] = {}
    deploy: Deploy | None = None
    develop: dict[str, Any] | None = None
    device_cgroup_rules: tuple[str, ...] = ()
    devices: tuple[Device, ...] = ()
    dns: tuple[str, ...] = ()
    dns_opt: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()
    domainname: str | None = None
    entrypoint: tuple[str, ...] | None = None
    env_file: tuple[EnvFile, ...] = ()
    environment: dict[str, str | None] = {}
    expose: tuple[str, ...] = ()
    external_links: tuple[str, ...] = ()
    extra_hosts: tuple[str, ...] = ()
    """``host=address`` each, as the canonical form has them."""
    gpus: tuple[dict[str, Any], ...] = ()
    group_add: tuple[str, ...] = ()
    healthcheck: Healthcheck | None = None
    hostname: str | None = None
    image: str | None = None
    init: bool | None = None
    ipc: str | None = None
    isolation: str | None = None
    label_file: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    links: tuple[str, ...] = ()
    logging: Logging | None = None
    mac_address: str | None = None
    mem_limit: ByteSize | None = None
    mem_reservation: ByteSize | None = None
    mem_swappiness: ByteSize | None = None
    memswap_limit: ByteSize | None = None
    models: dict[str, Any] = {}
    network_mode: str | None = None
    networks: dict[str, Attachment | None] = {}
    oom_kill_disable: bool = False
    oom_score_adj: int | None = None
    pid: str | None = None
    pids_limit: int | None = None
    platform: str | None = None
    ports: tuple[Port, ...] = ()
    post_start: tuple[Hook, ...] = ()
    pre_start: tuple[PreStart, ...] = ()
    pre_stop: tuple[Hook, ...] = ()
    privileged: bool = False
    profiles: tuple[str, ...] = ()
    provider: dict[str, Any] | None = None
    pull_policy: str | None = None
    read_only: bool = False
    restart: str | None = None
    runtime: str | None = None
    scale: int | None = None
    secrets: tuple[FileReference, ...] = ()
    security_opt: tuple[str, ...] = ()
    shm_size: ByteSize | None = None
    stdin_open: bool = False
    stop_grace_period: Nanoseconds | None = None
    stop_signal: str | None = None
    storage_opt: dict[str, str] = {}
    sysctls: dict[str, str] = {}
    tmpfs: tuple[str, ...] = ()
    tty: bool = False
    ulimits: dict[str, Ulimit] = {}
    use_api_socket: bool = False
    user: str | None = None
    userns_mode: str | None = None
    uts: str | None = None
    volumes: tuple[Mount, ...] = ()
    volumes_from: tuple[str, ...] = ()
    working_dir: str | None = None
    extensions: dict[str, Any] = {}
    """The ``x-`` keys."""
    pod: str | None = None
    """The key of the pod that its containers are members of (``x-podman.pod``). What a pod shares
    (ports, host name, hosts, resolvers) is the pod's then, and ``networks`` names the pod's."""
    pod_init: Literal["once", "always"] | None = None
    """It runs to its end before the other members of its pod start: when the pod is new, or each
    time that the pod starts (``x-podman.init``)."""
    config_hash: str = ""
    """SHA-256 (hex) of what a container is made from: the canonical service without ``build``,
    ``depends_on``, ``profiles``, ``pull_policy``, ``scale`` and ``deploy.replicas``."""

    @property
    def one_shot(self) -> bool:
        """Whether it is there to run to its end (``x-podman.one_shot``): ``--wait`` waits for that,
        and a failure that is tried again is none yet."""
        return podman_extensions(self.extensions).get("one_shot") is True

    @property
    def liveness(self) -> Mapping[str, Any] | None:
        """A second check, which restarts the container when it fails (``x-podman.liveness``).

        It has ``test``, ``interval``, ``retries`` and ``start_period``, as ``healthcheck`` has
        them. None for a service without one.
        """
        found = podman_extensions(self.extensions).get("liveness")
        return found if isinstance(found, Mapping) and found.get("test") else None

    @property
    def rootfs(self) -> str | None:
        """The folder that the container has in place of an image (``x-podman.rootfs``)."""
        return podman_extensions(self.extensions).get("rootfs")

    @property
    def replicas(self) -> int:
        """How many containers the file asks for (``scale``, then ``deploy.replicas``, then 1)."""
        if self.scale is not None:
            return self.scale
        if self.deploy is not None and self.deploy.replicas is not None:
            return self.deploy.replicas
        return 1


# --- top level --------------------------------------------------------------------------------


class IpamPool(Node, frozen=True):
    subnet: str | None = None
    gateway: str | None = None
    ip_range: str | None = None
    aux_addresses: dict[str, str] = {}


class Ipam(Node, frozen=True):
    driver: str | None = None
    config: tuple[IpamPool, ...] = ()
    options: dict[str, str] = {}


class Network(Node, frozen=True):
    """``networks.*``. ``name`` is the engine's name (``<project>_<key>`` unless the file says)."""

    key: str
    name: str
    driver: str | None = None
    driver_opts: dict[str, str] = {}
    ipam: Ipam | None = None
    external: bool = False
    internal: bool = False
    attachable: bool = False
    labels: dict[str, str] = {}
    enable_ipv4: bool | None = None
    enable_ipv6: bool | None = None
    extensions: dict[str, Any] = {}


class Volume(Node, frozen=True):
    """``volumes.*``. ``name`` is the engine's name (``<project>_<key>`` unless the file says)."""

    key: str
    name: str
    driver: str | None = None
    driver_opts: dict[str, str] = {}
    external: bool = False
    labels: dict[str, str] = {}
    extensions: dict[str, Any] = {}

    @property
    def per_replica(self) -> bool:
        """Whether each replica has a volume of its own (``x-podman.per_replica``)."""
        return podman_extensions(self.extensions).get("per_replica") is True

    @property
    def temporary(self) -> bool:
        """Whether it goes with the containers that use it (``x-podman.temporary``)."""
        return podman_extensions(self.extensions).get("temporary") is True

    def name_for(self, number: int) -> str:
        """The engine's name of the volume that the replica ``number`` mounts."""
        return f"{self.name}-{number}" if self.per_replica else self.name


class Infra(Node, frozen=True):
    """``x-podman.pods.*.infra``: the container that holds what the members share."""

    image: str | None = None
    command: tuple[str, ...] = ()


class Pod(Node, frozen=True):
    """``x-podman.pods.*``, with what its members have in common moved here."""

    key: str
    members: tuple[str, ...] = ()
    """The active services whose containers are in it, in the order of the file."""
    hostname: str | None = None
    domainname: str | None = None
    networks: dict[str, Attachment | None] = {}
    mac_address: str | None = None
    ports: tuple[Port, ...] = ()
    extra_hosts: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()
    dns_opt: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    """For the members: pods of Podman have none."""
    share: tuple[str, ...] = ("ipc", "net", "uts")
    """The namespaces that the members share: ``net``, ``ipc``, ``uts``, ``pid``, ``cgroup``."""
    cpus: float | None = None
    cpuset: str | None = None
    mem_limit: ByteSize | None = None
    shm_size: ByteSize | None = None
    sysctls: dict[str, str] = {}
    security_opt: tuple[str, ...] = ()
    userns_mode: str | None = None
    volumes: tuple[Mount, ...] = ()
    """Mounted into every member."""
    infra: Infra | None = Infra()
    """None: there is no such container, and nothing is shared."""
    exit_policy: Literal["continue", "stop"] = "continue"
    restart: str | None = None
    """The policy of members that say none."""
    scale: int = 1
    depends_on: dict[str, Dependency] = {}
    """Pods and services; the members depend on them."""
    profiles: tuple[str, ...] = ()
    single: str | None = None
    """The name of the one pod that all replicas are in (podman-compose's); None: each replica has a
    pod of its own."""
    config_hash: str = ""
    """SHA-256 (hex) of what a pod is made from."""

    def shares(self, namespace: str) -> bool:
        """Whether its members share ``namespace`` (``net``, ``ipc``, ``uts``, ``pid`` …)."""
        return self.infra is not None and namespace in self.share


class FileObject(Node, frozen=True):
    """``secrets.*`` and ``configs.*``: a text from a file, the environment or the Compose file."""

    key: str
    name: str
    file: str | None = None
    environment: str | None = None
    content: str | None = None
    external: bool = False
    labels: dict[str, str] = {}
    driver: str | None = None
    driver_opts: dict[str, str] = {}
    template_driver: str | None = None
    extensions: dict[str, Any] = {}


class Project(Node, frozen=True):
    """A whole project. Only services whose profiles are active are in ``services``."""

    name: str
    working_dir: str
    files: tuple[str, ...] = ()
    services: dict[str, Service] = {}
    disabled_services: dict[str, Service] = {}
    """Services left out because none of their profiles is active."""
    networks: dict[str, Network] = {}
    volumes: dict[str, Volume] = {}
    pods: dict[str, Pod] = {}
    """The pods that have active members."""
    secrets: dict[str, FileObject] = {}
    configs: dict[str, FileObject] = {}
    models: dict[str, Any] = {}
    extensions: dict[str, Any] = {}
    environment: dict[str, str] = {}
    """The variables that interpolation saw (shell, then ``--env-file`` or ``.env``)."""
    env_file_variables: dict[str, frozenset[str]] = {}
    """By service: the variables that only its env files set."""
    positions: dict[str, Position] = {}
    """Where each path (``services.web.ports[0]``) was said last. For error messages."""
    warnings: tuple[str, ...] = ()
    contents: dict[str, str] = {}
    """Digests of what secrets and configs hold (``configs.KEY``); see ``with_contents``."""
    dialect: Literal["docker", "podman"] = "docker"
    """Whose conventions it goes by: Docker Compose's or podman-compose's."""
    separator: str = "-"
    """What stands between the parts of names of containers and built images."""

    def container_name(self, service: str, number: int) -> str:
        """The name of a replica: ``container_name``, or ``<project>-<service>-<number>``."""
        own = self.services.get(service) or self.disabled_services.get(service)
        said = own.container_name if own is not None else None
        return said or self.separator.join((self.name, service, str(number)))

    def built_image(self, service: str) -> str:
        """The name of the image that ``build`` makes for a service without ``image``."""
        return f"{self.name}{self.separator}{service}"

    def pod_of(self, service: str) -> Pod | None:
        """The pod that the containers of ``service`` are members of."""
        found = self.services.get(service) or self.disabled_services.get(service)
        return self.pods.get(found.pod or "") if found is not None else None

    def pod_name(self, key: str, number: int) -> str:
        """The engine's name of the pod for the replicas ``number`` of its members.

        Podman gives no pod the name of a container, and a service may be called as the pod is.
        """
        name = key
        while name in self.services or name in self.disabled_services:
            name += "-pod"
        return self.pods[key].single or f"{self.name}-{name}-{number}"

    def where(self, path: str) -> Position | None:
        """The position of ``path`` (``services.web.ports[0]``), else of its nearest parent."""
        while path:
            found = self.positions.get(path)
            if found is not None:
                return found
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return None
