"""Where logs come from: what following and showing them need of an engine, or of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from composer.engine.api import ContainerEvent, LogLine
    from composer.state import Detail


class LogSource(Protocol):
    """Containers with logs. See the methods of ``composer.engine.api.Engine``."""

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
        """Batches of whole lines."""

    def events(self, project: str, stop: Callable[[], bool], /) -> Iterator[ContainerEvent]:
        """What happens to the project's containers, until ``stop`` says so."""

    def inspect(self, container: str) -> Detail:
        """How a container is. Raises ``EngineError`` 404 when it is gone."""
