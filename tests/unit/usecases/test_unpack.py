"""What a container sends must not get out of the folder that it is copied to."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from composer.errors import ComposerError
from composer.usecases.unpack import unpack


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode = kind, link, 0o755
    return made


def copied(target: Path, *members: tarfile.TarInfo, owners: bool = False) -> list[str]:
    """Unpack an archive of ``members`` to ``target``; what was warned of."""
    buffer, warned = io.BytesIO(), list[str]()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for one in members:
            tar.addfile(one)
    buffer.seek(0)
    with tarfile.open(fileobj=buffer, mode="r|") as tar:
        unpack(tar, target, owners=owners, warn=warned.append)
    return warned


@pytest.mark.parametrize(
    "members",
    [
        [member("d", tarfile.DIRTYPE), member("d/../out")],
        [member("d", tarfile.DIRTYPE), member("/out")],
        [member("d", tarfile.DIRTYPE), member("other/out")],
        [
            member("d", tarfile.DIRTYPE),
            member("d/up", tarfile.SYMTYPE, ".."),
            member("d/up/out"),
        ],
        [member("d", tarfile.DIRTYPE), member("d/hard", tarfile.LNKTYPE, "../secret")],
        [member("d", tarfile.DIRTYPE), member("d/hard", tarfile.LNKTYPE, "/etc/passwd")],
    ],
    ids=["dots", "absolute", "sibling", "through a link", "hard link", "absolute hard link"],
)
def test_nothing_leads_out(tmp_path: Path, members: list[tarfile.TarInfo]) -> None:
    (tmp_path / "secret").write_text("kept")
    with pytest.raises(ComposerError, match="archive"):
        copied(tmp_path / "target", *members)
    assert {path.name for path in tmp_path.iterdir()} <= {"secret", "target"}
    assert not (tmp_path / "target" / "hard").exists()


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("kept")
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "file").symlink_to("../secret")
    copied(tmp_path / "target", member("d", tarfile.DIRTYPE), member("d/file"))
    assert (tmp_path / "secret").read_text() == "kept"
    assert not (tmp_path / "target" / "file").is_symlink()


def test_what_may_not_be_given_away_stays_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr("os.chown", refuse)
    file = member("d/file")
    file.mode = 0o4755
    assert copied(tmp_path / "target", member("d", tarfile.DIRTYPE), file, owners=True) == []
    assert (tmp_path / "target" / "file").stat().st_mode & 0o7777 == 0o755


def test_devices_are_left_out_with_a_warning(tmp_path: Path) -> None:
    warned = copied(
        tmp_path / "target", member("d", tarfile.DIRTYPE), member("d/pipe", tarfile.FIFOTYPE)
    )
    assert "d/pipe is left out" in warned[0]
    assert list((tmp_path / "target").iterdir()) == []


def test_a_folder_that_may_not_be_written_to_gets_its_files(tmp_path: Path) -> None:
    folder = member("d", tarfile.DIRTYPE)
    folder.mode = 0o555
    copied(tmp_path / "target", folder, member("d/file"))
    assert (tmp_path / "target" / "file").exists()
    assert (tmp_path / "target").stat().st_mode & 0o777 == 0o555
