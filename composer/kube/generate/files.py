"""Files of the project in manifests: what is bound from its folder, configs and secrets."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from composer.kube.generate.draft import Draft
from composer.kube.names import dns_label
from composer.spec.contents import content_of
from composer.spec.model import FileObject

LIMIT = 2**20
"""Bytes that Kubernetes takes in a ConfigMap or Secret."""
COUNT = 200
"""Files of a folder that are still put into one."""
_OTHER = 16
"""How much a file adds besides its text and its name."""

_MAY_RUN = 0o755
"""Permissions of files that may run. What all files of a volume have is said once: Podman's own
play knows no other way."""


class Files(NamedTuple):
    """Texts by key, where each belongs below the place that it is mounted at, and what may run."""

    texts: dict[str, bytes]
    paths: dict[str, str]
    executable: frozenset[str]
    folder: bool

    def details(self) -> dict[str, Any]:
        """What the volume says besides the name of the ConfigMap: ``defaultMode``, ``items``."""
        whole = bool(self.texts) and self.executable == set(self.texts)
        found: dict[str, Any] = {"defaultMode": _MAY_RUN} if whole else {}
        some = frozenset() if whole else self.executable
        if some or any(key != path for key, path in self.paths.items()):
            found["items"] = [
                {"key": key, "path": path, **({"mode": _MAY_RUN} if key in some else {})}
                for key, path in self.paths.items()
            ]
        return found


def gather(source: str) -> Files | None:
    """What the file or folder ``source`` holds; None if that is no matter for a ConfigMap: too
    much, not readable, or something else than files."""
    root = Path(source)
    found = Files({}, {}, frozenset(), folder=root.is_dir())
    executable = set()
    size = 0
    try:
        for path in _files(root):
            mode = path.stat().st_mode
            relative = str(path.relative_to(root)) if found.folder else root.name
            key = _key(relative, found.texts)
            if key is None or not stat.S_ISREG(mode) or len(found.texts) >= COUNT:
                return None
            size += path.stat().st_size + len(key) + _OTHER
            if size > LIMIT:
                return None
            found.texts[key] = path.read_bytes()
            found.paths[key] = relative
            if mode & stat.S_IXUSR:
                executable.add(key)
    except OSError:
        return None
    return found._replace(executable=frozenset(executable)) if found.texts else None


def _files(root: Path) -> list[Path]:
    """The files of a folder, in an order that does not depend on the machine."""
    if not root.is_dir():
        return [root]
    found: list[Path] = []
    for folder, folders, names in os.walk(root):
        folders.sort()
        found += [Path(folder, name) for name in sorted(names)]
        if len(found) > COUNT:
            break
    return found


def _key(relative: str, taken: Mapping[str, Any]) -> str | None:
    """A key that ConfigMaps take, None if there is none for that name."""
    key = relative.replace("/", ".")
    allowed = all(char.isascii() and (char.isalnum() or char in "-._") for char in key)
    return key if allowed and key not in taken and len(key) <= 253 else None


def config_map(texts: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    """``data`` and ``binaryData`` of a ConfigMap."""
    data, binary = {}, {}
    for key, content in texts.items():
        text = _text(content)
        if text is None:
            binary[key] = base64.b64encode(content).decode()
        else:
            data[key] = text
    return {key: part for key, part in (("data", data), ("binaryData", binary)) if part}


def _text(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    fine = all(char.isprintable() or char in "\n\t" for char in text)
    return text if fine else None


def file_object(draft: Draft, section: str, definition: FileObject, owner: str) -> str:
    """Add the ConfigMap or Secret of a config or secret and return its name.

    ``section`` is ``configs`` or ``secrets``. One that is external has to be in the cluster.
    """
    path = f"{section}.{definition.key}"
    kind = "Secret" if section == "secrets" else "ConfigMap"
    if definition.external:
        name = dns_label(definition.name)
        draft.warn(path, f"it is external: the cluster has to have a {kind} {name!r}")
        return name
    name = dns_label(definition.key)
    if draft.has(kind, name):
        return name
    content = content_of(draft.project, definition)
    if content is None:
        draft.warn(path, "its content is not there: an empty one is written")
        content = b""
    key = object_key(definition)
    if kind == "Secret":
        data = {key: base64.b64encode(content).decode()}
        draft.add(kind, name, owner, type="Opaque", data=data)
        draft.warn(path, "its text is in the manifest, encoded and not encrypted: keep it apart")
    else:
        draft.add(kind, name, owner, **config_map({key: content}))
    return name


def object_key(definition: FileObject) -> str:
    """The key of a config's or secret's text in its object."""
    name = Path(definition.file).name if definition.file else definition.key
    return name if _key(name, {}) else dns_label(definition.key)
