"""The engine itself: each method of ``composer.engine.api.Engine`` as a call to libpod.

What needs more than a few lines lives in the module named after it, and is imported by the method
that needs it: ``ps`` shall not pay for what ``up`` uses.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import IO, TYPE_CHECKING, Any

from composer.engine import observe as look
from composer.engine.capabilities import CapabilityProbe
from composer.engine.libpod import Libpod, Query, segment
from composer.errors import ComposerError, EngineError
from composer.state import (
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
    image_names,
)

if TYPE_CHECKING:
    from composer.engine.api import ContainerEvent, LogLine, Progress
    from composer.engine.create import Creator
    from composer.engine.program import Program
    from composer.engine.transport import Transport
    from composer.spec.model import Project

_GONE = (404,)
_ALREADY = (304,)


class PodmanEngine:
    """Implements ``composer.engine.api.Engine``. Made by ``composer.engine.connect``."""

    def __init__(self, transport: Transport, program: Program) -> None:
        self._libpod = Libpod(transport)
        self._program = program
        self._local = transport.url.startswith("unix://")
        self._capabilities = CapabilityProbe(self._libpod, transport.url)
        self._warnings: dict[str, None] = {}
        self._sessions: list[str] = []
        """Exec sessions of probes."""
        self._lock = threading.Lock()
        self._creator: Creator | None = None

    @property
    def url(self) -> str:
        """Where the engine is."""
        return self._libpod.transport.url

    @property
    def warnings(self) -> list[str]:
        """What the engine could not honour so far, each once, in the order of appearance."""
        with self._lock:
            return list(self._warnings)

    def _warn(self, text: str) -> None:
        with self._lock:
            self._warnings.setdefault(text)

    # --- looking ---------------------------------------------------------------------------
    def observe(self, project: str) -> State:
        """See ``Engine.observe``: the lists, fetched in parallel."""
        return look.observe(self._libpod, project, self._capabilities.get())

    def containers(self, filters: Mapping[str, Sequence[str]] | None = None) -> list[Container]:
        """See ``Engine.containers``."""
        return look.list_containers(self._libpod, filters)

    def pods(self, filters: Mapping[str, Sequence[str]] | None = None) -> list[PodState]:
        """See ``Engine.pods``."""
        return look.list_pods(self._libpod, filters)

    def capabilities(self) -> Capabilities:
        """See ``Engine.capabilities``."""
        return self._capabilities.get()

    def info(self) -> dict[str, Any]:
        """GET /libpod/info."""
        found: dict[str, Any] = self._libpod.get("/info", kind=dict[str, Any])
        return found

    def inspect(self, container: str) -> Detail:
        """See ``Engine.inspect``."""
        from composer.engine.detail import detail, inspect

        return detail(inspect(self._libpod, container))

    def mounts(self, filters: Mapping[str, Sequence[str]]) -> dict[str, tuple[MountPoint, ...]]:
        """See ``Engine.mounts``."""
        from composer.engine.mounts import list_mounts

        return list_mounts(self._libpod, filters)

    def list_volumes(self) -> list[VolumeState]:
        """See ``Engine.list_volumes``."""
        return list(look.list_volumes(self._libpod).values())

    def image(self, identity: str) -> ImageDetail | None:
        """See ``Engine.image``."""
        from composer.engine.images import describe

        return describe(self._libpod, identity)

    def export(self, container: str, write: Callable[[bytes], object]) -> None:
        """See ``Engine.export``."""
        from composer.engine.keep import export

        export(self._libpod, container, write)

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
        """See ``Engine.logs``. Lines have their times also unasked where that costs nothing."""
        from composer.engine.detail import inspect
        from composer.engine.log_source import file_logs, follow_logs, moment, readable_file

        begin, end = moment(since, time.time()), moment(until, time.time())
        if self._local and begin is not None and end is not None and not (follow and end):
            found = inspect(self._libpod, container)
            file = readable_file(found)
            if file is not None and follow:
                from composer.engine.log_follow import follow_file

                return follow_file(self._libpod, found, file, since=begin, tail=tail, stop=stop)
            if file is not None:
                return file_logs(file, since=begin, until=end, tail=tail, stop=stop)
        return follow_logs(
            self._libpod,
            container,
            follow=follow,
            # Podman counts a duration given as `until` from now on, not back.
            since=begin.decode() if begin else since,
            until=end.decode() if end else until,
            tail=tail,
            timestamps=timestamps,
            stop=stop,
        )

    def events(
        self,
        project: str,
        stop: Callable[[], bool],
        *,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[ContainerEvent]:
        """See ``Engine.events``."""
        from composer.engine.events import container_events, time_of

        now = time.time()
        first, begin = time_of("--since", since, now) if since else (None, 0.0)
        if until and first is None:
            first, begin = time_of("--since", "0", now)
        if first is None and self._local:  # the clock of another machine may be behind
            begin = now
        end = time_of("--until", until, now)[1] if until else None
        live = end is None or end > now + 0.001  # `0s` is now, but for what is lost by rounding

        def ended() -> bool:
            return stop() or (live and end is not None and time.time() > end)

        return container_events(
            self._libpod,
            project,
            ended,
            begin=begin,
            since=first,
            end=end,
            live=live,
        )

    def processes(self, container: str) -> Processes:
        """See ``Engine.processes``."""
        from composer.engine.processes import processes

        return processes(self._libpod, container)

    def pod_processes(self, pod: str) -> Processes:
        """See ``Engine.pod_processes``."""
        from composer.engine.processes import pod_processes

        return pod_processes(self._libpod, pod)

    def usage(self, containers: Sequence[str]) -> list[Usage]:
        """See ``Engine.usage``."""
        from composer.engine.usage import usage

        return usage(self._libpod, containers)

    def wait_exit(self, container: str, stop: Callable[[], bool]) -> int | None:
        """See ``Engine.wait_exit``."""
        from composer.engine.waiting import wait_exit

        return wait_exit(self._libpod, container, stop)

    def run_healthcheck(self, container: str) -> HealthResult:
        """See ``Engine.run_healthcheck``."""
        from composer.engine.waiting import run_healthcheck

        return run_healthcheck(self._libpod, container)

    def probe(self, container: str, command: Sequence[str]) -> bool:
        """See ``Engine.probe``."""
        from composer.engine.inside import Settings, run_inside

        return run_inside(self._libpod, container, command, Settings(), self._sessions.append) == 0

    # --- changing ----------------------------------------------------------------------------
    def create_network(self, project: Project, key: str) -> None:
        """POST /libpod/networks/create."""
        from composer.engine.resource_spec import network_spec

        body = network_spec(project, key, self._warn, self._capabilities.get().release)
        self._libpod.call(
            "POST", "/networks/create", body=body, what=f"create network {body['name']}"
        )

    def remove_network(self, name: str) -> None:
        """DELETE /libpod/networks/{name}."""
        path = f"/networks/{segment(name)}"
        self._libpod.call("DELETE", path, ok=_GONE, what=f"remove network {name}")

    def disconnect(self, network: str, container: str) -> None:
        """POST /libpod/networks/{name}/disconnect."""
        self._libpod.call(
            "POST",
            f"/networks/{segment(network)}/disconnect",
            body={"Container": container, "Force": True},
            ok=_GONE,
            what=f"disconnect {container} from network {network}",
        )

    def create_volume(self, project: Project, key: str) -> None:
        """POST /libpod/volumes/create."""
        from composer.engine.resource_spec import volume_spec

        body = volume_spec(project, key)
        self._libpod.call(
            "POST", "/volumes/create", body=body, what=f"create volume {body['Name']}"
        )

    def remove_volume(self, name: str) -> None:
        """DELETE /libpod/volumes/{name}."""
        path = f"/volumes/{segment(name)}"
        self._libpod.call("DELETE", path, ok=_GONE, what=f"remove volume {name}")

    def pull(
        self,
        image: str,
        *,
        platform: str | None = None,
        newer: bool = False,
        progress: Progress | None = None,
    ) -> str:
        """See ``Engine.pull``."""
        from composer.engine.images import pull
        from composer.engine.pulled import note

        registries = self._capabilities.get().registries
        identity = pull(self._libpod, image, platform, progress, newer=newer, registries=registries)
        if not newer:
            # Whether the registry was asked at all does not show.
            note(self.url, image)
        self._images_changed()
        return identity

    def pulled(self, image: str) -> float:
        """See ``Engine.pulled``."""
        from composer.engine.pulled import noted

        return noted(self.url, image)

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
        """See ``Engine.build``."""
        from composer.engine.build import build_image

        identity = build_image(
            self._program,
            project,
            service,
            image=image,
            pull=pull,
            no_cache=no_cache,
            args=args,
            memory=memory,
            progress=progress,
            warn=self._warn,
        )
        self._images_changed()
        return identity

    def pinned(self, image: str) -> str | None:
        """See ``Engine.pinned``."""
        from composer.engine.digests import pinned

        return pinned(self._libpod, image, self._capabilities.get().registries)

    def remove_image(self, image: str) -> None:
        """DELETE /libpod/images/{name}, the first of the names that ``image`` may mean."""
        for name in image_names(image, self._capabilities.get().registries):
            path = f"/images/{segment(name)}"
            answer = self._libpod.call("DELETE", path, ok=_GONE, what=f"remove image {image}")
            if answer.status != 404:
                break
        self._images_changed()

    def push(self, image: str, *, progress: Progress | None = None) -> None:
        """See ``Engine.push``."""
        from composer.engine.push import push

        push(self._libpod, image, progress, self._capabilities.get().registries)

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
        """See ``Engine.commit``."""
        from composer.engine.keep import commit

        return commit(
            self._libpod,
            container,
            reference,
            author=author,
            message=message,
            changes=changes,
            pause=pause,
        )

    def create_pod(self, project: Project, key: str, number: int) -> str:
        """See ``Engine.create_pod``."""
        return self._create().create_pod(project, key, number)

    def start_pod(self, pod: str) -> None:
        """POST /libpod/pods/{name}/start."""
        self._act_on_pod(pod, "start")

    def stop_pod(self, pod: str, *, timeout: float | None = None) -> None:
        """POST /libpod/pods/{name}/stop, which does nothing unless all containers run.

        What is left of a pod when its members have ended is its infra container.
        """
        self._act_on_pod(pod, "stop", {"t": _whole(timeout)})
        with contextlib.suppress(EngineError):
            infra = self.inspect_pod(pod).get("InfraContainerID")
            if infra:
                self.stop(infra, timeout=timeout)

    def remove_pod(self, pod: str) -> None:
        """DELETE /libpod/pods/{name}.

        Its members are killed first: Podman would give each its own time to stop, one after the
        other.
        """
        self._libpod.call(
            "POST", f"/pods/{segment(pod)}/kill", ok=(404, 409, 500), what=f"kill pod {pod}"
        )
        path = f"/pods/{segment(pod)}"
        self._libpod.call("DELETE", path, {"force": True}, ok=_GONE, what=f"remove pod {pod}")

    def update_pod(self, pod: str, *, cpus: float | None = None, memory: int | None = None) -> None:
        """See ``Engine.update_pod``."""
        from composer.engine.pod_limits import update_pod

        if not self._local:
            raise ComposerError(
                f"the limits of pod {pod} can be changed only on the machine that Podman runs on",
                hint="Podman changes no limits of pods by itself. Call composer there.",
            )
        update_pod(self._libpod, pod, cpus=cpus, memory=memory)

    def inspect_pod(self, pod: str) -> dict[str, Any]:
        """See ``Engine.inspect_pod``."""
        from composer.engine.pod_limits import inspect_pod

        return inspect_pod(self._libpod, pod)

    def _act_on_pod(
        self, pod: str, verb: str, query: Mapping[str, str | int | None] | None = None
    ) -> None:
        path = f"/pods/{segment(pod)}/{verb}"
        self._libpod.call("POST", path, query, ok=(*_ALREADY, *_GONE), what=f"{verb} pod {pod}")

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
        """See ``Engine.create_container``."""
        return self._create().create(
            project,
            service,
            number,
            name=name,
            replaces=None if renew_anonymous_volumes else replaces,
            inherits={} if renew_anonymous_volumes else inherits or {},
            oneoff=oneoff,
            provisional=provisional,
        )

    def _create(self) -> Creator:
        from composer.engine.create import Creator

        with self._lock:
            if self._creator is None:
                can = self._capabilities.get()
                self._creator = Creator(self._libpod, self.url, self._warn, can)
            return self._creator

    def _images_changed(self) -> None:
        with self._lock:
            if self._creator is not None:
                self._creator.images.forget()

    def rename(self, container: str, name: str) -> None:
        """POST /libpod/containers/{name}/rename."""
        self._act(container, "rename", {"name": name})

    def init(self, container: str) -> None:
        """POST /libpod/containers/{name}/init."""
        self._act(container, "init")

    def start(self, container: str) -> None:
        """POST /libpod/containers/{name}/start. A running container is left as it is."""
        self._act(container, "start")

    def stop(self, container: str, *, timeout: float | None = None) -> None:
        """POST /libpod/containers/{name}/stop."""
        self._act(container, "stop", {"timeout": _whole(timeout)})

    def pause(self, container: str) -> None:
        """POST /libpod/containers/{name}/pause."""
        self._act(container, "pause")

    def unpause(self, container: str) -> None:
        """POST /libpod/containers/{name}/unpause."""
        self._act(container, "unpause")

    def kill(self, container: str, signal: str = "SIGKILL") -> None:
        """POST /libpod/containers/{name}/kill."""
        self._act(container, "kill", {"signal": signal})

    def restart(self, container: str, *, timeout: float | None = None) -> None:
        """POST /libpod/containers/{name}/restart.

        Podman 4.3 takes a missing timeout for 0 and kills at once, so that the container's own is
        said; it calls the parameter ``timeout``, its documentation ``t``.
        """
        from composer.engine.detail import inspect

        if timeout is None:
            timeout = inspect(self._libpod, container).config.stop_timeout
        self._act(container, "restart", {"t": _whole(timeout), "timeout": _whole(timeout)})

    def remove(self, container: str, *, force: bool = False, volumes: bool = False) -> None:
        """DELETE /libpod/containers/{name}.

        Podman 4.3 calls the parameter ``volumes``, its documentation ``v``.
        """
        query: Query = {"force": force, "v": volumes, "volumes": volumes}
        if force:
            query = {**query, "timeout": 0}
        self._libpod.call(
            "DELETE",
            f"/containers/{segment(container)}",
            query,
            ok=_GONE,
            what=f"remove {container}",
        )

    def _act(
        self, container: str, verb: str, query: Mapping[str, str | int | None] | None = None
    ) -> None:
        path = f"/containers/{segment(container)}/{verb}"
        self._libpod.call("POST", path, query, ok=_ALREADY, what=f"{verb} {container}")

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
        """See ``Engine.run_inside``."""
        from composer.engine.inside import Settings, run_inside

        settings = Settings(user, workdir, env or {}, privileged)
        began = self._sessions.append
        return run_inside(self._libpod, container, command, settings, began, output)

    def copy_in(self, container: str, files: Mapping[str, str]) -> None:
        """See ``Engine.copy_in``."""
        from composer.engine.upload import archives

        path = f"/containers/{segment(container)}/archive"
        for data in archives(files):
            self._libpod.put_archive(path, {"path": "/", "copyUIDGID": True}, data)

    def read_archive(self, container: str, path: str) -> AbstractContextManager[IO[bytes]]:
        """See ``Engine.read_archive``."""
        from composer.engine.archives import reading

        return reading(self._libpod, container, path)

    def write_archive(self, container: str, folder: str, archive: IO[bytes]) -> None:
        """See ``Engine.write_archive``."""
        from composer.engine.archives import write

        write(self._libpod, container, folder, archive)

    def kind_of_path(self, container: str, path: str) -> str:
        """See ``Engine.kind_of_path``."""
        from composer.engine.archives import kind

        return kind(self._libpod, container, path)

    # --- handed to the podman program ---------------------------------------------------------
    def podman(self, arguments: Sequence[str]) -> int:
        """See ``Engine.podman``."""
        return self._program.run(arguments)

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
        """See ``Engine.exec_command``: ``podman exec``."""
        switches = {
            "--interactive": interactive and not detach,
            "--tty": tty,
            "--detach": detach,
            "--privileged": privileged,
        }
        flags = [flag for flag, wanted in switches.items() if wanted]
        if user:
            flags += ["--user", user]
        if workdir:
            flags += ["--workdir", workdir]
        for setting in env:
            flags += ["--env", setting]
        # In the background it would print the id of the session.
        return self._program.run(["exec", *flags, container, *command], quiet=detach)

    def attach(
        self,
        container: str,
        *,
        start: bool = False,
        stdin: bool = True,
        detach_keys: str | None = None,
        forward: Callable[[int], None] | None = None,
    ) -> int:
        """See ``Engine.attach``: ``podman start --attach`` or ``podman attach``."""
        words = ["start", "--attach"] if start else ["attach"]
        if start and stdin:
            words.append("--interactive")
        if not start and not stdin:
            words.append("--no-stdin")
        if detach_keys is not None:
            words.append(f"--detach-keys={detach_keys}")
        return self._program.attach([*words, "--sig-proxy=false", container], forward)

    def close(self) -> None:
        """Close the connections, and end what probes left running."""
        if self._local and self._sessions:
            from composer.engine.monitors import end_monitors

            end_monitors(frozenset(self._sessions))
        self._libpod.transport.close()


def _whole(seconds: float | None) -> int | None:
    """Podman takes whole seconds; a fraction is rounded up, so that nothing is killed early."""
    return None if seconds is None else max(0, int(-(-seconds // 1)))
