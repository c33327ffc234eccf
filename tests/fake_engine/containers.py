"""Containers of the fake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import IO

import msgspec

from composer import state as labels
from composer.errors import EngineError
from composer.spec.model import Project
from composer.state import Container, OneOff, image_names
from tests.fake_engine.recording import Recording


class Containers(Recording):
    """The methods of ``Engine`` that change containers, or run something in them."""

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

    def remove(
        self,
        container: str,
        *,
        force: bool = False,
        timeout: float | None = 0,
        volumes: bool = False,
    ) -> None:
        with self._call("remove", container, force=force, timeout=timeout, volumes=volumes):
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
