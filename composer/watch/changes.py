"""Changed paths, in batches: what watchfiles tells, as the rules need it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple

from watchfiles import watch

from composer.errors import ComposerError

QUIET = 100
"""Milliseconds without a change after which a batch is complete."""
LONGEST = 2_000
"""Milliseconds that a batch takes at most."""
_POLL = 0.2
"""Seconds between two looks whether to stop."""


class _Place(NamedTuple):
    """A folder that is watched, with all below it or without."""

    folder: str
    whole: bool


class Changes:
    """Watches ``paths`` (absolute) from the moment it is made until ``stop`` is set.

    A file is watched through its folder, because editors replace files; what does not exist yet, or
    no longer, through the nearest folder that does.
    """

    def __init__(self, paths: Collection[str], stop: threading.Event) -> None:
        self._paths = paths
        self._stop = stop
        self._queue: SimpleQueue[set[str] | ComposerError] = SimpleQueue()
        self._watched: set[_Place] = set()
        self._lock = threading.Lock()
        self._follow()

    def batches(self) -> Iterator[set[str]]:
        """Sets of changed paths, until ``stop`` is set; all that waits comes as one set.

        Raises ``ComposerError`` when a folder cannot be watched.
        """
        while not self._stop.is_set():
            batch: set[str] = set()
            try:
                found = self._queue.get(timeout=_POLL)
                while True:
                    if isinstance(found, ComposerError):
                        raise found
                    batch |= found
                    found = self._queue.get_nowait()
            except Empty:
                if batch:
                    yield batch

    def _follow(self) -> list[str]:
        """Watch what is not watched yet; the paths that this was for."""
        with self._lock:
            places = {path: _place(path) for path in self._paths}
            news = {place for place in places.values() if place not in self._watched}
            self._watched |= news
        for whole in (True, False):
            folders = [place.folder for place in news if place.whole is whole]
            if folders:
                ready = threading.Event()
                arguments = (folders, whole, ready)
                threading.Thread(target=self._watch, args=arguments, daemon=True).start()
                ready.wait()
        return [path for path, place in places.items() if place in news]

    def _watch(self, folders: Collection[str], whole: bool, ready: threading.Event) -> None:
        """Put what changes in ``folders`` on the queue; ``ready`` is set once nothing is missed."""
        changes = watch(
            *folders,
            watch_filter=None,
            step=QUIET,
            debounce=LONGEST,
            rust_timeout=QUIET,
            yield_on_timeout=True,
            recursive=whole,
            ignore_permission_denied=True,
        )
        try:
            for found in changes:
                ready.set()
                if self._stop.is_set():
                    return
                batch = {path for _, path in found}
                if batch:
                    self._tell(batch)
                if batch.issuperset(folders):
                    return
        except (OSError, RuntimeError) as error:
            self._queue.put(_not_watched(folders, error))
        finally:
            ready.set()

    def _tell(self, batch: set[str]) -> None:
        """Queue ``batch``, and what came to be in its folders before these were watched."""
        self._queue.put(batch)
        with self._lock:
            # A folder that was removed is not watched any more, even if there is a new one.
            self._watched -= {place for place in self._watched if place.folder in batch}
        appeared = self._follow()
        if appeared:
            self._queue.put(set(appeared))


def _place(path: str) -> _Place:
    """Where changes of ``path`` show."""
    if Path(path).is_dir():
        return _Place(path, whole=True)
    folder = next(parent for parent in Path(path).parents if parent.is_dir())
    return _Place(str(folder), whole=False)


def _not_watched(folders: Collection[str], error: Exception) -> ComposerError:
    listed = ", ".join(sorted(folders))
    return ComposerError(
        f"cannot watch {listed}: {error}",
        hint="if the limit of watches is reached, sysctl fs.inotify.max_user_watches=524288 raises "
        "it; WATCHFILES_FORCE_POLLING=1 does without",
    )
