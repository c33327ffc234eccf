"""Pods of the fake."""

from __future__ import annotations

import msgspec

from composer import state as labels
from composer.errors import EngineError
from composer.spec.model import Project
from composer.state import PodState
from tests.fake_engine.recording import Recording


class Pods(Recording):
    """The methods of ``Engine`` that change pods."""

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
