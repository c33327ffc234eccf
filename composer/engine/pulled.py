"""When composer pulled an image last. Podman does not know: what it shows is when it was built.

One empty file for each image and engine, whose time is the answer; nothing else depends on them,
and they may be deleted. An image that somebody else pulled counts as old.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from composer.state import image_names


def note(engine: str, image: str) -> None:
    """Note that ``image`` was pulled just now. Without a place for it, it stays unknown."""
    file = _file(engine, image)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def noted(engine: str, image: str) -> float:
    """When ``image`` was pulled, in seconds since the epoch; 0.0 when that is not known."""
    try:
        return _file(engine, image).stat().st_mtime
    except OSError:
        return 0.0


def _file(engine: str, image: str) -> Path:
    """Below ``XDG_STATE_HOME``, which is ``~/.local/state`` unless it is set."""
    home = os.environ.get("XDG_STATE_HOME") or Path("~/.local/state").expanduser()
    name = hashlib.sha256(f"{engine} {image_names(image)[0]}".encode()).hexdigest()
    return Path(home) / "composer" / "pulled" / name
