"""Unpacks what a container sent: its archive may name and link anything, and must not escape."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from composer.errors import ComposerError

_PLAIN_MODE = 0o777
"""Of the mode, what files get that are not copied with their owners: no set-user-id."""


def unpack(
    tar: tarfile.TarFile, target: Path, *, owners: bool, warn: Callable[[str], None]
) -> None:
    """Write the members of ``tar``, whose first is the folder or file that becomes ``target``.

    With ``owners`` they keep their owners; who may not give files away keeps them, as with
    ``cp -a``. What is neither folder, file nor link is left out with a warning. Raises
    ``ComposerError`` for an archive whose members lead out of ``target``, and for what cannot be
    written.
    """
    root: str | None = None
    folders: list[tuple[Path, tarfile.TarInfo]] = []
    try:
        for member in tar:
            if root is None:
                root = _top(member.name)
            path = _inside(target, root, member.name)
            if member.isdir():
                _replace_unless(path, Path.is_dir)
                path.mkdir(exist_ok=True)
                folders.append((path, member))
                continue
            if member.isreg():
                _replace_unless(path, _is_plain)
                with path.open("wb") as file:
                    source = tar.extractfile(member)
                    assert source is not None
                    shutil.copyfileobj(source, file, 1 << 18)
            elif member.issym():
                _replace_unless(path, lambda _: False)
                path.symlink_to(member.linkname)
            elif member.islnk():
                _replace_unless(path, lambda _: False)
                path.hardlink_to(_inside(target, root, member.linkname))
                continue
            else:
                warn(f"{member.name} is left out: it is neither a file nor a folder nor a link")
                continue
            _dress(path, member, owners)
        # At the end: a folder that may not be written to gets its files before that.
        for path, member in reversed(folders):
            _dress(path, member, owners)
    except OSError as error:
        raise ComposerError(f"cannot write {error.filename or target}: {error.strerror}") from error


def _top(name: str) -> str:
    parts = PurePosixPath(name).parts
    return parts[0] if parts else ""


def _inside(target: Path, root: str, name: str) -> Path:
    """Where the member ``name`` goes. Links that other members made are not followed out."""
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith("/") or parts[:1] != ((root,) if root else ()):
        raise ComposerError(f"the archive names {name!r}, which is not inside of what is copied")
    path = target.joinpath(*parts[1:])
    if path != target and not path.parent.resolve().is_relative_to(target.resolve()):
        raise ComposerError(f"the archive writes {name!r} through a link that leads elsewhere")
    return path


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _replace_unless(path: Path, right: Callable[[Path], bool]) -> None:
    """Take away what stands in the place of a file or folder, unless it is one already."""
    if (path.is_symlink() or path.exists()) and not right(path):
        path.unlink()


def _dress(path: Path, member: tarfile.TarInfo, owners: bool) -> None:
    """Give ``path`` the time, the mode and, if wanted, the owner of ``member``."""
    if owners:
        try:
            os.chown(path, member.uid, member.gid, follow_symlinks=False)
        except PermissionError:
            owners = False
    if not member.issym():
        path.chmod(member.mode if owners else member.mode & _PLAIN_MODE)
    os.utime(path, (member.mtime, member.mtime), follow_symlinks=False)
