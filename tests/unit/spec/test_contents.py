"""What tells that a secret or config, a network or a volume is no longer what it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.errors import ComposerError
from composer.spec.contents import content_of, contents_of, with_contents
from composer.spec.definitions import definition_digests
from composer.spec.model import (
    FileObject,
    FileReference,
    Ipam,
    IpamPool,
    Network,
    Project,
    Service,
    Volume,
)


def shop(**secret: object) -> Project:
    definition = FileObject(key="pin", name="p_pin", **secret)  # type: ignore[arg-type]
    app = Service(name="app", secrets=(FileReference(source="pin"),))
    return Project(
        name="p",
        working_dir="/",
        services={"app": app, "other": Service(name="other")},
        secrets={"pin": definition},
        environment={"PIN": "1234"},
    )


def digests(project: Project) -> dict[str, str]:
    known = with_contents(project, project.services)
    assert contents_of(known, known.services["other"]) == {}
    return contents_of(known, known.services["app"])


def test_a_digest_follows_the_text_wherever_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "pin"
    file.write_text("1234")
    (known,) = {tuple(digests(shop(**said)).items()) for said in (
        {"content": "1234"}, {"environment": "PIN"}, {"file": str(file)},
    )}  # fmt: skip
    assert known[0][0] == "secrets.pin"
    file.write_text("1235")
    assert digests(shop(file=str(file))) != dict(known)
    assert "1234" not in str(known)


def test_what_is_not_there_or_not_ours_has_no_digest(tmp_path: Path) -> None:
    for said in (
        {"external": True},
        {"environment": "NOBODY_SAYS"},
        {"file": str(tmp_path / "no")},
    ):
        assert digests(shop(**said)) == {}


def test_a_file_that_cannot_be_read_is_an_error_only_for_who_needs_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pin").write_text("1234")

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    project = shop(file=str(tmp_path / "pin"))
    assert digests(project) == {}
    with pytest.raises(ComposerError, match="pin: cannot read"):
        content_of(project, project.secrets["pin"])


def test_a_definition_has_a_digest_for_each_thing_that_is_said() -> None:
    plain = Network(key="back", name="p_back")
    assert definition_digests(plain) == {}
    assert definition_digests(Network(key="back", name="p_back", driver="bridge")) == {}
    wide = Network(
        key="b", name="b", internal=True, ipam=Ipam(config=(IpamPool(subnet="10.0.0.0/24"),))
    )
    assert set(definition_digests(wide)) == {"internal", "ipam"}
    one, two = (Volume(key="d", name="d", driver_opts={"type": t}) for t in ("nfs", "tmpfs"))
    assert definition_digests(one).keys() == definition_digests(two).keys() == {"driver_opts"}
    assert definition_digests(one) != definition_digests(two)
