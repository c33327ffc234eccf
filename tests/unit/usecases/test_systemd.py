"""Units are installed as a whole or not at all, and what stands in the way is said."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from composer.errors import ComposerError, EngineError, OperationsFailed
from composer.plan.intent import Down, Images, Lifecycle, Up
from composer.state import PROJECT, Capabilities, NetworkState
from composer.systemd import manager
from composer.systemd.places import Place, place
from composer.usecases import autostart, systemd_look, systemd_run
from composer.usecases.context import Context, Settings
from composer.usecases.down import down
from composer.usecases.lifecycle import lifecycle
from composer.usecases.logs import LogOptions
from composer.usecases.pods import change_pods
from composer.usecases.systemd_generate import GenerateOptions, generate
from composer.usecases.systemd_install import InstallOptions, install, uninstall
from composer.usecases.up import up
from composer.usecases.watch import WatchOptions, watch
from tests.fake_engine import FakeEngine
from tests.unit.systemd.recorder import FAILED, Recorder

FILE = """\
name: p
services:
  web: {image: busybox, depends_on: [db], secrets: [token], restart: always}
  db: {image: busybox, scale: 2}
secrets:
  token: {environment: TOKEN}
"""
UNITS = {"p.target"}
QUADLETS = {"p-default.network", "p-db@.container", "p-web-1.container"}


class Case:
    """A folder with a Compose file, a user's systemd that records, and a fake engine."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.recorder = Recorder(folder / "systemd")
        can = Capabilities(version="5.4.2", rootless=os.getuid() != 0)
        self.engine = FakeEngine(images=["busybox"], capabilities=can)
        podman = folder / "podman"
        podman.write_text("#!/bin/sh\necho podman version 5.4.2\n")
        podman.chmod(0o755)
        self.environ = {
            "PATH": self.recorder.path,
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "TOKEN": "s3cret",
        }
        self.place = place(user=True, environ=self.environ)
        monkeypatch.setenv("COMPOSER_PODMAN", str(podman))
        monkeypatch.setattr(manager, "BOOTED", folder)
        monkeypatch.chdir(folder)
        self.write(FILE)

    def write(self, text: str) -> None:
        (self.folder / "compose.yaml").write_text(text)

    def context(self, **settings: Any) -> Context:
        found = Context(Settings(progress="plain")._replace(**settings), self.environ)
        found.__dict__["engine"] = self.engine
        return found

    def install(self, **options: Any) -> int:
        return install(self.context(), InstallOptions(self.place, **options))

    def files(self) -> tuple[set[str], set[str]]:
        """The names in systemd's folder, and in Quadlet's."""
        folders = (self.place.units, self.place.quadlets)
        units, quadlets = ({p.name for p in f.iterdir()} if f.is_dir() else set() for f in folders)
        return units, quadlets


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    return Case(tmp_path, monkeypatch)


Said = pytest.CaptureFixture[str]


# --- install --------------------------------------------------------------------------------------


def test_install_writes_units_and_secrets_and_lets_systemd_read_them(case: Case) -> None:
    assert case.install() == 0
    assert case.files() == (UNITS, QUADLETS)
    assert case.engine.secret_texts == {"p_token": b"s3cret"}
    asked, reload, show, *_ = case.recorder.calls()
    assert reload == "daemon-reload"
    services = {"p-db@1.service", "p-db@2.service", "p-web-1.service", "p-default-network.service"}
    assert set(show.split()) == {"show", *services}
    assert set(asked.split()) == {"show", "p.target", *services}


def test_installing_again_writes_nothing(case: Case, capsys: Said) -> None:
    case.install()
    before = {path: path.stat().st_ino for path in case.place.quadlets.iterdir()}
    case.install()
    assert {path: path.stat().st_ino for path in case.place.quadlets.iterdir()} == before
    assert "Unchanged" in capsys.readouterr().err


def test_stale_units_are_stopped_and_removed(case: Case) -> None:
    case.install()
    case.write(FILE.replace("scale: 2", "scale: 1"))
    case.install()
    assert case.files() == (UNITS, {"p-default.network", "p-db-1.container", "p-web-1.container"})
    calls = case.recorder.calls()
    stopped = calls.index("stop p-db@*.service p-db@1.service p-db@2.service")
    assert "daemon-reload" in calls[stopped:], "they are stopped as long as systemd knows them"


