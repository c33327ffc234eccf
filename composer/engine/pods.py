"""Pods of the engine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from composer.engine.base import ALREADY, GONE, whole
from composer.engine.containers import Containers
from composer.engine.libpod import segment
from composer.engine.looking import Looking
from composer.engine.passing import ENDING, ENDING_POD, insist
from composer.errors import ComposerError, EngineError

if TYPE_CHECKING:
    from composer.spec.model import Project


class Pods(Looking, Containers):
    """The methods of ``Engine`` that change pods, which look at their members and stop them."""

    def create_pod(self, project: Project, key: str, number: int) -> str:
        """See ``Engine.create_pod``."""
        return self._create().create_pod(project, key, number)

    def stop_pod(self, pod: str, *, timeout: float | None = None) -> None:
        """POST /libpod/pods/{name}/stop, which does nothing unless all containers run.

        What is left of a pod when its members have ended is its infra container.
        """
        insist(
            self._libpod,
            "POST",
            f"/pods/{segment(pod)}/stop",
            {"t": whole(timeout)},
            passing=ENDING_POD,
            ok=(*ALREADY, *GONE),
            what=f"stop pod {pod}",
        )
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
        force, what = {"force": True}, f"remove pod {pod}"
        insist(self._libpod, "DELETE", path, force, passing=ENDING, ok=GONE, what=what)

    def update_pod(self, pod: str, *, cpus: float | None = None, memory: int | None = None) -> None:
        """See ``Engine.update_pod``."""
        from composer.engine.pod_limits import update_pod

        if not self._local:
            raise ComposerError(
                f"the limits of pod {pod} can be changed only on the machine that Podman runs on",
                hint="Podman changes no limits of pods by itself. Call composer there.",
            )
        update_pod(self._libpod, pod, cpus=cpus, memory=memory)
