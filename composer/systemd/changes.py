"""What installing changes in systemd's folders: found first, then done as a whole or not at all."""

from __future__ import annotations

import difflib
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from composer.errors import ComposerError
from composer.systemd.installed import files_of, service_of
from composer.systemd.places import Place, owner
from composer.systemd.units import UnitFile, Units

Kind = Literal["created", "changed", "unchanged", "removed"]


_VERSION = re.compile(r"\bcompose\.version=")


class Change(NamedTuple):
    """One file. ``before`` and ``after`` are its texts; None is no file."""

    path: Path
    before: str | None
    after: str | None

    @property
    def kind(self) -> Kind:
        """What happens to it."""
        if self.before == self.after:
            return "unchanged"
        if self.before is None:
            return "created"
        return "changed" if self.after is not None else "removed"

    @property
    def matters(self) -> bool:
        """Whether it changes what runs: composer's own version and remarks do not."""
        return self.kind == "changed" and _told(self.before) != _told(self.after)

    @property
    def services(self) -> list[str]:
        """The services that it is or becomes; for a template the pattern of its instances."""
        stem = self.path.stem
        return [f"{stem}*.service"] if stem.endswith("@") else list(service_of(self.path.name))


def _told(text: str | None) -> list[str]:
    lines = (text or "").splitlines()
    return [line for line in lines if not line.startswith("#") and not _VERSION.search(line)]


def path_of(file: UnitFile, units: Units, place: Place) -> Path:
    """Where a file belongs. What units refer to lies beside them."""
    quadlet = units.format == "quadlet" and not file.name.endswith(".target")
    return (place.quadlets if quadlet else place.units) / file.name


def changes(units: Units, place: Place, *, force: bool = False) -> list[Change]:
    """What makes ``place`` hold ``units`` and nothing else of their project.

    Raises ``ComposerError`` if that would overwrite or be hidden by what composer did not write
    for this project, unless ``force`` says that it may.
    """
    wanted = {path_of(file, units, place): file.text for file in units.files}
    if clashes := sorted(set(_clashes(units, wanted, place, force=force))):
        raise ComposerError(
            "\n".join(clashes),
            hint="Nothing was changed. Move these files away, give the project another name (-p), "
            "or say --force to replace them.",
        )
    stale = [path for path in files_of(units.project, place) if path not in wanted]
    hidden = [path for path in _hiding(wanted, place) if path not in wanted]
    found = [Change(path, _read(path), text) for path, text in wanted.items()]
    return found + [Change(path, _read(path), None) for path in dict.fromkeys((*stale, *hidden))]


def _clashes(units: Units, wanted: dict[Path, str], place: Place, *, force: bool) -> Iterator[str]:
    for path in [*wanted, *_hiding(wanted, place)]:
        if not os.path.lexists(path) or owner(path) == units.project:
            continue
        if path.is_dir():
            yield f"{path} is a folder"
        elif not force:
            other = owner(path)
            by = "composer" if other is None else f"project {units.project}, but by {other}"
            yield f"{path} was not written by {by}"


def _hiding(wanted: dict[Path, str], place: Place) -> Iterator[Path]:
    """Units in systemd's folder that stand above those which Quadlet would make of ``wanted``."""
    for path in wanted:
        if path.parent == place.quadlets != place.units:
            name = path.name.replace(".container", ".service")
            services = list(service_of(path.name)) or [name]
            yield from (p for s in services if os.path.lexists(p := place.units / s))


def _read(path: Path) -> str | None:
    """The text of a file. A link is followed, but will be replaced itself."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return "" if path.is_symlink() else None
    except OSError as error:
        raise _refused(path, error) from error


def difference(found: Sequence[Change]) -> list[str]:
    """All that changes, as lines of a unified difference."""
    lines: list[str] = []
    for change in found:
        before = (change.before or "").splitlines()
        after = (change.after or "").splitlines()
        old = "/dev/null" if change.before is None else str(change.path)
        new = "/dev/null" if change.after is None else str(change.path)
        lines += difflib.unified_diff(before, after, old, new, lineterm="")
    return lines


class Writing:
    """Carries ``found`` out. Made in three steps, so that what can fail does so at first.

    ``prepare`` writes everything beside its place, ``commit`` puts it there, and ``undo`` brings
    back what was. As a context manager it leaves no prepared file behind.
    """

    def __init__(self, found: Sequence[Change]) -> None:
        self._changes = [change for change in found if change.kind != "unchanged"]
        self._prepared: dict[Path, Path] = {}
        self._done: list[Change] = []
        self._folders: list[Path] = []

    def __enter__(self) -> Writing:
        return self

    def __exit__(self, *_: object) -> None:
        for path in self._prepared.values():
            path.unlink(missing_ok=True)
        for folder in reversed(self._folders):
            if not any(folder.iterdir()):
                folder.rmdir()

    def prepare(self) -> None:
        """Write the new files beside the old ones. Raises ``ComposerError``."""
        for change in self._changes:
            try:
                self._make(change.path.parent)
                if not os.access(change.path.parent, os.W_OK):
                    raise PermissionError(13, "Permission denied")
                if change.after is not None:
                    self._prepared[change.path] = _beside(change.path, change.after)
            except OSError as error:
                raise _refused(change.path, error) from error

    def commit(self) -> None:
        """Put all in its place; if that fails, all is as before. Raises ``ComposerError``."""
        for change in self._changes:
            try:
                if change.after is None:
                    change.path.unlink()
                else:
                    self._prepared[change.path].replace(change.path)
                    del self._prepared[change.path]
            except OSError as error:
                self.undo()
                raise _refused(change.path, error) from error
            self._done.append(change)

    def undo(self) -> None:
        """Bring back what was before ``commit``."""
        while self._done:
            change = self._done.pop()
            if change.before is None:
                change.path.unlink(missing_ok=True)
            else:
                _beside(change.path, change.before).replace(change.path)

    def _make(self, folder: Path) -> None:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir()
            self._folders.append(path)


def _beside(path: Path, text: str) -> Path:
    """A file with ``text`` in the folder of ``path``, under a name that nothing reads."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
        # systemd shows what is in units to everybody anyhow, and warns of files that hide it.
        os.fchmod(number, 0o644)
    return Path(name)


def _refused(path: Path, error: OSError) -> ComposerError:
    hint = "Nothing was changed."
    if isinstance(error, PermissionError) and str(path).startswith("/etc/"):
        hint += " Units of the system are root's: use sudo, or --user for units of your own."
    return ComposerError(f"cannot write {path}: {error.strerror}", hint=hint)
