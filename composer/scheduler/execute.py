"""What each operation does: one call of the engine, or one wait."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from composer.engine.api import Engine, Progress, Unit
from composer.errors import ComposerError, EngineError, OperationsFailed
from composer.plan import operations as op
from composer.scheduler.conditions import Waiter, died
from composer.scheduler.events import EventSink, Finished, Progressed, Started, Warned
from composer.scheduler.hooks import Hooks
from composer.spec.model import Project
from composer.state import PROJECT

GONE = 404
CONFLICT = 409
_ID = re.compile("[0-9a-f]{64}")
_SHORT = 12
"""Characters of an id in messages."""
SKIPPED = "Skipped"
"""How a step ended that may fail, and did."""
REMOVED = "Removed"
"""How a stop ended of what others have removed meanwhile."""
USED = "Still in use"
"""How a removal ended of what others use."""
SETTLE = 0.05
"""Seconds after which a container that was started counts as not having died at once, where the
machine has time for it."""
SETTLE_REPLACING = 0.3
"""The same where another is removed for it: that is the way back. Podman 5.4 takes longer than 4.3
to see the end of a container."""
_MOST_BUSY = 10.0
"""How many times longer that may take where others want the processors, too."""


class Executor:
    """Runs single operations on one engine; may be used from several threads at once."""

    def __init__(
        self,
        engine: Engine,
        project: Project,
        emit: EventSink,
        stopped: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._project = project
        self._emit = emit
        self._stopped = stopped
        self._clock = clock
        self._waiter = Waiter(engine, stopped, clock=clock)
        self._hooks = Hooks(engine, project, emit, stopped)
        self.provided: dict[str, dict[str, str]] = {}
        """The variables that providers have set, by service."""
        self._last_start = clock()

    def run(self, operation: op.Operation) -> str | None:
        """Run ``operation``. Raises ``ComposerError`` if it fails, ``Interrupted`` if stopped.

        Returns the word for how it ended, None for the usual one.
        """
        try:
            return _ACTIONS[type(operation)](self, operation)
        except EngineError as error:
            error.message = _named(error.message, operation)
            raise

    def close(self) -> None:
        """Return when nothing of this executor is under way any more."""
        self._waiter.close()

    def _create_network(self, o: op.CreateNetwork) -> None:
        self._engine.create_network(self._project, o.key)

    def _remove_network(self, o: op.RemoveNetwork) -> str | None:
        return self._unless_used("network", o.name, self._engine.remove_network)

    def _disconnect(self, o: op.DisconnectNetwork) -> None:
        self._engine.disconnect(o.network, o.container)

    def _create_volume(self, o: op.CreateVolume) -> None:
        self._engine.create_volume(self._project, o.key, o.name)

    def _remove_volume(self, o: op.RemoveVolume) -> str | None:
        return self._unless_used("volume", o.name, self._engine.remove_volume)

    def _progress(self, o: op.PullImage | op.BuildImage | op.PushImage) -> Progress | None:
        def tell(text: str, *, current: int = 0, total: int = 0, unit: Unit = "bytes") -> None:
            self._emit(Progressed(o.id, text, current, total, unit))

        return None if o.quiet else tell

    def _pull(self, o: op.PullImage) -> str | None:
        pull = partial(self._engine.pull, o.image, platform=o.platform, newer=o.newer)
        return self._may_fail(o, pull)

    def _build(self, o: op.BuildImage) -> None:
        self._engine.build(
            self._project,
            o.service,
            image=o.image,
            pull=o.pull,
            no_cache=o.no_cache,
            args=o.args,
            memory=o.memory,
            progress=self._progress(o),
            stop=self._stopped.is_set,
        )

    def _push(self, o: op.PushImage) -> str | None:
        return self._may_fail(o, partial(self._engine.push, o.image))

    def _may_fail(self, o: op.PullImage | op.PushImage, call: Callable[..., object]) -> str | None:
        """Pull or push. Where that is optional a failure is a warning."""
        try:
            call(progress=self._progress(o), stop=self._stopped.is_set)
        except EngineError as error:
            if not o.optional:
                raise
            self._emit(Warned(f"{error.message}; it goes on without"))
            return SKIPPED
        return None

    def _remove_image(self, o: op.RemoveImage) -> str | None:
        return self._unless_used("image", o.image, self._engine.remove_image)

    def _unless_used(self, kind: str, name: str, remove: Callable[[str], None]) -> str | None:
        """Remove what may be in use elsewhere, which is no failure: then it stays."""
        try:
            remove(name)
        except EngineError as error:
            if error.status != CONFLICT:
                raise
            self._emit(Warned(f"{kind} {name} stays: containers of others use it"))
            return USED
        return None

    def _create_pod(self, o: op.CreatePod) -> None:
        self._engine.create_pod(self._project, o.key, o.number)

    def _stop_pod(self, o: op.StopPod) -> None:
        self._engine.stop_pod(o.pod, timeout=o.timeout)

    def _remove_pod(self, o: op.RemovePod) -> None:
        self._engine.remove_pod(o.pod)

    def _update_pod(self, o: op.UpdatePod) -> None:
        self._engine.update_pod(o.pod, cpus=o.cpus, memory=o.memory)

    def _create_container(self, o: op.CreateContainer) -> None:
        self._engine.create_container(
            self._project,
            o.service,
            o.number,
            name=o.name,
            provisional=o.provisional,
            replaces=o.replaces,
            inherits=o.inherits,
            renew_anonymous_volumes=o.renew_anonymous_volumes,
            oneoff=o.oneoff,
        )

    def _rename(self, o: op.RenameContainer) -> None:
        self._engine.rename(o.container, o.new_name)

    def _init(self, o: op.InitContainer) -> None:
        self._engine.init(o.container)

    def _start(self, o: op.StartContainer) -> None:
        try:
            self._engine.start(o.container)
        except EngineError as error:
            if o.replaces is None:
                raise
            raise _kept(error, o.replaces) from error
        self._last_start = self._clock()

    def _stop(self, o: op.StopContainer) -> str | None:
        try:
            self._engine.stop(o.container, timeout=o.timeout)
        except EngineError as error:
            if error.status != GONE:
                raise
            return REMOVED
        return None

    def _pause(self, o: op.PauseContainer) -> None:
        self._engine.pause(o.container)

    def _unpause(self, o: op.UnpauseContainer) -> None:
        self._engine.unpause(o.container)

    def _kill(self, o: op.KillContainer) -> None:
        self._engine.kill(o.container, o.signal)

    def _restart(self, o: op.RestartContainer) -> None:
        self._engine.restart(o.container, timeout=o.timeout)

    def _remove(self, o: op.RemoveContainer) -> None:
        self._engine.remove(o.container, force=o.force, timeout=o.timeout, volumes=o.volumes)

    def _wait(self, o: op.WaitFor) -> None:
        wait, doing, done = {
            "service_healthy": (self._waiter.healthy, "Waiting", "Healthy"),
            "service_completed_successfully": (self._waiter.completed, "Waiting", "Exited"),
            "running_or_healthy": (self._waiter.running_or_healthy, "Waiting", "Healthy"),
        }[o.condition]
        begun = self._clock()
        for name in o.containers:
            self._emit(Started(f"{o.id}/{name}", "Container", name, doing))
        for name in o.containers:
            remaining = None if o.timeout is None else o.timeout - (self._clock() - begun)
            try:
                wait(name, remaining)
            except EngineError:
                raise
            except ComposerError as error:
                if o.required or self._stopped.is_set():
                    raise
                self._emit(Warned(f"optional dependency {o.service}: {error.message}"))
            seconds = self._clock() - begun
            self._emit(Finished(f"{o.id}/{name}", "Container", name, done, seconds))

    def _call_provider(self, o: op.CallProvider) -> None:
        # It imports what starts programs, which few projects need.
        from composer.scheduler.providers import Providers

        def inform(text: str) -> None:
            self._emit(Progressed(o.id, text))

        called = Providers(self._project).call(o.service, o.command, inform)
        self.provided[o.service] = called

    def _check_started(self, o: op.CheckStarted) -> None:
        settle = SETTLE if o.replaces is None else SETTLE_REPLACING
        remaining = self._last_start + settle * _slowness() - self._clock()
        if remaining > 0:
            self._stopped.wait(remaining)
        filters = {"label": [f"{PROJECT}={self._project.name}"]}
        if o.replaces is not None:
            filters["name"] = [f"^{name}$" for name in o.containers]
        state = {c.name: c for c in self._engine.containers(filters)}
        dead = [
            died(self._engine, name, state[name].exit_code)
            for name in o.containers
            if name not in self._hooks.given_up
            if name in state and not state[name].running and state[name].exit_code != 0
            if not self._is_tried_again(state[name].service)
        ]
        if dead and o.replaces is not None:
            raise _kept(dead[0], o.replaces)
        if len(dead) == 1:
            raise dead[0]
        if dead:
            raise OperationsFailed(dead)

    def _is_tried_again(self, name: str) -> bool:
        """Whether a service runs to its end, and again if it fails: it may well fail at first."""
        service = self._project.services.get(name)
        return bool(service and service.one_shot and (service.restart or "").startswith("on-"))


def _slowness() -> float:
    """How many times longer than on an idle machine a process takes to get anywhere, at a guess."""
    try:
        waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    except OSError:
        return 1.0
    return min(max(waiting, 1.0), _MOST_BUSY)


def _named(message: str, operation: op.Operation) -> str:
    """``message`` with the name of what the operation is about in the place of its id.

    Plans know what exists by its id, people by its name.
    """
    identity: str = getattr(operation, "container", "") or getattr(operation, "pod", "")
    name: str = getattr(operation, "name", "")
    if not _ID.fullmatch(identity):
        return message
    return message.replace(identity, name).replace(identity[:_SHORT], name)


def _kept(error: ComposerError, old: str) -> ComposerError:
    """``error`` of a container that does not run, with what is left to go back to."""
    advice = (
        f"The container that it was to replace is kept, stopped, as {old}. `composer up` tries "
        "again and removes it once the new one runs; with the former file it brings it back."
    )
    hint = f"{error.hint}\n  {advice}" if error.hint else advice
    if isinstance(error, EngineError):
        return EngineError(error.message, status=error.status, hint=hint)
    return ComposerError(error.message, hint=hint)


_ACTIONS: dict[type[op.Operation], Callable[[Executor, Any], str | None]] = {
    op.CreateNetwork: Executor._create_network,
    op.RemoveNetwork: Executor._remove_network,
    op.DisconnectNetwork: Executor._disconnect,
    op.CreateVolume: Executor._create_volume,
    op.RemoveVolume: Executor._remove_volume,
    op.PullImage: Executor._pull,
    op.BuildImage: Executor._build,
    op.PushImage: Executor._push,
    op.RemoveImage: Executor._remove_image,
    op.CreatePod: Executor._create_pod,
    op.StopPod: Executor._stop_pod,
    op.RemovePod: Executor._remove_pod,
    op.UpdatePod: Executor._update_pod,
    op.CreateContainer: Executor._create_container,
    op.RenameContainer: Executor._rename,
    op.InitContainer: Executor._init,
    op.StartContainer: Executor._start,
    op.StopContainer: Executor._stop,
    op.PauseContainer: Executor._pause,
    op.UnpauseContainer: Executor._unpause,
    op.KillContainer: Executor._kill,
    op.RestartContainer: Executor._restart,
    op.RemoveContainer: Executor._remove,
    op.WaitFor: Executor._wait,
    op.CheckStarted: Executor._check_started,
    op.CallProvider: Executor._call_provider,
    op.RunPreStart: lambda executor, o: executor._hooks.pre_start(o),
    op.RunPostStart: lambda executor, o: executor._hooks.post_start(o),
    op.RunPreStop: lambda executor, o: executor._hooks.pre_stop(o),
}
