"""The private folder for sockets and locks of this user."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from composer.errors import ComposerError


def private_folder(environ: Mapping[str, str]) -> Path:
    """A folder that only this user can enter: below ``XDG_RUNTIME_DIR``, ``/run`` or ``/tmp``.

    Raises ``ComposerError`` if it cannot be made, or if it is open to others.
    """
    uid = os.getuid()
    bases = [environ.get("XDG_RUNTIME_DIR"), f"/run/user/{uid}", "/run" if uid == 0 else None]
    usable = [base for base in bases if base and os.access(base, os.W_OK | os.X_OK)]
    folder = Path(usable[0]) / "composer" if usable else Path(f"/tmp/composer-{uid}")  # noqa: S108
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        known = folder.lstat()
    except OSError as error:
        raise ComposerError(
            f"cannot make the folder {folder} for sockets and locks: {error.strerror}",
            hint="set XDG_RUNTIME_DIR to a folder that you own",
        ) from error
    if known.st_uid != uid or known.st_mode & 0o077 or not folder.is_dir() or folder.is_symlink():
        raise ComposerError(
            f"{folder} is not a private folder of this user",
            hint="remove it, or set XDG_RUNTIME_DIR to a folder that you own",
        )
    return folder
