"""The narrow interface behind which Podman stands. Everything outside ``engine`` uses only this."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import IO, TYPE_CHECKING, Any, Literal, Protocol

import msgspec

from composer.background import Stop, never
from composer.state import (
    ONEOFF,
    SERVICE,
    Capabilities,
    Container,
    Detail,
    HealthResult,
    ImageDetail,
    MountPoint,
    OneOff,
    PodState,
    Processes,
    State,
    Usage,
    VolumeState,
)

if TYPE_CHECKING:
    from composer.engine.context import ImageConfig
    from composer.spec.model import Project

LogStream = Literal["stdout", "stderr"]


class LogLine(msgspec.Struct, frozen=True, gc=False):
    """One whole line of a container, without its end."""

    stream: LogStream
    text: bytes
    time: bytes = b""
    """RFC 3339 in UTC with nine digits of a second (comparable as bytes), when asked for."""


class ContainerEvent(msgspec.Struct, frozen=True):
    """Something that happened to a container. ``action`` is Podman's word (``start``, ``died``)."""

    action: str
    id: str
    name: str
    labels: dict[str, str]
    time: float
    exit_code: int | None = None
    image: str = ""
    nanoseconds: int = 0
    """The time in full, since the epoch."""

    @property
    def service(self) -> str:
        """The service of the container, or an empty text."""
        return self.labels.get(SERVICE, "")

    @property
    def oneoff(self) -> bool:
        """Whether the container was made to run one command."""
        return self.labels.get(ONEOFF, "").lower() == "true"


Unit = Literal["bytes", "steps"]


class Progress(Protocol):
    """Takes one line that says how far a pull or build is, and the amount of it, if it is known."""

    def __call__(
        self, text: str, *, current: int = 0, total: int = 0, unit: Unit = "bytes"
    ) -> None: ...


