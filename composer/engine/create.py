"""Creates containers: image, spec, POST, and the files that are copied in before the start."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping

import msgspec

from composer.engine import observe as look
from composer.engine.container_spec import container_spec
from composer.engine.context import (
    Context,
    ImageConfig,
    InjectedFile,
    NetworkFacts,
    Surroundings,
)
from composer.engine.detail import detail, inspect
from composer.engine.images import Images
from composer.engine.libpod import Libpod, decode, segment
from composer.engine.pod_spec import pod_spec
from composer.engine.transport import Response
from composer.errors import ComposerError, EngineError
from composer.spec.model import Port, Project, Service
from composer.state import (
    PARENTS,
    PROJECT,
    SERVICE,
    UNFINISHED,
    Capabilities,
    Container,
    OneOff,
    packed,
)

_ANYWHERE = "192.0.2.1"
"""An address that is nobody's (RFC 5737): what leads there leads out of this machine."""


_NAME_TAKEN = "creating container storage: the container name"
"""What Podman says when a container, or the file system of one, has the name already."""

_NO_SOURCE = "statfs "
"""What Podman says when the source of a bind mount is not there."""
_ELSEWHERE = (
    "the engine is on another machine: bind mounts show folders of that machine. Create it there, "
    "or use a volume, a config, or an image with the files in it"
)


class _Created(msgspec.Struct, rename="pascal"):
    id: str
    warnings: list[str] | None = None


class _Volume(msgspec.Struct, rename="pascal"):
    mountpoint: str = ""


class _Subnet(msgspec.Struct):
    gateway: str = ""


class _Network(msgspec.Struct):
    dns_enabled: bool = False
    subnets: list[_Subnet] | None = None


