"""Every attribute of a service reaches Podman, or is warned of: one project, a row for each.

The rows are in ``tests/integration/attributes``, by subject.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import rootless
from tests.conftest import unique_name
from tests.integration import by_units
from tests.integration.attributes import limits, network, process, rights, storage
from tests.integration.attributes.row import BUSYBOX, Row, at, matches
from tests.scenarios.steps import Scenario, service_of
from tests.scenarios.work import account
from tests.testbed import Testbed

pytestmark = pytest.mark.engine

ROWS: list[Row] = [*process.ROWS, *limits.ROWS, *network.ROWS, *storage.ROWS]
SECRETS = ("hidden-in-a-file", "hidden-in-a-variable")
FILES = {
    "labels": "from=a file\n",
    "vars": "FROM_FILE=yes\n",
    "plain": "in a file\n",
    "secret": "hidden-in-a-file\n",
    "seccomp.json": '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}',
}


BY_API_ALONE = ("dns", "domainname", "host-gateway")
"""What units say otherwise, on some engines; they warn of it."""


def release_of(testbed: Testbed) -> tuple[int, int]:
    """The first two numbers of the engine's version."""
    text = testbed.podman("version", "--format={{.Server.Version}}").stdout
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


class Running:
    """The project of all rows, up; its containers by service, and what composer warned of."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        rows = rights.chosen(ROWS, scenario.testbed.rootless)
        started = [row.service for row in rows if row.started]
        created = [row.service for row in rows if not row.started]
        self.release = release_of(scenario.testbed)
        self.output = ""
        for command in (["up", "-d", *started], ["create", *created]):
            done = scenario.run(*command)
            self.output += done.stdout + done.stderr
            assert done.returncode == 0, account(command, done)
        self.containers = {service_of(one): one for one in scenario.containers()}

    def prints(self, container: str, command: str, expected: Any) -> None:
        """A shell in the container prints what is expected."""
        shell = "bash" if "<(" in command else "sh"
        printed = self.scenario.inside(container, shell, "-c", command).stdout.strip()
        assert matches(expected, printed), f"{command}: {printed!r}"

    def warned(self, service: str) -> list[str]:
        """The attributes of ``service`` that warnings name."""
        found = re.findall(rf"^Warning: services\.{re.escape(service)}\.(.+?): ", self.output, re.M)
        return sorted(found)


def write(scenario: Scenario) -> None:
    """The project's files."""
    rows = rights.chosen(ROWS, scenario.testbed.rootless)
    for name, text in FILES.items():
        (scenario.folder / name).write_text(text)
    parts: dict[str, dict[str, Any]] = {"networks": dict(network.NETWORKS)}
    for row in rows:
        for section, entries in row.also.items():
            parts.setdefault(section, {}).update(entries)
    services = {row.service: row.as_service() for row in rows}
    text = json.dumps({"services": services, **parts}, indent=1)
    (scenario.folder / "compose.yaml").write_text(text)
    scenario.env.update(
        SAMPLE_FOLDER=str(scenario.folder),
        SAMPLE_TOKEN="hidden-in-a-variable",
        SAMPLE_VARIABLE="value-of-variable",
    )


