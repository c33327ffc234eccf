"""What installing changes in systemd's folders: found first, then done as a whole or not at all."""

from __future__ import annotations

import difflib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

from composer.errors import ComposerError
from composer.systemd.installed import files_of, service_of
from composer.systemd.places import Place, owner
from composer.systemd.units import UnitFile, Units

Kind = Literal["created", "changed", "unchanged", "removed"]


_VERSION = re.compile(r"\bcompose\.version=")
_OTHERS = ("/usr/", "/lib/")
"""Where the units of systemd and of packages are: what is installed over one may end the boot."""


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
        """Whether it changes what runs: composer's own version and remarks do not.

        In a Dockerfile a line with ``#`` may be a directive, or part of a script.
        """
        if self.path.suffix == ".Containerfile":
            return self.kind == "changed"
        return self.kind == "changed" and _told(self.before) != _told(self.after)

    @property
    def services(self) -> list[str]:
        """The services that it is or becomes; for a template the pattern of its instances.

        A Dockerfile is part of the service that builds, which may outlive it.
        """
        stem = self.path.stem
        if self.path.suffix == ".Containerfile":
            return [f"{stem}-build.service"] if self.after is not None else []
        return [f"{stem}*.service"] if stem.endswith("@") else list(service_of(self.path.name))

    @property
    def resource(self) -> Literal["network", "volume"] | None:
        """What it makes that Podman leaves as it is once it is there."""
        kinds: tuple[Literal["network", "volume"], ...] = ("network", "volume")
        ends = (self.path.suffix, self.path.name)
        found = (k for k in kinds if ends[0] == f".{k}" or ends[1].endswith(f"-{k}.service"))
        return next(found, None)


def _told(text: str | None) -> list[str]:
    lines = (text or "").splitlines()
    return [line for line in lines if not line.startswith("#") and not _VERSION.search(line)]


def path_of(file: UnitFile, units: Units, place: Place) -> Path:
    """Where a file belongs. What units refer to lies beside them."""
    quadlet = units.format == "quadlet" and not file.name.endswith(".target")
    return (place.quadlets if quadlet else place.units) / file.name


def services_of(units: Units) -> tuple[str, ...]:
    """All services of ``units``, also those of networks, volumes, pods and images."""
    made = (service for file in units.files for service in service_of(file.name))
    return tuple(dict.fromkeys([*(replica.unit for replica in units.replicas), *made]))


def changes(
    units: Units,
    place: Place,
    *,
    loaded: Mapping[str, str] | None = None,
    force: bool = False,
) -> list[Change]:
    """What makes ``place`` hold ``units`` and nothing else of their project.

    ``loaded`` has the files from which systemd has units of these names now. Raises
    ``ComposerError`` if what composer did not write for this project would be overwritten or
    replaced, or hides the new files, unless ``force`` says that it may. Units of systemd and of
    packages are never replaced.
    """
    _refuse_packages(loaded or {})
    wanted = {path_of(file, units, place): file.text for file in units.files}
    clashes = set(_clashes(units, wanted, place, force=force))
    if not force:
        clashes.update(_elsewhere(loaded or {}, place))
    if clashes:
        raise ComposerError(
            "\n".join(sorted(clashes)),
            hint="Nothing was changed. Move these files away, give the project another name (-p), "
            "or say --force to replace them.",
        )
    stale = [path for path in files_of(units.project, place) if path not in wanted]
    hidden = [path for path in _hiding(wanted, place) if path not in wanted]
    found = [Change(path, _read(path), text) for path, text in wanted.items()]
    return found + [Change(path, _read(path), None) for path in dict.fromkeys((*stale, *hidden))]


def _refuse_packages(loaded: Mapping[str, str]) -> None:
    found = [f"{name} is a unit already: {file}" for name, file in loaded.items() if _package(file)]
    if found:
        raise ComposerError(
            "\n".join(found),
            hint="Nothing was changed. Give the project another name (-p, or name: in the file).",
        )


def _package(file: str) -> bool:
    return file.startswith(_OTHERS)


def _elsewhere(loaded: Mapping[str, str], place: Place) -> Iterator[str]:
    """Units that systemd has from folders which are not ours; those that are, ``_clashes`` sees."""
    ours = {folder.resolve() for folder in (place.units, place.quadlets)}
    for name, file in loaded.items():
        if Path(file).parent.resolve() not in ours and not os.path.lexists(place.units / name):
            yield f"{name} is a unit already: {file}"


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
    back what was. As a context manager it leaves no other file behind. New files have ``mode``,
    and unchanged ones no more than that.
    """

    def __init__(self, found: Sequence[Change], mode: int) -> None:
        self._changes = [change for change in found if change.kind != "unchanged"]
        self._unchanged = [change.path for change in found if change.kind == "unchanged"]
        self._mode = mode
        self._prepared: dict[Path, Path] = {}
        self._kept: dict[Path, Path | None] = {}
        """The files that were, by their places; None for none."""
        self._folders: list[Path] = []

    def __enter__(self) -> Writing:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            for path in (*self._prepared.values(), *filter(None, self._kept.values())):
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
                    self._prepared[change.path] = _beside(change.path, change.after, self._mode)
            except OSError as error:
                raise _refused(change.path, error) from error

    def commit(self) -> None:
        """Put all in its place; if that fails, all is as before. Raises ``ComposerError``."""
        for change in self._changes:
            try:
                self._kept[change.path] = _aside(change.path)
                if change.after is None:
                    change.path.unlink(missing_ok=True)
                else:
                    self._prepared[change.path].replace(change.path)
                    del self._prepared[change.path]
            except OSError as error:
                raise _refused(change.path, error, self.undo()) from error
        for path in self._unchanged:
            with suppress(OSError):
                path.chmod(path.stat().st_mode & self._mode)

    def undo(self) -> list[str]:
        """Bring back what was before ``commit``. Returns what could not be, with the reasons."""
        failed = []
        while self._kept:
            path, kept = self._kept.popitem()
            try:
                if kept is None:
                    path.unlink(missing_ok=True)
                else:
                    kept.replace(path)
                    # Nothing is renamed if both names still are of the same file.
                    kept.unlink(missing_ok=True)
            except OSError as error:
                where = f"; what was there is {kept}" if kept else ""
                failed.append(f"{path} is not as before: {error.strerror}{where}")
        return failed

    def _make(self, folder: Path) -> None:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir()
            self._folders.append(path)


def _beside(path: Path, text: str, mode: int) -> Path:
    """A file with ``text`` in the folder of ``path``, under a name that nothing reads."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
        os.fchmod(number, mode)
    return Path(name)


def _aside(path: Path) -> Path | None:
    """What is at ``path``, under a second name beside it: the file itself, with mode and owner."""
    if not os.path.lexists(path):
        return None
    kept = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        os.link(path, kept, follow_symlinks=False)
    except OSError:  # a file system without links, or the file of somebody else
        path.rename(kept)
    return kept


def _refused(path: Path, error: OSError, left: Sequence[str] = ()) -> ComposerError:
    hint = "\n".join(left) or "Nothing was changed."
    if isinstance(error, PermissionError) and str(path).startswith("/etc/"):
        hint += " Units of the system are root's: use sudo, or --user for units of your own."
    return ComposerError(f"cannot write {path}: {error.strerror}", hint=hint)