class Creator:
    """Creates containers on one engine. Safe in threads.

    ``warn`` is called with what a service says and Podman cannot do.
    """

    def __init__(
        self, libpod: Libpod, url: str, warn: Callable[[str], None], can: Capabilities
    ) -> None:
        self.images = Images(libpod, can.registries)
        self._libpod = libpod
        self._warn = warn
        self._can = can
        self._socket = url.removeprefix("unix://") if url.startswith("unix://") else ""
        self._ports: set[tuple[int, str]] = set()
        self._lock = threading.Lock()

    def create(
        self,
        project: Project,
        service: str,
        number: int,
        *,
        name: str,
        replaces: str | None,
        inherits: Mapping[str, str],
        oneoff: OneOff | None,
        provisional: bool,
    ) -> str:
        """Create one replica and return its id.

        One that files are copied into has its name only afterwards, so that it cannot be taken for
        whole when this process dies in between. A container that is half made is removed.
        """
        wanted = project.services[service]
        peers: dict[str, str] = {}
        context = Context(
            project=project,
            service=wanted,
            number=number,
            name=name,
            image=self._image(project, wanted),
            around=self._surroundings(project, peers),
            oneoff=oneoff,
            inherited=self._anonymous_volumes(replaces) if replaces else inherits,
            pod=None if oneoff else project.pod_of(service),
        )
        spec = container_spec(context)
        if peers:
            spec["labels"][PARENTS] = packed(peers)
        if context.files or provisional:
            spec["name"] = name + UNFINISHED
        for warning in context.warnings:
            self._warn(warning)
        what = f"create container {name}"
        answer = self._post(spec, what)
        created: _Created = decode(answer.body, _Created)
        for warning in created.warnings or ():
            self._warn(f"services.{service}: {warning}")
        identity = created.id
        if context.files:
            self._copy(identity, context.files)
        if context.files and not provisional:
            path = f"/containers/{identity}/rename"
            self._libpod.call("POST", path, {"name": name}, what=what)
        return identity

    def create_pod(self, project: Project, key: str, number: int) -> str:
        """Create one pod and return its id (POST /libpod/pods/create)."""
        warnings: list[str] = []
        around = self._surroundings(project, {})
        spec = pod_spec(project, key, number, around, warnings)
        for warning in warnings:
            self._warn(warning)
        what = f"create pod {spec['name']}"
        # A pod for a whole project may be there: podman-compose's own, or one of the user's.
        there = (409,) if project.pods[key].single else ()
        answer = self._libpod.call("POST", "/pods/create", body=spec, ok=there, what=what)
        if answer.status == 409:
            return str(spec["name"])
        created: _Created = decode(answer.body, _Created)
        return created.id

    def _image(self, project: Project, service: Service) -> ImageConfig:
        """What the container inherits: nothing when its root is a folder (``x-podman.rootfs``)."""
        if service.rootfs:
            return ImageConfig(id="", name="")
        return self.images.find(service.image or project.built_image(service.name))

    def _post(self, spec: Mapping[str, object], what: str) -> Response:
        """POST /libpod/containers/create.

        A service that died while it created a container has left its file system under its name.
        Podman refuses that name in the same words as that of a container, but knows no such
        container; DELETE finds what is left.
        """
        try:
            return self._libpod.call("POST", "/containers/create", body=spec, what=what)
        except EngineError as error:
            path = f"/containers/{segment(str(spec['name']))}"
            if not self._socket and _NO_SOURCE in error.message:
                raise EngineError(error.message, status=error.status, hint=_ELSEWHERE) from error
            if _NAME_TAKEN not in error.message or self._exists(path):
                raise
        self._libpod.call("DELETE", path, ok=(404,), what=what)
        return self._libpod.call("POST", "/containers/create", body=spec, what=what)

    def _exists(self, path: str) -> bool:
        return self._libpod.call("GET", f"{path}/exists", ok=(404,)).status != 404

    def _surroundings(self, project: Project, peers: dict[str, str]) -> Surroundings:
        """What a mapping may ask; ``peers`` gets the containers that it was told of, by service."""

        def peer(service: str) -> str:
            if service not in peers:
                peers[service] = self._peer(project, service)
            return peers[service]

        return Surroundings(
            peer=peer,
            free_port=self._free_port,
            volume_path=self._volume_path,
            network=self._network,
            host_address=self._host_address,
            release=self._can.release,
            rootless=self._can.rootless,
            local=bool(self._socket),
            socket=self._socket,
        )

    def _peer(self, project: Project, service: str) -> str:
        """The first container of a service, by number.

        One that is being replaced has the same number, but has lost its name to its replacement.
        """
        labels = [f"{PROJECT}={project.name}", f"{SERVICE}={service}"]
        found = [c for c in look.list_containers(self._libpod, {"label": labels}) if not c.oneoff]
        if not found:
            raise EngineError(f"the service {service} has no container yet", status=404)

        def rank(container: Container) -> tuple[bool, int]:
            name = project.container_name(service, container.number)
            return container.name != name, container.number

        return min(found, key=rank).id

    def _free_port(self, port: Port) -> int:
        """The first port of the range ``published`` that no container of this engine has."""
        first, _, last = (port.published or "").partition("-")
        with self._lock:
            taken = self._ports | {
                (published.host_port, published.protocol)
                for container in look.list_containers(self._libpod)
                for published in container.ports
            }
            for number in range(int(first), int(last or first) + 1):
                if (number, port.protocol) not in taken:
                    self._ports.add((number, port.protocol))
                    return number
        raise ComposerError(
            f"no port is free in {port.published}/{port.protocol}",
            hint="widen the range, or remove what uses it",
        )

    def _volume_path(self, name: str) -> str:
        path = f"/volumes/{segment(name)}/json"
        return self._libpod.get(path, kind=_Volume, what=f"volume {name}").mountpoint

    def _network(self, name: str) -> NetworkFacts:
        path = f"/networks/{segment(name)}/json"
        found: _Network = self._libpod.get(path, kind=_Network, what=f"network {name}")
        gateways = tuple(s.gateway for s in found.subnets or () if s.gateway)
        return NetworkFacts(gateways=gateways, dns=found.dns_enabled)

    def _host_address(self) -> str:
        """The address that this machine has to the outside, if the engine is on this machine."""
        if not self._socket:
            return ""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside:
            try:
                # No datagram is sent; the kernel only chooses the address to send from.
                outside.connect((_ANYWHERE, 9))
            except OSError:
                return ""
            return str(outside.getsockname()[0])

    def _anonymous_volumes(self, container: str) -> dict[str, str]:
        return detail(inspect(self._libpod, container)).anonymous_volumes

    def _copy(self, container: str, files: list[InjectedFile]) -> None:
        try:
            path = f"/containers/{container}/archive"
            self._libpod.put_archive(path, {"path": "/", "copyUIDGID": False}, archive(files))
        except BaseException:
            query = {"force": True, "v": True, "volumes": True}
            self._libpod.call("DELETE", f"/containers/{container}", query, ok=(404,))
            raise


def archive(files: list[InjectedFile]) -> bytes:
    """A tar archive of ``files`` and the folders above them.

    It ends with its end mark. Podman reads no further, and the zeros that Python fills up with
    would now and then break the pipe to the process that unpacks.
    """
    import io
    import tarfile

    buffer = io.BytesIO()
    folders: set[str] = set()
    now = int(time.time())
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for file in files:
            parts = file.path.strip("/").split("/")
            for depth in range(1, len(parts)):
                folder = tarfile.TarInfo("/".join(parts[:depth]))
                folder.type, folder.mode, folder.mtime = tarfile.DIRTYPE, 0o755, now
                if folder.name not in folders:
                    folders.add(folder.name)
                    tar.addfile(folder)
            entry = tarfile.TarInfo("/".join(parts))
            entry.size, entry.mode = len(file.content), file.mode
            entry.uid, entry.gid, entry.mtime = file.uid, file.gid, now
            tar.addfile(entry, io.BytesIO(file.content))
        end = tar.offset + 2 * tarfile.BLOCKSIZE
    return buffer.getvalue()[:end]
