"""What the engine tells and changes nothing for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from composer.engine import observe as look
from composer.engine.base import Base
from composer.errors import EngineError
from composer.state import (
    Capabilities,
    Container,
    Detail,
    HealthResult,
    ImageDetail,
    MountPoint,
    PodState,
    Processes,
    State,
    Usage,
    VolumeState,
)

if TYPE_CHECKING:
    from composer.engine.api import ContainerEvent, LogLine
    from composer.engine.context import ImageConfig


class Looking(Base):
    """The methods of ``Engine`` that look."""

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

    def image_config(self, image: str) -> ImageConfig | None:
        """See ``Engine.image_config``."""
        from composer.engine.images import Images

        try:
            return Images(self._libpod, self._capabilities.get().registries).find(image)
        except EngineError as error:
            if error.status != 404:
                raise
            return None

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

    def inspect_pod(self, pod: str) -> dict[str, Any]:
        """See ``Engine.inspect_pod``."""
        from composer.engine.pod_limits import inspect_pod

        return inspect_pod(self._libpod, pod)
