"""``cp``: files into and out of the containers of a service."""

from __future__ import annotations

import posixpath
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import IO, NamedTuple

from composer.errors import ComposerError, EngineError
from composer.state import Container
from composer.usecases.containers import check_services, project_containers
from composer.usecases.context import Context
from composer.usecases.unpack import unpack

STREAM = "-"
"""The standard input or output, as a tar archive."""


class CopyOptions(NamedTuple):
    """The flags of ``cp``."""

    replica: int | None = None
    all: bool = False
    """Also containers of ``run``."""
    owners: bool = False
    """``--archive``: files keep their owners."""
    follow: bool = False
    """Copy what a link names here, and not the link."""


class Place(NamedTuple):
    """One end of a copy; ``service`` is empty for this machine."""

    service: str
    path: str


def place(text: str) -> Place:
    """``SERVICE:PATH`` or a path of this machine, which may have a colon behind ``/`` or ``.``."""
    service, colon, path = text.partition(":")
    if not colon or text.startswith(("/", ".")):
        return Place("", text)
    return Place(service, path)


def copy(ctx: Context, source: str, target: str, options: CopyOptions) -> int:
    """Copy ``source`` to ``target``, one of which is in a service. Returns the exit code.

    Into a service means into all its containers, out of it out of the first. As with ``cp``, what
    is copied to a folder keeps its name, and ``FOLDER/.`` is what is in the folder.
    """
    begin, end = place(source), place(target)
    if begin.service and end.service:
        raise ComposerError("copying between services is not supported")
    if not begin.service and not end.service:
        raise ComposerError(
            "unknown copy direction", hint="One of the two is SERVICE:PATH, as in app:/etc/hosts."
        )
    containers = _containers(ctx, begin.service or end.service, options)
    if begin.service:
        containers = containers[:1]
    if ctx.settings.dry_run:
        for container in containers:
            ctx.say(f"Would copy {source} to {target} ({container.name})")
        return 0
    if begin.service:
        _out(ctx, containers[0], begin.path, end.path, options)
    else:
        _in(ctx, containers, begin.path, end.path, options)
    for container in containers:
        ctx.say(f" {container.name} Copied {source} to {target}")
    return 0


def _containers(ctx: Context, service: str, options: CopyOptions) -> list[Container]:
    found = project_containers(ctx, ctx.project_name)
    check_services(ctx, (service,), found)
    wanted = [
        container
        for container in found
        if container.service == service
        and (options.replica is None or container.number == options.replica)
        and (options.all or not container.oneoff)
    ]
    if not wanted:
        which = "" if options.replica is None else f" with number {options.replica}"
        raise ComposerError(
            f"no container{which} found for service {service!r}",
            hint=f"Create it with `composer create {service}`.",
        )
    return sorted(wanted, key=lambda container: (container.oneoff, container.number))


# --- out of a container -----------------------------------------------------------------------


def _out(
    ctx: Context, container: Container, source: str, target: str, options: CopyOptions
) -> None:
    try:
        # Of FOLDER/. Podman sends what is in it without the folder; what it is to us is known here.
        wanted = source or "/" if target == STREAM else posixpath.normpath(source or "/")
        with ctx.engine.read_archive(container.id, wanted) as archive:
            if target == STREAM:
                shutil.copyfileobj(archive, sys.stdout.buffer, 1 << 18)
                sys.stdout.flush()
                return
            with tarfile.open(fileobj=archive, mode="r|") as tar:
                first = tar.next()
                folder = first is None or first.isdir()
                into = _local_target(source, Path(target), target, folder=folder)
                # It begins again with the first one, which is still to be read.
                unpack(tar, into, owners=options.owners, warn=ctx.warn)
    except EngineError as error:
        if error.status != 404:
            raise
        raise ComposerError(
            f"could not find the file {source} in container {container.name}",
            hint=f"Look with `composer exec {container.service} ls`.",
        ) from error


def _local_target(source: str, path: Path, said: str, *, folder: bool) -> Path:
    """What the folder or file ``source`` of a container becomes here."""
    if path.is_dir():
        inner = source.endswith("/.") or posixpath.normpath(source) == "/"
        return path if folder and inner else path / posixpath.basename(posixpath.normpath(source))
    if folder and path.exists():
        raise ComposerError(f"cannot copy a folder to {said}, which is a file")
    if not folder and said.endswith("/"):
        raise ComposerError(f"no such folder: {said}")
    if not path.parent.is_dir():
        raise ComposerError(f"no such folder: {path.parent}")
    return path


# --- into containers --------------------------------------------------------------------------


def _in(
    ctx: Context, containers: list[Container], source: str, target: str, options: CopyOptions
) -> None:
    with tempfile.TemporaryFile() as archive:
        if source == STREAM:
            shutil.copyfileobj(sys.stdin.buffer, archive, 1 << 18)
        for container in containers:
            folder, name = target or "/", ""
            if source != STREAM:
                folder, name = _remote_target(ctx, container, source, target, options)
                archive.seek(0)
                archive.truncate()
                _pack(archive, Path(source), name, options)
            elif ctx.engine.kind_of_path(container.id, folder) != "folder":
                raise ComposerError(f"destination {container.service}:{folder} must be a folder")
            archive.seek(0)
            ctx.engine.write_archive(container.id, folder, archive)


def _remote_target(
    ctx: Context, container: Container, source: str, target: str, options: CopyOptions
) -> tuple[str, str]:
    """The folder of the container that ``source`` goes to, and its name there (empty: itself)."""
    path = Path(source)
    if not path.exists() and not (path.is_symlink() and not options.follow):
        raise ComposerError(f"no such file or folder here: {source}")
    folder = path.is_dir() and (options.follow or not path.is_symlink() or source.endswith("/"))
    there = ctx.engine.kind_of_path(container.id, target or "/")
    if there == "folder":
        if folder and (source.endswith("/.") or source == "."):
            return target or "/", ""
        return target or "/", path.absolute().name
    if there and folder:
        raise ComposerError(f"cannot copy a folder to {target}, which is a file")
    if not folder and target.endswith("/"):
        raise ComposerError(f"no such folder in {container.name}: {target}")
    above, name = posixpath.split(target.rstrip("/"))
    if ctx.engine.kind_of_path(container.id, above or "/") != "folder":
        raise ComposerError(f"no such folder in {container.name}: {above}")
    return above or "/", name


def _pack(archive: IO[bytes], source: Path, name: str, options: CopyOptions) -> None:
    """Write ``source`` as a tar archive in which it is called ``name``."""

    def owned(member: tarfile.TarInfo) -> tarfile.TarInfo:
        if not options.owners:
            member.uid = member.gid = 0
            member.uname = member.gname = ""
        return member

    if options.follow:
        source = source.resolve()
    try:
        with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
            if name:
                tar.add(source, arcname=name, filter=owned)
            else:
                for entry in sorted(source.iterdir()):
                    tar.add(entry, arcname=entry.name, filter=owned)
            # Podman reads no further than the end mark, and breaks the pipe for what follows.
            end = tar.offset + 2 * tarfile.BLOCKSIZE
    except OSError as error:
        raise ComposerError(f"cannot read {error.filename}: {error.strerror}") from error
    archive.seek(end)
    archive.truncate()
