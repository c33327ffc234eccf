"""Shows the logs of a selection of containers, as they are or as they grow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from composer.logs.follow import Exit, Follower
from composer.logs.merge import Batch, merge
from composer.logs.prefix import Prefixes, short_name
from composer.logs.printer import Printer, with_ends
from composer.state import Container

if TYPE_CHECKING:
    from composer.logs.source import LogSource


class Selection(msgspec.Struct, frozen=True):
    """Which containers of a project are shown.

    ``services`` are names, none means all; ``index`` is a replica's number (``--index``);
    ``replicas`` are services with numbers (those of pods), None means all. What ``run`` made and
    infra containers are not shown.
    """

    project: str
    services: Collection[str] = ()
    index: int | None = None
    replicas: Collection[tuple[str, int]] | None = None

    def holds(self, container: Container) -> bool:
        """Whether ``container`` is one of them."""
        return (
            container.project == self.project
            and not container.oneoff
            and not container.is_infra
            and (not self.services or container.service in self.services)
            and (self.index is None or container.number == self.index)
            and (self.replicas is None or (container.service, container.number) in self.replicas)
        )

    def holds_labels(self, labels: Mapping[str, str]) -> bool:
        """Whether a container with these labels is one of them."""
        return self.holds(Container(id="", name="", labels=dict(labels)))


def show(
    engine: LogSource,
    containers: Sequence[Container],
    printer: Printer,
    *,
    selection: Selection,
    follow: bool = False,
    since: str | None = None,
    until: str | None = None,
    tail: int | None = None,
    timestamps: bool = False,
    prefix: bool = True,
    stop: Callable[[], bool] = lambda: False,
    on_exit: Callable[[Exit], None] | None = None,
    lasting: bool = False,
    bracketed: bool = False,
) -> None:
    """Print the logs of those of ``containers`` that are in ``selection``.

    ``since`` and ``until`` are times as Podman takes them, ``tail`` a number of lines of each
    container. Without ``follow`` the streams are merged in order of time. With it, lines come as
    they are written, containers of the selection that start later are shown as well, and it ends
    when ``stop`` says so or, unless it is ``lasting``, when all containers have ended.

    ``on_exit`` makes it what ``up`` shows: standard error goes to standard error, the end of
    each container gets a line, and ``on_exit`` is told of it. It may make ``stop`` true; to show
    what containers say while they are stopped, let it run until they have ended. ``bracketed``
    prefixes are those of podman-compose.

    Ends quietly when nobody reads the output any more. Raises EngineError.
    """
    chosen = [container for container in containers if selection.holds(container)]
    prefixes = Prefixes(shown=prefix, colour=printer.colour, bracketed=bracketed)
    for container in chosen:
        label = short_name(container.name, selection.project)
        prefixes.add(container.id, label, container.service)
    try:
        if follow:
            Follower(
                engine,
                selection.project,
                printer,
                prefixes,
                wanted=selection.holds_labels,
                since=since,
                until=until,
                tail=tail,
                timestamps=timestamps,
                stop=stop,
                on_exit=on_exit,
                lasting=lasting,
            ).run(chosen)
            return
        # A single stream is in order already; its times are needed only to be shown.
        timed = timestamps or len(chosen) > 1

        def finished(container: Container) -> Iterator[Batch]:
            start = prefixes.of(container.id)
            for batch in engine.logs(
                container.id, since=since, until=until, tail=tail, timestamps=timed, stop=stop
            ):
                lines = with_ends(batch, terminal=printer.terminal, timestamps=timestamps)
                yield [line.time for line in batch], [start + line for line in lines]

        for piece in merge(finished(container) for container in chosen):
            if stop():
                return
            printer.write(piece)
    except BrokenPipeError:
        return