@pytest.fixture(scope="module")
def running(
    engine: Testbed, composer_program: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """All rows, up; removed at the end."""
    scenario = Scenario(engine, composer_program, tmp_path_factory.mktemp("rows"), unique_name())
    write(scenario)
    parts = f"{scenario.name}-parts"
    engine.podman("volume", "create", parts)
    engine.podman("secret", "create", f"{scenario.name}-own", str(scenario.folder / "secret"))
    make = "mkdir -p /v/in/ner && echo deep > /v/in/ner/file"
    engine.podman("run", "--rm", f"-v{parts}:/v", BUSYBOX, "sh", "-c", make)
    try:
        yield Running(scenario)
    finally:
        engine.remove_project(scenario.name)
        engine.podman("volume", "rm", "-f", parts, check=False)
        engine.podman("secret", "rm", f"{scenario.name}-own", check=False)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_reaches_podman(running: Running, row: Row) -> None:
    if reason := rights.why_not_seen(row, running.scenario.testbed.rootless):
        pytest.skip(reason)
    container = running.containers[row.service]
    for path, expected in row.sees.items():
        seen = at(container, path)
        assert matches(expected, seen), f"{path} is {seen!r}"
    for command, expected in row.inside.items():
        running.prints(container["Id"], command, expected)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_warns_of_what_has_no_effect_and_of_nothing_else(running: Running, row: Row) -> None:
    testbed = running.scenario.testbed
    if reason := rights.impossible(testbed.rootless).get(row.name):
        pytest.skip(reason)
    assert running.warned(row.service) == row.warned_of(running.release, testbed.rootless)


@pytest.mark.parametrize("name", rights.LIMITED)
def test_limits_that_are_not_given_are_told_of(running: Running, name: str) -> None:
    given = rootless.groups()
    (row,) = (row for row in ROWS if row.name == name)
    told = f"Warning: services.{row.service}: Resource limits are not supported" in running.output
    assert told is not given


def test_texts_of_secrets_show_nowhere(running: Running) -> None:
    """In ``inspect``, labels, command lines, output, and in what ``config --hash`` is made of."""
    scenario = running.scenario
    shown = [
        running.output,
        json.dumps(scenario.containers()),
        scenario.ok("config", "--hash", "*"),
    ]
    shown += [scenario.run("--dry-run", "up", "-d", "--force-recreate").stdout]
    shown += [path.read_text(errors="replace") for path in Path("/proc").glob("[0-9]*/cmdline")]
    for secret in SECRETS:
        assert not [text for text in shown if secret in text]


@pytest.mark.parametrize("name", limits.REFUSED)
def test_is_asked_of_podman(running: Running, name: str, tmp_path: Path) -> None:
    """What this machine has not: the refusal names it."""
    says, named = limits.REFUSED[name]
    scenario = running.scenario
    service = Row(name, says).as_service()
    (tmp_path / "compose.yaml").write_text(json.dumps({"services": {"refused": service}}))
    other = Scenario(scenario.testbed, scenario.program, tmp_path, f"{scenario.name}x")
    try:
        done = other.run("up", "-d")
    finally:
        scenario.testbed.remove_project(other.name)
    assert done.returncode == 1
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_as_root(running: Running, tmp_path: Path) -> None:
    """``x-podman.rootfs``: the service needs no image."""
    testbed = running.scenario.testbed
    root = tmp_path / "root"
    root.mkdir()
    source = testbed.podman("create", BUSYBOX, "true").stdout.strip()
    archive = str(tmp_path / "root.tar")
    testbed.podman("export", "-o", archive, source)
    testbed.podman("rm", source)
    subprocess.run(["tar", "-C", str(root), "-xf", archive], check=True)
    service = {
        "x-podman": {"rootfs": str(root)},
        "command": ["sleep", "600"],
        "stop_signal": "SIGKILL",
        "network_mode": "none",
    }
    (tmp_path / "compose.yaml").write_text(json.dumps({"services": {"bare": service}}))
    other = Scenario(testbed, running.scenario.program, tmp_path, f"{running.scenario.name}r")
    try:
        other.ok("up", "-d")
        (before,) = other.ids()
        other.ok("up", "-d")
        assert other.ids() == [before]
        assert (other.container("bare")["Rootfs"], other.container("bare")["Image"]) == (
            str(root),
            "",
        )
        assert other.inside(before, "touch", "/made-inside").returncode == 0
        assert (root / "made-inside").exists()
    finally:
        testbed.remove_project(other.name)


def test_units_make_the_same_containers(running: Running, tmp_path: Path) -> None:
    """What ``composer systemd generate`` says, and what ``up`` did, are one and the same."""
    scenario, testbed = running.scenario, running.scenario.testbed
    units, texts = by_units.units_of(scenario, running.release, tmp_path / "units")
    for secret in units.secrets:
        source = tmp_path / secret.name
        source.write_bytes(secret.content or Path(secret.file or "").read_bytes())
        testbed.podman("secret", "create", secret.name, str(source))
    names = {c["Id"]: c["Name"] for c in running.containers.values()}
    told = {service for service in BY_API_ALONE if f"services.{service}." in str(units.warnings)}
    wrong = []
    try:
        for replica in units.replicas:
            words = by_units.command(texts[replica.unit], replica.unit, str(tmp_path))
            name = f"{replica.container}-unit"
            done = by_units.podman(testbed, *by_units.created(words, name))
            if done.returncode != 0:
                wrong.append(f"{replica.service}: {done.stderr}")
                continue
            both = json.loads(by_units.podman(testbed, "inspect", replica.container, name).stdout)
            one, other = (by_units.comparable(container, names) for container in both)
            if replica.service not in told:
                wrong += [f"{replica.service}{d}" for d in by_units.differences(one, other)]
            testbed.podman("rm", name)
    finally:
        for secret in units.secrets:
            testbed.podman("secret", "rm", secret.name, check=False)
    assert not wrong, "\n".join(wrong)


def test_texts_of_secrets_are_gone_after_down(running: Running) -> None:
    """Runs last: it ends the project."""
    layer = Path(running.containers["secrets"]["GraphDriver"]["Data"]["UpperDir"])
    assert (layer / "elsewhere/token").read_text() == "hidden-in-a-variable"
    running.scenario.ok("down", "-v", "-t0")
    assert running.scenario.containers() == []
    assert not layer.exists()
    listed = running.scenario.testbed.podman("secret", "ls", "--format={{.Name}}").stdout.split()
    assert [name for name in listed if running.scenario.name in name] == [
        f"{running.scenario.name}-own"
    ]
