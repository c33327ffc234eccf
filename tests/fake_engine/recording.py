"""What all parts of the fake share: what is there, what tests set up, and the record of calls."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from composer.errors import EngineError
from composer.state import (
    Capabilities,
    Container,
    ImageState,
    NetworkState,
    PodState,
    VolumeState,
    image_names,
)
from tests.fake_engine.behaviour import Behaviour


class Recording:
    """An engine in memory: records each changing call, and fails those that a test says."""

    def __init__(
        self, *, images: Sequence[str] = (), capabilities: Capabilities | None = None
    ) -> None:
        self.calls: list[tuple[str, str]] = []
        """(method, subject) of each changing call that succeeded, in order of completion."""
        self.attempts: list[tuple[str, str]] = []
        """The same of each changing call when it began, also of those that failed."""
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
        self.secret_texts: dict[str, bytes] = {}
        """Podman's own secrets, by name."""
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
        self._running_now = 0
        self._checks: dict[str, int] = {}
        self._looks: dict[str, int] = {}
        self._health: dict[str, str] = {}
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._clock = 1_700_000_000.0
        self._next = 0
        for image in images:
            self.add_image(image)

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

    @property
    def url(self) -> str:
        return "unix:///fake.sock"

    def capabilities(self) -> Capabilities:
        return self._capabilities

    def close(self) -> None:
        pass

    @contextmanager
    def _call(self, method: str, subject: str, **arguments: object) -> Iterator[None]:
        """One changing call: records it, counts how many run at once, fails it when told to.

        What it changes is changed with the lock held.
        """
        key = method, subject
        with self._lock:
            self.attempts.append(key)
            self.arguments[key] = arguments
            self._running_now += 1
            self.most_at_once = max(self.most_at_once, self._running_now)
        try:
            if self.on_call is not None:
                self.on_call(method, subject)
            failure = self.failures.get(key) or self.failures.get((method, "*"))
            if failure is not None:
                raise failure
            with self._lock:
                yield
                self.calls.append(key)
        finally:
            with self._changed:
                self._running_now -= 1
                self._changed.notify_all()

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

    def _pod(self, pod: str) -> PodState:
        with self._lock:
            for found in self.pods_by_id.values():
                if pod in (found.id, found.name):
                    return found
        raise EngineError(f"no pod with name or ID {pod}", status=404)

    def _put(self, container: Container, **changes: object) -> None:
        self.containers_by_id[container.id] = msgspec.structs.replace(container, **changes)
        self._changed.notify_all()

    def _new_id(self) -> str:
        self._next += 1
        return f"{self._next:064x}"

    def _tick(self) -> float:
        self._clock += 1.0
        return self._clock
