"""Installing over what is there: whose units they are, what runs meanwhile, and the way back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from composer.errors import ComposerError
from composer.systemd.manager import Manager, SystemdError
from composer.usecases import autostart
from composer.usecases.systemd_generate import GenerateOptions, generate
from composer.usecases.systemd_install import InstallOptions, install
from tests.fake_engine import FakeEngine
from tests.unit.systemd.recorder import RUNS, STOPPED
from tests.unit.usecases.test_systemd import FILE, Case, Said

WEB, SURPLUS = "p-web-1.service", "p-db@2.service"
DATA = "volumes: {data: {}}\n"
WITH_VOLUME = FILE.replace("db: {image", "db: {volumes: ['data:/data'], image") + DATA


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    return Case(tmp_path, monkeypatch)


def _calls(case: Case, verb: str) -> list[str]:
    return [call for call in case.recorder.calls() if call.split()[0] == verb]


# --- whose units ----------------------------------------------------------------------------------


@pytest.mark.parametrize("force", [False, True])
def test_a_project_with_the_name_of_a_target_of_systemd_must_be_refused(
    case: Case, force: bool
) -> None:
    case.write(FILE.replace("name: p", "name: default"))
    with pytest.raises(ComposerError, match=r"default\.target is systemd's own") as raised:
        case.install(force=force)
    assert "another name" in (raised.value.hint or "")
    for output in (None, "out"):
        with pytest.raises(ComposerError, match="systemd's own"):
            generate(case.context(), GenerateOptions(case.place, output=output, force=force))
    assert case.files() == (set(), set())


@pytest.mark.parametrize("unit", ["p.target", WEB])
def test_a_unit_of_a_package_must_not_be_replaced_even_if_forced(case: Case, unit: str) -> None:
    file = f"/usr/lib/systemd/user/{unit}"
    case.recorder.state(unit, {**RUNS, "FragmentPath": file})
    for force in (False, True):
        with pytest.raises(ComposerError, match="is a unit already") as raised:
            case.install(force=force)
        with pytest.raises(ComposerError, match="is a unit already"):
            case.install(force=force, diff=True)
        assert raised.value.message == f"{unit} is a unit already: {file}"
    assert case.files() == (set(), set())
    assert case.engine.secret_texts == {}


def test_a_unit_of_another_folder_must_not_be_replaced_unless_forced(case: Case) -> None:
    """What Quadlet made is where it was made from, and not in the folder of generators."""
    made = {**RUNS, "FragmentPath": f"/run/user/1/systemd/generator/{WEB}"}
    case.recorder.state(WEB, {**made, "SourcePath": "/home/me/elsewhere/p-web-1.container"})
    with pytest.raises(ComposerError, match=r"already: /home/me/elsewhere/p-web-1\.container"):
        case.install()
    case.install(force=True)
    case.recorder.state(WEB, {**made, "SourcePath": f"{case.place.quadlets}/p-web-1.container"})
    assert case.install() == 0


# --- what runs ------------------------------------------------------------------------------------


def test_what_stops_with_a_volume_that_goes_must_be_started_again(case: Case, capsys: Said) -> None:
    case.write(WITH_VOLUME)
    case.install()
    gone = "p-data-volume.service"
    for unit in (gone, WEB, "p-db@1.service", SURPLUS):
        case.recorder.state(unit, STOPPED, on="stop")
    for unit in (WEB, "p-db@1.service"):
        case.recorder.state(unit, RUNS, on="start")
    case.write(FILE)
    capsys.readouterr()
    case.install()
    assert _calls(case, "stop") == [f"stop {gone}"]
    (start,) = _calls(case, "start")
    assert set(start.split()[1:]) == {WEB, "p-db@1.service", SURPLUS}
    said = capsys.readouterr().err
    for unit, word in ((gone, "Stopped"), (WEB, "Restarted"), (SURPLUS, "Stopped")):
        assert any(unit in line and word in line for line in said.splitlines()), said
    assert "running as before" not in said, "what changed was started with its new unit"


def test_what_did_not_run_must_not_be_started(case: Case) -> None:
    case.write(WITH_VOLUME)
    case.install()
    case.recorder.state("any", STOPPED)
    case.write(FILE)
    case.install()
    assert _calls(case, "start") == []


def test_another_format_must_start_what_ran(case: Case) -> None:
    case.install()
    case.recorder.state("any", STOPPED, on="stop")
    case.install(format="units")
    (start,) = _calls(case, "start")
    assert {WEB, "p-db@1.service", SURPLUS} <= set(start.split())


def test_a_replica_too_many_must_stop(case: Case) -> None:
    case.write(FILE.replace("scale: 2", "scale: 3"))
    autostart.enable(case.context(), case.place, None, force=False)
    case.write(FILE)
    autostart.enable(case.context(), case.place, None, force=False)
    assert _calls(case, "stop") == ["stop p-db@3.service"]


def test_another_inline_dockerfile_must_restart_the_unit_that_builds(case: Case) -> None:
    text = "name: p\nservices: {{web: {{build: {{dockerfile_inline: 'FROM {0}'}}}}}}\n"
    case.engine = FakeEngine(images=["localhost/p-web"], capabilities=case.engine.capabilities())
    case.write(text.format("one"))
    install(case.context(), InstallOptions(case.place))
    for number, said in enumerate(("two", "two\\n# check=error=true"), start=1):
        case.write(text.format(said).replace("'", '"'))
        autostart.enable(case.context(), case.place, None, force=False)
        assert _calls(case, "try-restart") == ["try-restart p-web-build.service"] * number


# --- the way back ---------------------------------------------------------------------------------


def test_what_was_stopped_must_run_again_if_systemd_refuses(case: Case, capsys: Said) -> None:
    case.install()
    case.recorder.state(WEB, {"LoadState": "not-found", "ActiveState": "active"})
    with pytest.raises(ComposerError, match="systemd has no p-web-1"):
        case.install(format="units")
    assert "p-web-1.container" in case.files()[1]
    verbs = [call.split()[0] for call in case.recorder.calls()]
    assert verbs[-5:] == ["stop", "daemon-reload", "show", "daemon-reload", "start"]
    assert WEB in _calls(case, "start")[0]


def test_a_second_failure_must_not_hide_the_first(
    case: Case, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    case.install()
    reasons = iter(["first", "second"])

    def refuse(_: Manager) -> None:
        raise SystemdError(next(reasons))

    monkeypatch.setattr(Manager, "reload", refuse)
    case.write(FILE.replace("always", "on-failure"))
    with pytest.raises(SystemdError, match="first"):
        case.install()
    assert "second" in capsys.readouterr().err
    assert "Restart=always" in (case.place.quadlets / "p-web-1.container").read_text()


def test_an_undo_that_fails_must_be_told_and_go_on(
    case: Case, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    case.install()
    web = case.place.quadlets / "p-web-1.container"
    rename, renamed = Path.replace, set()

    def refuse(self: Path, target: Path) -> Path:
        if "db" not in target.name:
            return rename(self, target)
        if target in renamed:
            raise OSError(28, "No space left on device")
        renamed.add(target)
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    case.recorder.fail("daemon-reload", "no\n")
    case.write(FILE.replace("always", "on-failure").replace("db: {", "db: {read_only: true, "))
    with pytest.raises(ComposerError):
        case.install()
    assert "Restart=always" in web.read_text()
    (kept,) = case.place.quadlets.glob(".p-db@.container.*.part")
    assert "ReadOnly" not in kept.read_text()
    said = capsys.readouterr().err
    assert "p-db@.container is not as before: No space left on device" in said
    assert f"what was there is {kept}" in said


def test_a_foreign_file_must_come_back_byte_for_byte(case: Case) -> None:
    case.place.units.mkdir(parents=True)
    file, link = case.place.units / "p.target", case.place.units / WEB
    file.write_bytes(b"\xff\r\nmine")
    file.chmod(0o640)
    link.symlink_to("/nowhere")
    before = file.stat()
    case.recorder.fail("daemon-reload", "no\n")
    with pytest.raises(ComposerError):
        case.install(force=True)
    assert file.read_bytes() == b"\xff\r\nmine"
    after = file.stat()
    assert (after.st_mode, after.st_uid) == (before.st_mode, before.st_uid)
    assert link.readlink() == Path("/nowhere")
    assert case.files() == ({"p.target", WEB}, set())


def test_secrets_must_be_left_alone_if_the_files_cannot_be_written(case: Case) -> None:
    case.engine.secret_texts["p_token"] = b"former"
    case.place.quadlets.parent.mkdir(parents=True)
    case.place.quadlets.touch()
    with pytest.raises(ComposerError, match="cannot write"):
        case.install()
    assert case.engine.secret_texts == {"p_token": b"former"}


def test_units_of_a_user_must_be_read_by_nobody_else(case: Case) -> None:
    case.install()
    files = [*case.place.units.iterdir(), *case.place.quadlets.iterdir()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    files[0].chmod(0o644)
    case.install()
    assert files[0].stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_put_in_place_must_leave_all_as_before(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.install()
    before = {path: path.read_text() for path in case.place.quadlets.iterdir()}
    rename = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if "on-failure" in self.read_text():
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    case.write(FILE.replace("always", "on-failure").replace("db: {", "db: {read_only: true, "))
    message = r"cannot write .*p-web-1\.container: No space left on device"
    with pytest.raises(ComposerError, match=message) as raised:
        case.install()
    assert raised.value.hint == "Nothing was changed."
    assert {path: path.read_text() for path in case.place.quadlets.iterdir()} == before


def test_a_file_system_without_links_must_do(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    case.install()
    before = {path: path.read_text() for path in case.place.quadlets.iterdir()}
    case.recorder.fail("daemon-reload", "no\n")
    case.write(FILE.replace("always", "on-failure").replace("scale: 2", "scale: 1"))
    with pytest.raises(ComposerError, match="daemon-reload: no"):
        case.install()
    assert {path: path.read_text() for path in case.place.quadlets.iterdir()} == before