class Engine(Protocol):
    """One Podman. Methods block; all of them may be called from several threads at once.

    All raise ``EngineError``: status 404 when the thing does not exist (removals of what is gone
    and stops of what is stopped are no errors), 0 when the engine cannot be reached.
    """

    @property
    def warnings(self) -> list[str]:
        """What the engine could not honour so far, each once."""

    # --- looking ---------------------------------------------------------------------------
    def observe(self, project: str) -> State:
        """One look at everything that planning ``project`` needs."""

    def containers(self, filters: Mapping[str, Sequence[str]] | None = None) -> list[Container]:
        """All containers, or those that match Podman's list filters (also stopped ones)."""

    def pods(self, filters: Mapping[str, Sequence[str]] | None = None) -> list[PodState]:
        """All pods, or those that match Podman's list filters."""

    def capabilities(self) -> Capabilities: ...
    def inspect(self, container: str) -> Detail: ...

    @property
    def url(self) -> str:
        """Where the engine is, as ``podman --url`` takes it."""

    def info(self) -> dict[str, Any]:
        """What the engine says of itself (GET /libpod/info)."""

    def mounts(self, filters: Mapping[str, Sequence[str]]) -> dict[str, tuple[MountPoint, ...]]:
        """What is mounted into all containers that match Podman's list filters, by their ids."""

    def list_volumes(self) -> list[VolumeState]:
        """All volumes (GET /libpod/volumes/json)."""

    def image(self, identity: str) -> ImageDetail | None:
        """The image with this id or full name, or None (GET /libpod/images/{name}/json)."""

    def image_config(self, image: str) -> ImageConfig | None:
        """What containers inherit of a local image, or None if it is not there."""

    def export(self, container: str, write: Callable[[bytes], object]) -> None:
        """Give all files of a container to ``write``, in pieces of a tar archive."""

    def logs(
        self,
        container: str,
        *,
        follow: bool = False,
        since: str | None = None,
        until: str | None = None,
        tail: int | None = None,
        timestamps: bool = False,
        stop: Callable[[], bool] | None = None,
    ) -> Iterator[list[LogLine]]:
        """Batches of whole lines. ``stop`` is asked at least twice a second while following."""

    def events(
        self,
        project: str,
        stop: Callable[[], bool],
        *,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[ContainerEvent]:
        """What happens to the project's containers from now on, until ``stop`` says so.

        With ``since`` also what has happened from then on, with ``until`` no longer than then:
        times in RFC 3339, in seconds since the epoch, or as long ago (``10m``).
        """

    def processes(self, container: str) -> Processes:
        """The processes of a running container."""

    def pod_processes(self, pod: str) -> Processes:
        """The processes of all containers of a running pod."""

    def usage(self, containers: Sequence[str]) -> list[Usage]:
        """What running containers use at the moment; those that have ended are left out."""

    def wait_exit(self, container: str, stop: Callable[[], bool]) -> int | None:
        """Block until the container is not running; its exit code, or None when stopped."""

    def run_healthcheck(self, container: str) -> HealthResult:
        """Run the container's own check once (GET /libpod/containers/{name}/healthcheck)."""

    def probe(self, container: str, command: Sequence[str]) -> bool:
        """Whether ``command``, run in the container, exits with 0. Leaves its health log alone."""

    # --- changing; one call each -----------------------------------------------------------
    def create_network(self, project: Project, key: str) -> None: ...
    def remove_network(self, name: str) -> None: ...

    def disconnect(self, network: str, container: str) -> None:
        """Take a container off a network."""

    def create_volume(self, project: Project, key: str, name: str = "") -> None: ...
    def remove_volume(self, name: str) -> None: ...

    def secrets(self) -> list[str]:
        """The names of all of Podman's secrets (GET /libpod/secrets/json)."""

    def create_secret(self, name: str, content: bytes) -> None:
        """Keep ``content`` as one of Podman's secrets (POST /libpod/secrets/create).

        A former one of that name goes; containers that run keep what they have.
        """

    def remove_secret(self, name: str) -> None: ...

    def pull(
        self,
        image: str,
        *,
        platform: str | None = None,
        newer: bool = False,
        progress: Progress | None = None,
        stop: Stop = never,
    ) -> str:
        """Pull and return the image's id. With ``newer`` the local one does if nothing is.

        Raises ``Interrupted`` soon after ``stop`` says so, as ``build`` and ``push`` do.
        """

    def pulled(self, image: str) -> float:
        """When the image was pulled last, in seconds since the epoch; 0.0 if nobody knows."""

    def build(
        self,
        project: Project,
        service: str,
        *,
        image: str,
        pull: bool = False,
        no_cache: bool = False,
        args: Sequence[str] = (),
        memory: int | None = None,
        progress: Progress | None = None,
        stop: Stop = never,
    ) -> str:
        """Build the service's image with the ``podman`` program, tag it, return its id.

        ``memory`` are the bytes that containers of the build may use.
        """

    def pinned(self, image: str) -> str | None:
        """The local image's full name with its digest, or None (GET /libpod/images/{name}/json)."""

    def remove_image(self, image: str) -> None: ...

    def push(self, image: str, *, progress: Progress | None = None, stop: Stop = never) -> None:
        """Push a local image to the registry of its name (POST /libpod/images/{name}/push)."""

    def commit(
        self,
        container: str,
        reference: str | None = None,
        *,
        author: str | None = None,
        message: str | None = None,
        changes: Sequence[str] = (),
        pause: bool = True,
    ) -> str:
        """Make an image of what a container has become, and return its id (POST /libpod/commit).

        ``changes`` are lines of a Dockerfile.
        """

    def create_pod(self, project: Project, key: str, number: int) -> str:
        """Create the pod ``key`` for the replicas ``number`` of its members; its id.

        POST /libpod/pods/create. Its members are created in it by ``create_container``.
        """

    def stop_pod(self, pod: str, *, timeout: float | None = None) -> None:
        """Stop all containers of a pod, its infra container too, which no ``stop`` of members does.

        After ``timeout`` seconds (None: each container's own) they are killed.
        """

    def remove_pod(self, pod: str) -> None:
        """Kill and remove all containers of a pod, and the pod."""

    def update_pod(self, pod: str, *, cpus: float | None = None, memory: int | None = None) -> None:
        """Limit all containers of a pod together; ``memory`` in bytes, 0 is no limit."""

    def inspect_pod(self, pod: str) -> dict[str, Any]:
        """A pod in Podman's own words (GET /libpod/pods/{name}/json)."""

    def create_container(
        self,
        project: Project,
        service: str,
        number: int,
        *,
        name: str,
        replaces: str | None = None,
        inherits: Mapping[str, str] | None = None,
        renew_anonymous_volumes: bool = False,
        oneoff: OneOff | None = None,
        provisional: bool = False,
    ) -> str:
        """Create one replica and return its id (POST /libpod/containers/create).

        It inherits the anonymous volumes of the container ``replaces``, or those of ``inherits``
        (by target). With ``provisional`` it is named ``name`` + ``UNFINISHED`` until it is renamed.
        """

    def read_archive(self, container: str, path: str) -> AbstractContextManager[IO[bytes]]:
        """What is at ``path`` in a container, as a tar archive. Links there are followed."""

    def write_archive(self, container: str, folder: str, archive: IO[bytes]) -> None:
        """Unpack the rest of a tar archive in a folder of a container."""

    def kind_of_path(self, container: str, path: str) -> str:
        """What is at ``path`` in a container: ``folder``, ``file``, or an empty text."""

    def rename(self, container: str, name: str) -> None: ...

    def init(self, container: str) -> None:
        """Prepare a created container to start (POST /libpod/containers/{name}/init)."""

    def start(self, container: str) -> None: ...

    def stop(self, container: str, *, timeout: float | None = None) -> None:
        """Stop gracefully; after ``timeout`` seconds (None: the container's own) kill it."""

    def pause(self, container: str) -> None: ...
    def unpause(self, container: str) -> None: ...
    def kill(self, container: str, signal: str = "SIGKILL") -> None: ...
    def restart(self, container: str, *, timeout: float | None = None) -> None: ...

    def remove(
        self,
        container: str,
        *,
        force: bool = False,
        timeout: float | None = 0,
        volumes: bool = False,
    ) -> None:
        """Remove a container; with ``force`` one that runs is stopped as by ``stop`` first."""

    def run_inside(
        self,
        container: str,
        command: Sequence[str],
        *,
        user: str | None = None,
        workdir: str | None = None,
        env: Mapping[str, str] | None = None,
        privileged: bool = False,
        output: Callable[[bytes], None] | None = None,
    ) -> int:
        """Run a command in a running container; its exit code. ``output`` gets each line."""

    def copy_in(self, container: str, files: Mapping[str, str]) -> None:
        """Copy files of this machine into a container: path in it → path here.

        They belong to the container's user (PUT /libpod/containers/{name}/archive).
        """

    # --- handed to the podman program ---------------------------------------------------------
    def podman(self, arguments: Sequence[str]) -> int:
        """Run ``podman`` on this engine with this process's standard streams; its exit code."""

    def exec_command(
        self,
        container: str,
        command: Sequence[str],
        *,
        interactive: bool = True,
        tty: bool = False,
        detach: bool = False,
        user: str | None = None,
        workdir: str | None = None,
        env: Sequence[str] = (),
        privileged: bool = False,
    ) -> int:
        """Run a command in a container with this process's standard streams; its exit code."""

    def attach(
        self,
        container: str,
        *,
        start: bool = False,
        stdin: bool = True,
        detach_keys: str | None = None,
        forward: Callable[[int], None] | None = None,
    ) -> int:
        """Connect this process's standard streams to a container until it ends, or is left.

        With ``start`` it is started first; then the exit code is the container's. ``forward`` is
        told the signals that this process gets meanwhile. To be called by the main thread.
        """

    def close(self) -> None: ...