def test_units_of_another_format_are_replaced(case: Case) -> None:
    case.install()
    case.install(format="units")
    units, quadlets = case.files()
    assert quadlets == set()
    assert units == UNITS | {"p-default-network.service", "p-db@.service", "p-web-1.service"}


def test_a_difference_is_shown_and_changes_nothing(case: Case, capsys: Said) -> None:
    case.install()
    before = case.recorder.calls()
    case.write(FILE.replace("restart: always", "restart: on-failure"))
    assert case.install(diff=True) == 0
    out = capsys.readouterr().out.splitlines()
    assert "-Restart=always" in out
    assert "+Restart=on-failure" in out
    assert "Restart=always" in (case.place.quadlets / "p-web-1.container").read_text()
    asked = case.recorder.calls()[len(before) :]
    assert [call.split()[0] for call in asked] == ["show"]
    case.environ["PATH"] = "/nowhere"
    assert case.install(diff=True) == 0
    assert capsys.readouterr().out.splitlines() == out


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("p.target", "[Unit]\n", "was not written by composer"),
        ("p.target", "# composer-project: other\n", "was not written by project p, but by other"),
        # systemd would take this one in the place of what Quadlet makes.
        ("p-web-1.service", "[Service]\n", "was not written by composer"),
    ],
)
def test_a_foreign_unit_is_never_overwritten_unless_forced(
    case: Case, name: str, text: str, message: str
) -> None:
    case.place.units.mkdir(parents=True)
    foreign = case.place.units / name
    foreign.write_text(text)
    with pytest.raises(ComposerError, match=message) as raised:
        case.install()
    assert str(foreign) in raised.value.message
    assert "--force" in (raised.value.hint or "")
    assert case.files() == ({name}, set())
    assert case.engine.secret_texts == {}
    assert [call.split()[0] for call in case.recorder.calls()] == ["show"]
    case.install(force=True)
    assert case.files() == (UNITS, QUADLETS)


def test_a_folder_is_in_the_way_even_if_forced(case: Case) -> None:
    (case.place.units / "p.target").mkdir(parents=True)
    with pytest.raises(ComposerError, match=r"p\.target is a folder"):
        case.install(force=True)


def test_a_failure_of_systemd_brings_back_what_was(case: Case) -> None:
    case.install()
    before = {path: path.read_text() for path in case.place.quadlets.iterdir()}
    case.write(FILE.replace("restart: always", "ports: [80]").replace("scale: 2", "scale: 1"))
    case.recorder.fail("daemon-reload", "Too many units\n")
    with pytest.raises(ComposerError, match="daemon-reload: Too many units"):
        case.install()
    assert {path: path.read_text() for path in case.place.quadlets.iterdir()} == before


def test_units_that_quadlet_does_not_take_are_not_left(case: Case) -> None:
    case.recorder.state("p-web-1.service", {"LoadState": "not-found"})
    with pytest.raises(ComposerError, match=r"systemd has no p-web-1\.service") as raised:
        case.install()
    assert "--format units" in (raised.value.hint or "")
    assert case.files() == (set(), set())
    assert case.engine.secret_texts == {}, "a secret that was new goes, too"


def test_a_secret_that_fails_leaves_nothing(case: Case) -> None:
    case.engine.failures["create_secret", "p_token"] = EngineError("no room", status=500)
    with pytest.raises(EngineError):
        case.install()
    assert not case.place.units.exists()
    assert not case.place.quadlets.exists()


def test_folders_that_cannot_be_written_to_are_told(case: Case) -> None:
    case.place.quadlets.parent.mkdir(parents=True)
    case.place.quadlets.touch()
    with pytest.raises(ComposerError, match=r"cannot write .*network: Not a directory"):
        case.install()
    assert not case.place.units.exists()
    assert case.engine.secret_texts == {}


def test_one_project_has_one_manager(case: Case) -> None:
    case.install()
    other = Place(False, case.folder / "units", case.folder / "quadlets")
    with pytest.raises(ComposerError, match="is installed already, in") as raised:
        install(case.context(), InstallOptions(other))
    assert "uninstall --user" in (raised.value.hint or "")
    with pytest.raises(ComposerError, match="is not installed") as raised:
        systemd_run.enable(case.context(), other)
    assert "say --user" in (raised.value.hint or "")


