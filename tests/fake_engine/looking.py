"""What the fake tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from composer.engine.api import ContainerEvent, LogLine
from composer.engine.context import ImageConfig
from composer.errors import EngineError
from composer.state import (
    Container,
    Detail,
    HealthResult,
    ImageDetail,
    MountPoint,
    PodMember,
    PodState,
    Processes,
    State,
    Usage,
    VolumeState,
    image_names,
)
from tests.fake_engine.recording import Recording


class Looking(Recording):
    """The methods of ``Engine`` that change nothing."""

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

    def info(self) -> dict[str, Any]:
        return {"version": {"Version": self._capabilities.version}}

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

    def image_config(self, image: str) -> ImageConfig | None:
        found = next((name for name in image_names(image) if name in self.images), None)
        return ImageConfig(id=self.images[found].id, name=found) if found else None

    def secrets(self) -> list[str]:
        return list(self.secret_texts)

    def export(self, container: str, write: Callable[[bytes], object]) -> None:
        write(f"files of {self._find(container).name}".encode())

    def inspect_pod(self, pod: str) -> dict[str, Any]:
        return {"Id": self._pod(pod).id, "Name": self._pod(pod).name}


def _has_label(container: Container | PodState, text: str) -> bool:
    key, equals, value = text.partition("=")
    return key in container.labels and (not equals or container.labels[key] == value)
