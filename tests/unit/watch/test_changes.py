"""Which changes are told: also of files that are replaced and folders that come and go."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from composer.watch.changes import Changes


class Told:
    """Collects what ``Changes`` tells."""

    def __init__(self, paths: list[str]) -> None:
        self.stop = threading.Event()
        self._changes = Changes(paths, self.stop)
        self._batches = self._changes.batches()

    def until(self, wanted: Callable[[set[str]], bool]) -> set[str]:
        """All that is told until it has what is wanted."""
        found: set[str] = set()
        while not wanted(found):
            found |= next(self._batches)
        return found


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    (tmp_path / "src").mkdir()
    (tmp_path / "one").write_text("1")
    made = Told([str(tmp_path / name) for name in ("src", "one", "later/deep")])
    yield made
    made.stop.set()


@pytest.mark.timeout(60)
def test_files_that_are_replaced_and_folders_that_come_and_go_are_told(
    told: Told, tmp_path: Path
) -> None:
    source, one, later = (str(tmp_path / name) for name in ("src", "one", "later/deep"))
    (tmp_path / "src/a").write_text("a")
    told.until(lambda found: f"{source}/a" in found)
    for content in ("2", "3"):
        (tmp_path / "beside").write_text(content)
        (tmp_path / "beside").rename(tmp_path / "one")
        told.until(lambda found: one in found)

    (tmp_path / "later/deep").mkdir(parents=True)
    (tmp_path / "later/deep/b").write_text("b")
    told.until(lambda found: later in found or f"{later}/b" in found)
    (tmp_path / "later/deep/c").write_text("c")
    told.until(lambda found: f"{later}/c" in found)

    for name in ("first", "second"):
        shutil.rmtree(tmp_path / "src")
        (tmp_path / "src").mkdir()
        told.until(lambda found: source in found)
        (tmp_path / "src" / name).write_text("again")
        told.until(lambda found, name=name: {source, f"{source}/{name}"} & found)  # type: ignore[misc]
