"""A recording fake of the engine: state in memory, safe in threads, and failing when told to.

Tests of the planner's callers and of the scheduler use it in place of Podman. Every call that
changes something is recorded in ``calls`` as ``(method, subject)``, in the order in which it ended.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import IO, Any

import msgspec

from composer import state as labels
from composer.engine.api import ContainerEvent, LogLine, Progress
from composer.errors import EngineError
from composer.spec.model import Project
from composer.state import (
    Capabilities,
    Container,
    Detail,
    HealthResult,
    ImageDetail,
    ImageState,
    MountPoint,
    NetworkState,
    OneOff,
    PodMember,
    PodState,
    Processes,
    State,
    Usage,
    VolumeState,
    image_names,
)


@dataclass
class Behaviour:
    """What containers of one service (or one container, by name) do once they run."""

    healthy_after: int | None = None
    """Number of health checks until one passes; None: it has no health check."""
    interval: int = 1_000_000_000
    """Nanoseconds between two checks."""
    unhealthy_after: int | None = None
    """Number of failed checks after which it counts as unhealthy; None: it stays ``starting``."""
    exits_with: int | None = None
    """It exits with this code: at once, or after ``exits_after`` looks at it."""
    exits_after: int = 0
    logs: list[bytes] = field(default_factory=list)


class FakeEngine:
    """Implements ``composer.engine.api.Engine`` without a Podman."""

    def __init__(
        self, *, images: Sequence[str] = (), capabilities: Capabilities | None = None
    ) -> None:
        self.calls: list[tuple[str, str]] = []
        """(method, subject) of each changing call that succeeded, in order of completion."""
        self.attempts: list[tuple[str, str]] = []
        """The same of each changing call when it began, also of those that failed."""
        self.running_now = 0
        self.most_at_once = 0
        """How many changing calls were under way at the same time, at most."""
        self.containers_by_id: dict[str, Container] = {}
        self.pods_by_id: dict[str, PodState] = {}
        """Their containers are told by ``pods`` and ``observe``."""
        self.networks: dict[str, NetworkState] = {}
        self.volumes: dict[str, VolumeState] = {}
        self.images: dict[str, ImageState] = {}
        self.behaviours: dict[str, Behaviour] = {}
        """By service or by container name (the latter wins)."""
        self.failures: dict[tuple[str, str], EngineError] = {}
        """Errors by (method, subject); the subject ``*`` stands for any."""
        self.on_call: Callable[[str, str], None] | None = None
        """Called at the begin of each changing call, outside of the lock: tests block here."""
        self.arguments: dict[tuple[str, str], dict[str, object]] = {}
        """Keyword arguments of the last call by (method, subject)."""
        self.digests: dict[str, str] = {}
        """The digest of an image by full name."""
        self.exec_results: dict[str, int] = {}
        """Exit code of ``exec_command`` by container (0 when it is not here)."""
        self.probes = 0
        """How often ``probe`` was called."""
        self.probe_results: dict[str, list[bool]] = {}
        """Results of ``probe`` by container name, used up from the front; the last one stays."""
        self.warnings: list[str] = []
        self._capabilities = capabilities or Capabilities(version="5.4.2")
        self._checks: dict[str, int] = {}
        self._looks: dict[str, int] = {}
        self._health: dict[str, str] = {}
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._clock = 1_700_000_000.0
        self._next = 0
        for image in images:
            self.add_image(image)

    # --- what tests set up -----------------------------------------------------------------
    def add_image(self, reference: str) -> str:
        """Put a local image there, under the likeliest full name; its id."""
        name = image_names(reference)[0]
        image = ImageState(id=self._new_id(), names=(name,))
        self.images[name] = self.images[image.id] = image
        return image.id

    def add_container(self, container: Container) -> None:
        """Put a container there as if it had been made before."""
        with self._changed:
            self.containers_by_id[container.id] = container

    def fail(self, method: str, subject: str = "*", error: EngineError | None = None) -> None:
        """Let ``method`` on ``subject`` raise ``error``."""
        self.failures[method, subject] = error or EngineError(
            f"{method} {subject}: refused by the test", status=500
        )

    def exit(self, container: str, code: int) -> None:
        """Let a running container end by itself."""
        with self._changed:
            found = self._find(container)
            self._put(found, status="exited", exit_code=code, exited=self._tick())

    def subjects(self, method: str) -> list[str]:
        """The subjects of all successful calls of ``method``, in order of completion."""
        with self._lock:
            return [subject for name, subject in self.calls if name == method]

    # --- looking ---------------------------------------------------------------------------
    def observe(self, project: str) -> State:
        with self._lock:
            mine = [c for c in self.containers_by_id.values() if c.project == project]
            return State(
                project=project,
                containers=tuple(sorted(mine, key=lambda c: (c.service, c.number, c.name))),
                pods=tuple(p for p in self.pods() if p.project == project),
                networks=dict(self.networks),
                volumes=dict(self.volumes),
                images=dict(self.images),
                capabilities=self._capabilities,
            )

    def containers(self, filters: Mapping[str, Sequence[str]] | None = None) -> list[Container]:
        wanted = list((filters or {}).get("label", ()))
        with self._lock:
            return [
                container
                for container in self.containers_by_id.values()
                if all(_has_label(container, text) for text in wanted)
            ]

    def pods(self, filters: Mapping[str, Sequence[str]] | None = None) -> list[PodState]:
        wanted = list((filters or {}).get("label", ()))
        with self._lock:
            return [
                msgspec.structs.replace(
                    pod,
                    containers=tuple(
                        PodMember(c.id, c.name, c.status)
                        for c in self.containers_by_id.values()
                        if c.pod == pod.id
                    ),
                )
                for pod in self.pods_by_id.values()
                if all(_has_label(pod, text) for text in wanted)
            ]

    @property
    def url(self) -> str:
        return "unix:///fake.sock"

    def info(self) -> dict[str, Any]:
        return {"version": {"Version": self._capabilities.version}}

    def capabilities(self) -> Capabilities:
        return self._capabilities

    def inspect(self, container: str) -> Detail:
        with self._changed:
            found = self._find(container)
            self._age(found)
            found = self._find(container)
            behaviour = self._behaviour(found)
            return Detail(
                id=found.id,
                name=found.name,
                status=found.status,
                exit_code=found.exit_code,
                has_healthcheck=behaviour.healthy_after is not None,
                health=self._health.get(found.id, "starting")
                if behaviour.healthy_after is not None
                else "",
                health_config={
                    "Test": ["CMD", "true"],
                    "Interval": behaviour.interval,
                    "Retries": 3,
                }
                if behaviour.healthy_after is not None
                else {},
                started=found.started,
            )

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
        with self._lock:
            found = self._find(container)
            lines = [LogLine(stream="stdout", text=text) for text in self._behaviour(found).logs]
        chosen = lines if tail is None else lines[len(lines) - min(tail, len(lines)) :]
        if chosen:
            yield chosen
        while follow and not (stop is not None and stop()):
            with self._changed:
                if not self.containers_by_id.get(found.id, found).running:
                    return
                self._changed.wait(0.02)

    def events(
        self,
        project: str,
        stop: Callable[[], bool],
        *,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[ContainerEvent]:
        seen = {c.id: c.status for c in self.containers()}
        while not stop():
            with self._changed:
                self._changed.wait(0.02)
                now = [c for c in self.containers_by_id.values() if c.project == project]
            for container in now:
                if seen.get(container.id) == container.status:
                    continue
                seen[container.id] = container.status
                action = {"running": "start", "exited": "died"}.get(container.status)
                if action:
                    yield ContainerEvent(
                        action=action,
                        id=container.id,
                        name=container.name,
                        labels=container.labels,
                        time=self._clock,
                        exit_code=container.exit_code if action == "died" else None,
                    )

    def processes(self, container: str) -> Processes:
        return Processes(("PID", "CMD"), (("1", " ".join(self._find(container).command)),))

    def pod_processes(self, pod: str) -> Processes:
        return Processes(("PID", "CMD"), (("1", self._pod(pod).name),))

    def usage(self, containers: Sequence[str]) -> list[Usage]:
        found = (self._find(container) for container in containers)
        return [Usage(id=one.id, name=one.name) for one in found]

    def wait_exit(self, container: str, stop: Callable[[], bool]) -> int | None:
        while not stop():
            with self._changed:
                found = self._find(container)
                self._age(found)
                found = self._find(container)
                if not found.running:
                    return found.exit_code
                self._changed.wait(0.02)
        return None

    def run_healthcheck(self, container: str) -> HealthResult:
        with self._changed:
            found = self._find(container)
            behaviour = self._behaviour(found)
            if behaviour.healthy_after is None:
                raise EngineError(f"container {found.name} has no healthcheck", status=409)
            count = self._checks[found.id] = self._checks.get(found.id, 0) + 1
            passed = count >= max(1, behaviour.healthy_after)
            limit = behaviour.unhealthy_after
            given_up = limit is not None and count >= limit
            status = "healthy" if passed else "unhealthy" if given_up else "starting"
            self._health[found.id] = status
            return HealthResult(status=status, passed=passed, output="" if passed else "not yet")

    def probe(self, container: str, command: Sequence[str]) -> bool:
        with self._changed:
            self.probes += 1
            found = self._find(container)
            queue = self.probe_results.get(found.name)
            if queue:
                return queue.pop(0) if len(queue) > 1 else queue[0]
            behaviour = self._behaviour(found)
            if behaviour.healthy_after is None:
                return True
            count = self._checks[found.id] = self._checks.get(found.id, 0) + 1
            return count >= behaviour.healthy_after

    # --- changing ----------------------------------------------------------------------------
    def create_network(self, project: Project, key: str) -> None:
        network = project.networks[key]
        with self._call("create_network", network.name):
            self.networks[network.name] = NetworkState(
                id=self._new_id(),
                name=network.name,
                internal=network.internal,
                labels={labels.PROJECT: project.name, labels.NETWORK: key},
            )

    def remove_network(self, name: str) -> None:
        with self._call("remove_network", name):
            self.networks.pop(name, None)

    def disconnect(self, network: str, container: str) -> None:
        with self._call("disconnect", container, network=network):
            found = self._find(container)
            self._put(found, networks=tuple(n for n in found.networks if n != network))

    def create_volume(self, project: Project, key: str) -> None:
        volume = project.volumes[key]
        with self._call("create_volume", volume.name):
            self.volumes[volume.name] = VolumeState(
                name=volume.name, labels={labels.PROJECT: project.name, labels.VOLUME: key}
            )

    def remove_volume(self, name: str) -> None:
        with self._call("remove_volume", name):
            self.volumes.pop(name, None)

    def mounts(self, filters: Mapping[str, Sequence[str]]) -> dict[str, tuple[MountPoint, ...]]:
        return {
            c.id: tuple(
                MountPoint(name=f"volume at {t}", target=t, driver="local") for t in c.mounts
            )
            for c in self.containers(filters)
        }

    def list_volumes(self) -> list[VolumeState]:
        return list(self.volumes.values())

    def image(self, identity: str) -> ImageDetail | None:
        found = self.images.get(identity)
        if found is None:
            return None
        return ImageDetail(id=found.id, size=found.size, platform="linux/amd64")

    def export(self, container: str, write: Callable[[bytes], object]) -> None:
        write(f"files of {self._find(container).name}".encode())

    def pinned(self, image: str) -> str | None:
        with self._lock:
            names = [name for name in image_names(image) if name in self.images]
            found = next((name for name in names if name in self.digests), None)
            return f"{found}@{self.digests[found]}" if found else None

    def pull(
        self,
        image: str,
        *,
        platform: str | None = None,
        newer: bool = False,
        progress: Progress | None = None,
    ) -> str:
        with self._call("pull", image, platform=platform, newer=newer):
            if progress is not None:
                progress(f"pulling {image}")
            return self.add_image(image)

    def pulled(self, image: str) -> float:
        return 0.0

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
    ) -> str:
        said = {"image": image, "pull": pull, "no_cache": no_cache, "args": args, "memory": memory}
        with self._call("build", service, **said):
            if progress is not None:
                progress(f"building {image}")
            return self.add_image(f"localhost/{image}" if "/" not in image else image)

    def remove_image(self, image: str) -> None:
        with self._call("remove_image", image):
            for name in image_names(image):
                self.images.pop(name, None)

    def push(self, image: str, *, progress: Progress | None = None) -> None:
        with self._call("push", image):
            pass

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
        with self._call("commit", self._find(container).name, reference=reference, pause=pause):
            return self.add_image(reference or "committed")

    def create_pod(self, project: Project, key: str, number: int) -> str:
        pod, name = project.pods[key], project.pod_name(key, number)
        with self._call("create_pod", name):
            if any(p.name == name for p in self.pods_by_id.values()):
                raise EngineError(f"name {name} is in use: pod already exists", status=409)
            made = PodState(
                id=self._new_id(),
                name=name,
                labels={
                    labels.PROJECT: project.name,
                    labels.POD: key,
                    labels.NUMBER: str(number),
                    labels.CONFIG_HASH: pod.config_hash,
                },
                networks=tuple(project.networks[n].name for n in pod.networks),
                infra=self._new_id() if pod.infra else "",
                infra_status="created" if pod.infra else "",
            )
            self.pods_by_id[made.id] = made
            return made.id

    def stop_pod(self, pod: str, *, timeout: float | None = None) -> None:
        found = self._pod(pod)
        with self._call("stop_pod", found.name, timeout=timeout):
            stopped = msgspec.structs.replace(found, status="exited", infra_status="exited")
            self.pods_by_id[found.id] = stopped
            for container in list(self.containers_by_id.values()):
                if container.pod == found.id:
                    self._put(container, status="exited")

    def remove_pod(self, pod: str) -> None:
        found = self._pod(pod)
        with self._call("remove_pod", found.name):
            self.pods_by_id.pop(found.id, None)
            for container in list(self.containers_by_id.values()):
                if container.pod == found.id:
                    del self.containers_by_id[container.id]

    def update_pod(self, pod: str, *, cpus: float | None = None, memory: int | None = None) -> None:
        with self._call("update_pod", self._pod(pod).name, cpus=cpus, memory=memory):
            pass

    def inspect_pod(self, pod: str) -> dict[str, Any]:
        return {"Id": self._pod(pod).id, "Name": self._pod(pod).name}

    def _pod(self, pod: str) -> PodState:
        with self._lock:
            for found in self.pods_by_id.values():
                if pod in (found.id, found.name):
                    return found
        raise EngineError(f"no pod with name or ID {pod}", status=404)

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
        name += labels.UNFINISHED if provisional else ""
        settings = {
            "number": number,
            "replaces": replaces,
            "inherits": dict(inherits or {}),
            "renew_anonymous_volumes": renew_anonymous_volumes,
            "oneoff": oneoff,
        }
        with self._call("create_container", name, **settings):
            if any(c.name == name for c in self.containers_by_id.values()):
                raise EngineError(f"the container name {name} is already in use", status=500)
            wanted = project.services[service]
            pod = None if oneoff else project.pod_of(service)
            home = self._pod(project.pod_name(pod.key, number)) if pod else None
            image = next(
                (self.images[n] for n in image_names(wanted.image or "") if n in self.images), None
            )
            container = Container(
                id=self._new_id(),
                name=name,
                image=wanted.image or f"{project.name}-{service}",
                image_id=image.id if image else "",
                created=self._tick(),
                labels={
                    labels.PROJECT: project.name,
                    labels.SERVICE: service,
                    labels.NUMBER: str(number),
                    labels.CONFIG_HASH: wanted.config_hash,
                    labels.ONEOFF: str(oneoff is not None),
                    **wanted.labels,
                },
                networks=tuple(project.networks[k].name for k in wanted.networks),
                pod=home.id if home else "",
                pod_name=home.name if home else "",
            )
            self.containers_by_id[container.id] = container
            return container.id

    def rename(self, container: str, name: str) -> None:
        with self._call("rename", container, name=name):
            self._put(self._find(container), name=name)

    def init(self, container: str) -> None:
        with self._call("init", container):
            self._put(self._find(container), status="initialized")

    def start(self, container: str) -> None:
        with self._call("start", container):
            found = self._find(container)
            self._looks.pop(found.id, None)
            self._put(found, status="running", started=self._tick())
            home = self.pods_by_id.get(found.pod)
            if home is not None and home.infra:
                running = msgspec.structs.replace(home, status="running", infra_status="running")
                self.pods_by_id[home.id] = running
            self._age(self._find(container), look=False)

    def stop(self, container: str, *, timeout: float | None = None) -> None:
        with self._call("stop", container, timeout=timeout):
            found = self._find(container)
            if found.running:
                self._put(found, status="exited", exited=self._tick())

    def pause(self, container: str) -> None:
        found = self._find(container)
        with self._call("pause", found.name):
            self._put(found, status="paused")

    def unpause(self, container: str) -> None:
        with self._call("unpause", container):
            self._put(self._find(container), status="running")

    def kill(self, container: str, signal: str = "SIGKILL") -> None:
        with self._call("kill", container, signal=signal):
            found = self._find(container)
            if found.running:
                self._put(found, status="exited", exit_code=137, exited=self._tick())

    def restart(self, container: str, *, timeout: float | None = None) -> None:
        with self._call("restart", container, timeout=timeout):
            self._put(self._find(container), status="running", started=self._tick())

    def remove(self, container: str, *, force: bool = False, volumes: bool = False) -> None:
        with self._call("remove", container, force=force, volumes=volumes):
            try:
                found = self._find(container)
            except EngineError:
                return
            if found.running and not force:
                raise EngineError(f"container {found.name} is running", status=409)
            del self.containers_by_id[found.id]

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
        settings = {
            "command": tuple(command),
            "user": user,
            "workdir": workdir,
            "env": dict(env or {}),
            "privileged": privileged,
        }
        with self._call("run_inside", container, **settings):
            found = self._find(container)
            if not found.running:
                raise EngineError(f"container {found.name} is not running", status=409)
            if output is not None:
                output(b"said by " + " ".join(command).encode())
            return self.exec_results.get(found.name, 0)

    def read_archive(self, container: str, path: str) -> AbstractContextManager[IO[bytes]]:
        raise EngineError(f"{path} does not exist in {self._find(container).name}", status=404)

    def write_archive(self, container: str, folder: str, archive: IO[bytes]) -> None:
        with self._call("write_archive", self._find(container).name, folder=folder):
            archive.read()

    def kind_of_path(self, container: str, path: str) -> str:
        return "folder" if path == "/" else ""

    def attach(
        self,
        container: str,
        *,
        start: bool = False,
        stdin: bool = True,
        detach_keys: str | None = None,
        forward: Callable[[int], None] | None = None,
    ) -> int:
        arguments = {"start": start, "stdin": stdin, "detach_keys": detach_keys}
        with self._call("attach", container, **arguments):
            return 0

    def copy_in(self, container: str, files: Mapping[str, str]) -> None:
        with self._call("copy_in", container, files=dict(files)):
            pass

    def podman(self, arguments: Sequence[str]) -> int:
        self.calls.append(("podman", " ".join(arguments)))
        return 0

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
        settings = {"command": tuple(command), "tty": tty, "user": user, "env": tuple(env)}
        with self._call("exec_command", container, **settings):
            return self.exec_results.get(container, 0)

    def close(self) -> None:
        pass

    # --- inside ------------------------------------------------------------------------------
    def _call(self, method: str, subject: str, **arguments: object) -> _Call:
        return _Call(self, method, subject, arguments)

    def _behaviour(self, container: Container) -> Behaviour:
        return (
            self.behaviours.get(container.name)
            or self.behaviours.get(container.service)
            or Behaviour()
        )

    def _age(self, container: Container, *, look: bool = True) -> None:
        """Let a running container end when its behaviour says so."""
        behaviour = self._behaviour(container)
        if behaviour.exits_with is None or not container.running:
            return
        looks = self._looks[container.id] = self._looks.get(container.id, 0) + look
        if looks >= behaviour.exits_after:
            code = behaviour.exits_with
            self._put(container, status="exited", exit_code=code, exited=self._tick())

    def _find(self, container: str) -> Container:
        for found in self.containers_by_id.values():
            if container in (found.id, found.name):
                return found
        raise EngineError(f"no such container: {container}", status=404)

    def _put(self, container: Container, **changes: object) -> None:
        self.containers_by_id[container.id] = msgspec.structs.replace(container, **changes)
        self._changed.notify_all()

    def _new_id(self) -> str:
        self._next += 1
        return f"{self._next:064x}"

    def _tick(self) -> float:
        self._clock += 1.0
        return self._clock


class _Call:
    """One changing call: records it, counts how many run at once, fails it when told to."""

    def __init__(
        self, engine: FakeEngine, method: str, subject: str, arguments: dict[str, object]
    ) -> None:
        self._engine, self._key, self._arguments = engine, (method, subject), arguments

    def __enter__(self) -> None:
        engine, (method, subject) = self._engine, self._key
        with engine._lock:
            engine.attempts.append(self._key)
            engine.arguments[self._key] = self._arguments
            engine.running_now += 1
            engine.most_at_once = max(engine.most_at_once, engine.running_now)
        try:
            if engine.on_call is not None:
                engine.on_call(method, subject)
            failure = engine.failures.get(self._key) or engine.failures.get((method, "*"))
            if failure is not None:
                raise failure
        except BaseException:
            with engine._lock:
                engine.running_now -= 1
            raise
        engine._lock.acquire()

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        engine = self._engine
        engine.running_now -= 1
        if kind is None:
            engine.calls.append(self._key)
        engine._changed.notify_all()
        engine._lock.release()


def _has_label(container: Container | PodState, text: str) -> bool:
    key, equals, value = text.partition("=")
    return key in container.labels and (not equals or container.labels[key] == value)
