"""How far a pull is, over all layers of an image, from what Podman says of each."""

from __future__ import annotations

import re

import msgspec

from composer.engine.api import Progress

_DIGEST = re.compile(r"sha256:([0-9a-f]{12})[0-9a-f]{52}")


class Amount(msgspec.Struct):
    """Bytes of one layer."""

    current: int = 0
    total: int = 0


class PullLine(msgspec.Struct, rename={"detail": "progressDetail"}):
    """One line of POST /libpod/images/pull: Podman's own words, or Docker's (``compatMode``)."""

    stream: str = ""
    error: str = ""
    id: str = ""
    images: list[str] | None = None
    status: str = ""
    detail: Amount | None = None


class Layers:
    """Adds up what is said of single layers."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._amounts: dict[str, Amount] = {}
        self._done: set[str] = set()

    def take(self, line: PullLine) -> None:
        """Tell the progress that ``line`` makes, if it makes any."""
        if line.stream.strip():
            self._progress(_DIGEST.sub(r"\1", line.stream.strip()))
        if not line.status or not line.id:
            return
        amount = self._amounts.setdefault(line.id, Amount())
        if line.detail is not None and line.detail.total > 0:
            amount.current, amount.total = line.detail.current, line.detail.total
        if line.status == "Download complete":
            amount.current = amount.total
            self._done.add(line.id)
        current = sum(one.current for one in self._amounts.values())
        total = sum(one.total for one in self._amounts.values())
        text = f"{len(self._done)} of {len(self._amounts)} parts"
        self._progress(text, current=current, total=total, unit="bytes")
