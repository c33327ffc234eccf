"""What is mounted into a container: volumes, bind mounts, tmpfs, secrets and configs."""

from __future__ import annotations

import contextlib
import os
import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import Any

from composer.engine.context import Context, InjectedFile
from composer.errors import ComposerError
from composer.spec.contents import content_of
from composer.spec.model import FileObject, FileReference, Mount
from composer.spec.podman import podman_extensions

Fragment = dict[str, Any]


class Mounts:
    """Collects the mounts of one container under Podman's three headings."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.mounts: list[Fragment] = []
        self.volumes: list[Fragment] = []
        self.image_volumes: list[Fragment] = []
        self.secrets: list[Fragment] = []

    def bind(self, source: str, target: str, options: list[str]) -> None:
        self.mounts.append(
            {"type": "bind", "source": source, "destination": target, "options": options}
        )

    def room_for(self, target: str) -> None:
        """Let Podman make a file at ``target`` in a root that cannot be written to."""
        folder = posixpath.dirname(target)
        taken = {mount["destination"] for mount in self.mounts}
        if folder not in ("/", *taken):
            self.mounts.append(_tmpfs_mount(folder, []))

    def fragment(self) -> Fragment:
        said = {
            "mounts": self.mounts,
            "volumes": self.volumes,
            "image_volumes": self.image_volumes,
            "secrets": self.secrets,
        }
        return {key: value for key, value in said.items() if value}


def storage(context: Context) -> Fragment:
    """``volumes``, ``tmpfs``, ``secrets``, ``configs``, ``use_api_socket``.

    The anonymous volumes of the container that this one replaces are mounted as well.
    """
    service, found = context.service, Mounts(context)
    for index, mount in enumerate(service.volumes):
        _MOUNTS[mount.type](found, mount, f"services.{service.name}.volumes[{index}]")
    for text in service.tmpfs:
        target, _, options = text.partition(":")
        found.mounts.append(_tmpfs_mount(target, options.split(",") if options else []))
    for reference in service.secrets:
        definition = context.project.secrets[reference.source]
        target = reference.target or reference.source
        place = posixpath.join("/run/secrets", target)
        _file(context, "secrets", reference, definition, place, found)
    for reference in service.configs:
        definition = context.project.configs[reference.source]
        target = reference.target or reference.source
        _file(context, "configs", reference, definition, posixpath.join("/", target), found)
    if service.use_api_socket:
        _api_socket(context, found)
    taken = {m["destination"] for m in found.mounts} | {v["Dest"] for v in found.volumes}
    for target, name in context.inherited.items():
        if target not in taken:
            found.volumes.append({"Name": name, "Dest": target})
    return {"image_volume_mode": "anonymous", **found.fragment()}


def volumes_from(context: Context) -> Fragment:
    """``volumes_from``: ``SERVICE[:ro]`` or ``container:NAME[:ro]``."""
    sources = []
    for text in context.service.volumes_from:
        kind, _, rest = text.partition(":")
        name, _, mode = rest.partition(":") if kind == "container" else (kind, "", rest)
        container = name if kind == "container" else context.around.peer(name)
        sources.append(f"{container}:{mode}" if mode else container)
    return {"volumes_from": sources}


def _bind(found: Mounts, mount: Mount, path: str) -> None:
    context = found.context
    source, options = mount.source or "", mount.bind
    if context.around.local and not Path(source).exists():
        if options is not None and not options.create_host_path:
            raise ComposerError(
                f"{path}: the bind mount's source {source} does not exist",
                hint="create it, or say bind.create_host_path: true",
                position=context.project.where(path),
            )
        if context.around.deferred:
            context.folders.append(source)
        else:
            _make_folder(context, source, path)
    propagation = options.propagation if options else None
    recursive = "bind" if options and options.recursive == "disabled" else "rbind"
    flags = [recursive, "ro" if mount.read_only else "rw", propagation or "rprivate"]
    if options and options.selinux:
        flags.append(options.selinux)
    found.bind(source, mount.target, flags)


def _make_folder(context: Context, source: str, path: str) -> None:
    try:
        Path(source).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ComposerError(
            f"{path}: cannot create the bind mount's source {source}: {error.strerror}",
            hint="create it yourself, or mount another folder",
            position=context.project.where(path),
        ) from error


def _volume(found: Mounts, mount: Mount, path: str) -> None:
    context = found.context
    said = mount.volume
    flags = ["ro"] if mount.read_only else []
    if said and said.nocopy:
        flags.append("nocopy")
    if mount.source is None:
        name = context.inherited.get(mount.target, "")
    else:
        known = context.project.volumes.get(mount.source)
        name = known.name_for(context.number) if known is not None else mount.source
    if said and said.subpath:
        folder = _inside_volume(context, context.around.volume_path(name), said.subpath, path)
        found.bind(folder, mount.target, ["rbind", "ro" if mount.read_only else "rw", "rprivate"])
        return
    volume: Fragment = {"Name": name, "Dest": mount.target}
    found.volumes.append(volume | ({"Options": flags} if flags else {}))


def _inside_volume(context: Context, root: str, subpath: str, path: str) -> str:
    """The folder ``subpath`` of a volume. It may lead out neither by ``..`` nor by a link: what
    is in a volume was written by containers. One that is missing is made if that can be done from
    here; else Podman says that it is not there."""
    folder = posixpath.normpath(posixpath.join(root, subpath))
    if context.around.local:
        root, folder = os.path.realpath(root), os.path.realpath(folder)
    if posixpath.commonpath([root, folder]) != root:
        raise ComposerError(
            f"{path}.volume.subpath: {subpath!r} leads out of the volume",
            hint="name a folder inside of it",
            position=context.project.where(f"{path}.volume.subpath"),
        )
    if context.around.local and os.path.isdir(root):  # noqa: PTH112 - a path as text
        with contextlib.suppress(OSError):
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    return folder


def _tmpfs(found: Mounts, mount: Mount, _path: str) -> None:
    flags = ["ro"] if mount.read_only else []
    if mount.tmpfs is not None:
        if mount.tmpfs.size:
            flags.append(f"size={int(mount.tmpfs.size)}")
        if mount.tmpfs.mode is not None:
            flags.append(f"mode={mount.tmpfs.mode:o}")
    found.mounts.append(_tmpfs_mount(mount.target, flags))


def _tmpfs_mount(target: str, options: list[str]) -> Fragment:
    return {"type": "tmpfs", "source": "tmpfs", "destination": target, "options": options}


def _image(found: Mounts, mount: Mount, _path: str) -> None:
    subpath = mount.image.subpath if mount.image else None
    volume: Fragment = {
        "Source": mount.source or "",
        "Destination": mount.target,
        "ReadWrite": not mount.read_only,
    }
    # Podman takes it from the root of the image, the Compose Specification without the slash.
    found.image_volumes.append(
        volume | ({"subPath": posixpath.join("/", subpath)} if subpath else {})
    )


def _not_on_linux(found: Mounts, mount: Mount, path: str) -> None:
    raise ComposerError(
        f"{path}: Podman cannot mount the type {mount.type!r}",
        hint="use bind, volume, tmpfs or image",
        position=found.context.project.where(path),
    )


_MOUNTS: dict[str, Callable[[Mounts, Mount, str], None]] = {
    "bind": _bind,
    "volume": _volume,
    "tmpfs": _tmpfs,
    "image": _image,
    "npipe": _not_on_linux,
    "cluster": _not_on_linux,
}


def _file(
    context: Context,
    section: str,
    reference: FileReference,
    definition: FileObject,
    target: str,
    found: Mounts,
) -> None:
    """A secret or config: Podman's own, a bind mount of its file, or a copy in the container.

    The copy is for texts that have no file, and for files whose owner or mode is asked for.
    """
    owned = reference.uid or reference.gid or reference.mode is not None
    owned = owned or (context.around.deferred and section == "secrets")
    if definition.external:
        found.secrets.append(_engine_secret(context, reference, definition, target))
        if context.service.read_only:
            found.room_for(target)
    elif definition.file is not None and not owned and context.around.local:
        _require(context, definition)
        relabel = podman_extensions(definition.extensions).get("relabel")
        flags = ["rbind", "ro", "rprivate", *([str(relabel)] if relabel else [])]
        found.bind(definition.file, target, flags)
    else:
        context.files.append(
            InjectedFile(
                path=target,
                content=_content(context, definition),
                uid=_number(context, reference, "uid"),
                gid=_number(context, reference, "gid"),
                mode=_mode(reference.mode),
                of=f"{section}.{definition.key}",
            )
        )


def _number(context: Context, reference: FileReference, attribute: str) -> int:
    """The ``uid`` or ``gid`` that a secret or config asks for; 0 unless said."""
    text = getattr(reference, attribute) or "0"
    if not text.isdecimal():
        section = "secrets" if reference in context.service.secrets else "configs"
        hint = "use a number: names are known inside of the container only"
        raise context.wrong(f"{section}.{reference.source}.{attribute}", f"{text!r} is no id", hint)
    return int(text)


def _engine_secret(
    context: Context, reference: FileReference, definition: FileObject, target: str
) -> Fragment:
    """One of Podman's own secrets (``podman secret create``)."""
    return {
        "Source": definition.name,
        "Target": target,
        "UID": _number(context, reference, "uid"),
        "GID": _number(context, reference, "gid"),
        "Mode": _mode(reference.mode),
    }


def _content(context: Context, definition: FileObject) -> bytes:
    content = content_of(context.project, definition)
    if content is not None:
        return content
    if definition.environment is not None:
        raise ComposerError(
            f"{definition.key}: the environment variable {definition.environment} is not set",
            hint="set it, or put it into .env",
        )
    _require(context, definition)
    return b""


def _require(context: Context, definition: FileObject) -> None:
    if not Path(definition.file or "").is_file():
        position = context.project.where(f"secrets.{definition.key}.file")
        raise ComposerError(
            f"{definition.key}: the file {definition.file} does not exist",
            hint="create it, or correct the path",
            position=position or context.project.where(f"configs.{definition.key}.file"),
        )


def _mode(said: str | int | None) -> int:
    """Permission bits; in a text they are octal, as in the Compose file."""
    if said is None:
        return 0o444
    return int(said, 8) if isinstance(said, str) else said


def _api_socket(context: Context, found: Mounts) -> None:
    if not context.around.socket:
        context.warn("use_api_socket", "the engine is on another machine, and its socket too")
        return
    found.bind(context.around.socket, "/var/run/docker.sock", ["rbind", "rw", "rprivate"])
