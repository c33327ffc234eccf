"""``services.*.volumes[]`` in its short form: ``[SOURCE:]TARGET[:OPTION,…]``, and ``devices[]``."""

from __future__ import annotations

import posixpath
import re
from typing import Any

_PIECE = r":|(?:\$\{[^}]*(?:\}|\Z)|[^:])+"
"""A colon, or what is between colons: those in a variable that was left do not count."""

_PROPAGATIONS = ("rprivate", "private", "rshared", "shared", "rslave", "slave")


def expand(text: str) -> dict[str, Any]:
    """The long form of a short one. Raises ``ValueError``."""
    if not text:
        raise ValueError("an empty text is no mount; [SOURCE:]TARGET[:OPTIONS] is expected")
    if len(text) <= 2:  # so short that Docker Compose does not look into it
        return {"type": "volume", "target": text}
    parts = _parts(text)
    if len(parts) > 3:
        raise ValueError(f"{text!r} has too many colons; [SOURCE:]TARGET[:OPTIONS] is expected")
    if any(not part for part in parts):
        raise ValueError(f"{text!r} has an empty part; [SOURCE:]TARGET[:OPTIONS] is expected")
    if len(parts) == 1:
        return {"type": "volume", "target": clean(parts[0]), "volume": {}}
    source, target = parts[:2]
    mount: dict[str, Any] = {"type": "volume", "source": source, "target": clean(target)}
    if is_path(source):
        mount["type"] = "bind"
        mount["bind"] = {"create_host_path": True}
    else:
        mount["volume"] = {}
    for option in parts[2].split(",") if len(parts) == 3 else ():
        _apply(option, mount)
    return mount


def _parts(text: str) -> list[str]:
    """Splits at colons, but not after a single letter, which is a Windows drive."""
    parts = _split(text)
    joined: list[str] = []
    while parts:
        part = parts.pop(0)
        if len(part) == 1 and part.isalpha() and parts:
            part += ":" + parts.pop(0)
        joined.append(part)
    return joined


def _split(text: str) -> list[str]:
    """Splits at colons, but not in ``${NAME:-default}``, if variables are left."""
    if "${" not in text:
        return text.split(":")
    parts = [""]
    for piece in re.findall(_PIECE, text):
        if piece == ":":
            parts.append("")
        else:
            parts[-1] = piece
    return parts


def _apply(option: str, mount: dict[str, Any]) -> None:
    if option == "ro":
        mount["read_only"] = True
    elif option in ("nocopy", "volume-nocopy"):
        mount.setdefault("volume", {})["nocopy"] = True
    elif option in ("z", "Z"):
        mount.setdefault("bind", {})["selinux"] = option
    elif option in _PROPAGATIONS:
        mount.setdefault("bind", {})["propagation"] = option


def is_path(source: str) -> bool:
    """Whether a source means a path of the host rather than the name of a volume."""
    return source[:1] in (".", "/", "~") or source[:2] == "\\\\" or source[1:2] == ":"


def clean(target: str) -> str:
    """A target without ``.``, ``..``, doubled and trailing slashes."""
    if not target:
        return target
    path = posixpath.normpath(target)
    return path[1:] if path.startswith("//") else path


def expand_device(text: str) -> dict[str, Any]:
    """The long form of ``SOURCE[:TARGET[:PERMISSIONS]]``. Raises ``ValueError``."""
    parts = _split(text)
    if len(parts) > 3:
        raise ValueError(f"{text!r} has too many colons; SOURCE[:TARGET[:rwm]] is expected")
    source = parts[0]
    target = parts[1] if len(parts) > 1 and parts[1] else source
    return {
        "source": source,
        "target": target,
        "permissions": parts[2] if len(parts) == 3 else "rwm",
    }
