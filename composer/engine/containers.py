"""The engine's containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import IO, TYPE_CHECKING

from composer.engine.base import ALREADY, GONE, Base, whole
from composer.engine.libpod import Query, segment
from composer.engine.passing import ENDING, NEVER, STARTING, Passing, insist
from composer.errors import EngineError
from composer.state import OneOff

if TYPE_CHECKING:
    from composer.spec.model import Project

_NOT_RUNNING = "can only kill running containers"


class Containers(Base):
    """The methods of ``Engine`` that change containers."""

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

    def rename(self, container: str, name: str) -> None:
        """POST /libpod/containers/{name}/rename."""
        self._act(container, "rename", {"name": name})

    def init(self, container: str) -> None:
        """POST /libpod/containers/{name}/init."""
        with self._begins(container):
            self._act(container, "init", passing=STARTING)
        self._bridges.attend()

    def start(self, container: str) -> None:
        """POST /libpod/containers/{name}/start. A running container is left as it is."""
        with self._begins(container):
            self._act(container, "start", passing=STARTING)
        self._bridges.attend()

    def stop(self, container: str, *, timeout: float | None = None) -> None:
        """POST /libpod/containers/{name}/stop."""
        self._act(container, "stop", {"timeout": whole(timeout)}, passing=ENDING)

    def pause(self, container: str) -> None:
        """POST /libpod/containers/{name}/pause."""
        self._act(container, "pause")

    def unpause(self, container: str) -> None:
        """POST /libpod/containers/{name}/unpause."""
        self._act(container, "unpause")

    def kill(self, container: str, signal: str = "SIGKILL") -> None:
        """POST /libpod/containers/{name}/kill. One that has just ended is left as it is."""
        try:
            self._act(container, "kill", {"signal": signal})
        except EngineError as error:
            if _NOT_RUNNING not in error.message:
                raise

    def restart(self, container: str, *, timeout: float | None = None) -> None:
        """POST /libpod/containers/{name}/restart.

        Podman 4.3 takes a missing timeout for 0 and kills at once, so that the container's own is
        said; it calls the parameter ``timeout``, its documentation ``t``.
        """
        from composer.engine.detail import inspect

        if timeout is None:
            timeout = inspect(self._libpod, container).config.stop_timeout
        seconds = whole(timeout)
        with self._begins(container):
            self._act(container, "restart", {"t": seconds, "timeout": seconds}, passing=ENDING)
        self._bridges.attend()

    def remove(
        self,
        container: str,
        *,
        force: bool = False,
        timeout: float | None = 0,
        volumes: bool = False,
    ) -> None:
        """DELETE /libpod/containers/{name}.

        Podman 4.3 calls the parameter ``volumes``, its documentation ``v``.
        """
        query: Query = {"force": force, "v": volumes, "volumes": volumes}
        if force:
            query = {**query, "timeout": whole(timeout)}
        path = f"/containers/{segment(container)}"
        what = f"remove {container}"
        insist(self._libpod, "DELETE", path, query, passing=ENDING, ok=GONE, what=what)

    @contextmanager
    def _begins(self, container: str) -> Iterator[None]:
        """Note what does not start: Podman may leave it with its name server."""
        try:
            yield
        except EngineError:
            if self._local and self._capabilities.get().rootless:
                from composer.engine.name_entries import concerned

                self._unstarted.update(concerned(self._libpod, container))
            raise

    def _act(
        self,
        container: str,
        verb: str,
        query: Query | None = None,
        *,
        passing: Passing = NEVER,
    ) -> None:
        path = f"/containers/{segment(container)}/{verb}"
        what = f"{verb} {container}"
        insist(self._libpod, "POST", path, query, passing=passing, ok=ALREADY, what=what)

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