def test_units_of_another_podman_are_not_installed(case: Case) -> None:
    case.environ["CONTAINER_HOST"] = "tcp://far:1"
    with pytest.raises(ComposerError, match="CONTAINER_HOST is another: tcp://far:1"):
        case.install()
    del case.environ["CONTAINER_HOST"]
    case.engine = FakeEngine(capabilities=Capabilities(version="5", rootless=os.getuid() == 0))
    with pytest.raises(ComposerError, match="run on another Podman"):
        case.install()
    assert case.files() == (set(), set())


def test_what_systemd_does_not_know_need_not_be_stopped(case: Case) -> None:
    case.install()
    case.recorder.fail("stop", "Failed to stop p-web-1.service: Unit p-web-1.service not loaded.\n")
    systemd_run.start_or_stop(case.context(), None, "stop")
    uninstall(case.context(), None)
    assert case.files() == (set(), set())


def test_podman_without_quadlet_gets_classic_units(case: Case) -> None:
    (case.folder / "podman").write_text("#!/bin/sh\necho podman version 4.3.1\n")
    with pytest.raises(ComposerError, match=r"Podman 4\.3 reads no \.\w+ files") as raised:
        case.install(format="quadlet")
    assert "--format units" in (raised.value.hint or "")
    case.install()
    assert case.files()[1] == set()


def test_a_user_without_lingering_is_told_how_to_switch_it_on(
    case: Case, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setattr(manager, "LINGERING", case.folder)
    case.recorder.fail("is-active", "")
    case.install()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    systemd_run.enable(case.context(), case.place)
    said = capsys.readouterr().err
    assert "sudo loginctl enable-linger 12345" in said
    assert "network-online.target" in said


def test_uninstall_takes_away_what_install_brought_and_nothing_else(case: Case) -> None:
    case.install()
    (case.place.units / "other.service").write_text("[Service]\n")
    case.engine.secret_texts["mine"] = b"kept"
    assert uninstall(case.context(), None) == 0
    assert case.files() == ({"other.service"}, set())
    assert case.engine.secret_texts == {"mine": b"kept"}
    words = [call.split()[0] for call in case.recorder.calls()]
    assert words[-4:] == ["reset-failed", "disable", "daemon-reload", "reset-failed"]
    with pytest.raises(ComposerError, match="p is not installed as units of systemd"):
        uninstall(case.context(), None)


# --- start, stop ----------------------------------------------------------------------------------


def test_start_waits_for_all_and_shows_what_failed(case: Case) -> None:
    case.install()
    case.recorder.state("p-web-1.service", FAILED)
    case.recorder.journal({"MESSAGE": "Error: no such image", "USER_UNIT": "p-web-1.service"})
    with pytest.raises(OperationsFailed) as raised:
        systemd_run.start_or_stop(case.context(), None, "start")
    (failure,) = raised.value.failures
    assert failure.message == "p-web-1.service failed (exit-code, status 125)"
    assert failure.hint == "Error: no such image"


def test_services_are_started_and_stopped_by_their_units(case: Case) -> None:
    case.install()
    systemd_run.start_or_stop(case.context(), None, "stop", ["db"])
    assert "stop p-db@1.service p-db@2.service" in case.recorder.calls()
    with pytest.raises(ComposerError, match="has no units of a service none") as raised:
        systemd_run.start_or_stop(case.context(), None, "start", ["none"])
    assert "There are db, web." in (raised.value.hint or "")


def test_status_shows_systemd_without_podman(
    case: Case, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    case.install()

    def unreachable(*_: object) -> NoReturn:
        raise EngineError("no Podman listens")

    monkeypatch.setattr(case.engine, "containers", unreachable)
    capsys.readouterr()
    assert systemd_look.status(case.context(), None, (), "table") == 0
    shown = capsys.readouterr()
    assert "p-web-1.service" in shown.out
    assert "no Podman listens" in shown.err


def test_logs_are_prefixed_as_those_of_containers(case: Case, capfdbinary: Any) -> None:
    case.install()
    case.recorder.journal(
        {"MESSAGE": "one", "CONTAINER_NAME": "p-db-2"},
        {"MESSAGE": "two", "USER_UNIT": "p-web-1.service"},
    )
    capfdbinary.readouterr()
    systemd_look.logs(case.context(), None, LogOptions())
    assert capfdbinary.readouterr().out == b"db-2   | one\nweb-1  | two\n"
    with pytest.raises(ComposerError, match="--since never is neither a time nor a duration"):
        systemd_look.logs(case.context(), None, LogOptions(since="never"))


# --- no systemd -----------------------------------------------------------------------------------


def _no_program(case: Case, _patch: pytest.MonkeyPatch) -> None:
    case.environ["PATH"] = "/nowhere"


def _not_booted(case: Case, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(manager, "BOOTED", case.folder / "none")


def _no_session(case: Case, patch: pytest.MonkeyPatch) -> None:
    del case.environ["XDG_RUNTIME_DIR"]
    patch.setattr(os, "getuid", lambda: 4_000_000)


def _no_manager(case: Case, _patch: pytest.MonkeyPatch) -> None:
    said = "Failed to connect to user scope bus via local transport: No such file or directory\n"
    case.recorder.fail("daemon-reload", said)


def _denied(case: Case, _patch: pytest.MonkeyPatch) -> None:
    said = "Failed to reload daemon: Interactive authentication required.\n"
    case.recorder.fail("daemon-reload", said)


@pytest.mark.parametrize(
    ("spoil", "message", "hint"),
    [
        (_no_program, "there is no systemctl", "composer systemd generate -o FOLDER"),
        (_not_booted, "this machine was not booted with it", "/etc/wsl.conf"),
        (_no_session, "there is no XDG_RUNTIME_DIR", "loginctl enable-linger"),
        (_no_manager, "cannot be reached: Failed to connect", "loginctl enable-linger"),
        (_denied, "systemd does not let .* do this", "use sudo, or --user"),
    ],
)
def test_what_stands_in_the_way_is_said_and_nothing_is_left(
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Case, pytest.MonkeyPatch], None],
    message: str,
    hint: str,
) -> None:
    spoil(case, monkeypatch)
    with pytest.raises(ComposerError, match=message) as raised:
        case.install()
    assert hint in (raised.value.hint or "")
    assert case.files() == (set(), set())


# --- managed projects -----------------------------------------------------------------------------


def _up(ctx: Context) -> int:
    return up(ctx, Images(), Up())


def _scale(ctx: Context) -> int:
    return up(ctx, Images(), Up(scale={"web": 2}))


def _rm(ctx: Context) -> int:
    return lifecycle(ctx, Lifecycle(action="rm"))


def _pod_stop(ctx: Context) -> int:
    return change_pods(ctx, (), Lifecycle(action="stop"))


def _watch(ctx: Context) -> int:
    return watch(ctx, (), WatchOptions())


@pytest.mark.parametrize("command", [_up, _scale, _rm, _pod_stop, _watch])
def test_commands_change_nothing_of_a_managed_project(
    case: Case, command: Callable[[Context], int]
) -> None:
    case.install()
    before = list(case.engine.attempts), case.recorder.calls()
    with pytest.raises(ComposerError, match="systemd manages project p") as raised:
        command(case.context())
    assert "composer autostart" in (raised.value.hint or "")
    assert (case.engine.attempts, case.recorder.calls()) == before


def test_starting_and_stopping_is_left_to_systemd(case: Case) -> None:
    case.install()
    lifecycle(case.context(), Lifecycle(action="restart", services=("web",)))
    lifecycle(case.context(), Lifecycle(action="stop"))
    down(case.context(), Down())
    calls = [call for call in case.recorder.calls() if call.split()[0] in ("restart", "stop")]
    assert calls[0] == "restart p-web-1.service"
    members = ["p-db@1.service", "p-db@2.service", "p-web-1.service"]
    assert calls[1] == " ".join(["stop", "p.target", *members])
    assert calls[2] == " ".join(["stop", "p.target", *members, "p-default-network.service"])


def test_a_dry_run_says_what_systemd_would_be_told(case: Case, capsys: Said) -> None:
    case.install()
    before = case.recorder.calls()
    lifecycle(case.context(dry_run=True), Lifecycle(action="stop", services=("web",)))
    down(case.context(dry_run=True), Down(services=("web",)))
    out = capsys.readouterr().out
    assert out.count("Would run: systemctl --user stop p-web-1.service\n") == 2
    assert case.recorder.calls() == before


@pytest.mark.parametrize(
    ("variable", "text"), [("CONTAINER_HOST", "ssh://u@far/run/s"), ("XDG_CONFIG_HOME", "/none")]
)
def test_what_systemd_does_not_manage_goes_on(case: Case, variable: str, text: str) -> None:
    case.install()
    case.environ[variable] = text
    assert _up(case.context()) == 0
    assert case.engine.subjects("start")


def test_a_target_of_somebody_else_manages_nothing(case: Case) -> None:
    case.place.units.mkdir(parents=True)
    (case.place.units / "p.target").write_text("[Unit]\nDescription=mine\n")
    assert _up(case.context()) == 0


def test_autostart_replaces_what_up_made_and_restarts_what_changed(case: Case) -> None:
    _up(case.context())
    case.recorder.state("p.target", {"LoadState": "loaded", "UnitFileState": "enabled"})
    autostart.enable(case.context(), case.place, None, force=False)
    assert case.engine.containers() == []
    verbs = [call.split()[0] for call in case.recorder.calls()]
    assert verbs.index("enable") < verbs.index("start")
    case.write(FILE.replace("restart: always", "restart: on-failure"))
    autostart.enable(case.context(), case.place, None, force=False)
    assert "try-restart p-web-1.service" in case.recorder.calls()
    autostart.disable(case.context(), None)
    assert case.files() == (set(), set())


def test_a_changed_network_is_made_anew_with_all_on_it(case: Case) -> None:
    autostart.enable(case.context(), case.place, None, force=False)
    network = NetworkState(id="n", name="p_default", labels={PROJECT: "p"})
    case.engine.networks["p_default"] = network
    case.write(FILE + "networks: {default: {internal: true}}\n")
    autostart.enable(case.context(), case.place, None, force=False)
    assert "p_default" not in case.engine.networks
    verbs = [call.split()[0] for call in case.recorder.calls()]
    assert verbs[-5:] == ["enable", "stop", "reset-failed", "start", "show"]


def test_another_version_of_composer_restarts_nothing(case: Case) -> None:
    autostart.enable(case.context(), case.place, None, force=False)
    unit = case.place.quadlets / "p-web-1.container"
    unit.write_text(
        unit.read_text().replace("version=", "version=0.0.9-").replace("# Made", "# Was")
    )
    autostart.enable(case.context(), case.place, None, force=False)
    assert "0.0.9" not in unit.read_text()
    assert not any("try-restart" in call for call in case.recorder.calls())


# --- generate -------------------------------------------------------------------------------------


def test_generate_writes_a_folder_without_systemd(case: Case, capsys: Said) -> None:
    case.environ["PATH"] = "/nowhere"
    folder = case.folder / "out"
    options = GenerateOptions(case.place, output=str(folder))
    assert generate(case.context(), options) == 0
    assert {path.name for path in folder.iterdir()} == UNITS | QUADLETS
    said = capsys.readouterr().err
    assert 'printf %s "$TOKEN" | podman secret create p_token -' in said
    generate(case.context(), options._replace(format="units"))
    assert {path.suffix for path in folder.iterdir()} == {".service", ".target"}
    (folder / "p.target").write_text("mine")
    with pytest.raises(ComposerError, match="was not written by composer"):
        generate(case.context(), options)
    assert generate(case.context(), options._replace(force=True)) == 0
    assert "[Unit]" in (folder / "p.target").read_text()
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_generate_prints_all_files_each_below_its_name(case: Case, capsys: Said) -> None:
    generate(case.context(), GenerateOptions(case.place, podman_version="4.3"))
    out = capsys.readouterr().out
    assert "# ---- p.target ----\n" in out
    assert "# ---- p-web-1.service ----\n" in out
    with pytest.raises(ComposerError, match="'new' is no version of Podman"):
        generate(case.context(), GenerateOptions(case.place, podman_version="new"))
    (case.folder / "file").touch()
    with pytest.raises(ComposerError, match="file is no folder"):
        generate(case.context(), GenerateOptions(case.place, output="file"))


def test_a_project_without_active_services_has_nothing_for_systemd(case: Case) -> None:
    case.write("services: {web: {image: x, profiles: [off]}}\nname: p\n")
    with pytest.raises(ComposerError, match="nothing for systemd"):
        case.install()
