"""Called podman-compose, the program takes its words, and means the same by them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from composer import __version__
from composer.cli import peers
from composer.cli.podman_compose import COMMANDS, NO_COMMAND, translated
from tests.testbed import CHECKOUT

FILE = "services: {app: {image: busybox}, db: {image: busybox}}\n"

ALIKE = {
    "up -d": "up --detach",
    "up -d --pull --build": "up --detach --build --pull=newer",
    "up --pull always db": "up --pull=always db",
    "up --pull-always=true": "up --pull=always",
    "up -d -V -t 3 --scale app=2 app": (
        "up --detach --timeout=3 --renew-anon-volumes --scale=app=2 app"
    ),
    "up --det": "up --detach",
    "-p x --in-pod=false up": "--in-pod=false --project-name=x up",
    "--pod-args=--infra=true up": "--pod-args=--infra=true up",
    "-f a.yaml -f b.yaml --profile one ps -q": (
        "--file=a.yaml --file=b.yaml --profile=one ps --quiet"
    ),
    "--no-ansi --parallel 4 --verbose down": "--no-ansi --parallel=4 --verbose down",
    "--dry-run up": "--dry-run up",
    "--env-file nowhere.env ps": "ps",
    "down -v --rmi": "down --volumes",
    "down --rmi local -t 1": "down --rmi=local --timeout=1",
    "exec -T -e A=1 -u me -w /tmp app sh -c ls": (
        "exec --env=A=1 --user=me -T --workdir=/tmp app sh -c ls"
    ),
    "run --rm app ls -la": "run --rm app ls -la",
    "run -d --name n -p 80:80 -v a:/b -l k=v app": (
        "run --detach --name=n --label=k=v --publish=80:80 --volume=a:/b app"
    ),
    "pull": "pull --ignore-buildable",
    "pull --force-local app": "pull app",
    "build app --pull": "build --pull app",
    "build --pull=never --no-cache --build-arg A=b": "build --build-arg=A=b --no-cache",
    "logs -f -n --tail 5 -t app": "logs --follow --timestamps --tail=5 app",
    "kill -s TERM app": "kill --signal=TERM app",
    "kill -a": "kill --all",
    "port --protocol udp --index 2 app 53": "port --index=2 --protocol=udp app 53",
    "stats -i 2 --no-stream app": "stats --interval=2 --no-stream app",
    "start --wait --wait-timeout 9 app": "start --wait --wait-timeout=9 app",
    "config --services -q": "config --services --quiet",
    "systemd -a create-unit": "systemd --action=create-unit",
    "push --ignore-push-failures app": "push --ignore-push-failures app",
    "-v": "version",
    "version --short": "version --short",
}


@pytest.mark.parametrize("said", ALIKE)
def test_its_words_become_ours(said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert translated(said.split()) == ALIKE[said].split()


def test_an_env_file_that_is_there_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "own.env").touch()
    monkeypatch.chdir(tmp_path)
    assert translated(["--env-file", "own.env", "ps"]) == ["--env-file", "own.env", "ps"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([], NO_COMMAND),
        (["help"], NO_COMMAND),
        (["ls"], 2),
        (["up", "--frob"], 2),
        (["up", "--pull", "app"], 2),
        (["--help"], 0),
        (["up", "--help"], 0),
    ],
)
def test_it_ends_as_podman_compose_does(
    said: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        translated(said)
    assert end.value.code == code
    assert "usage: podman-compose" in "".join(capsys.readouterr())


def test_each_command_that_it_has_is_there() -> None:
    table = peers.peer("/usr/bin/podman-compose").commands
    assert {*COMMANDS} - {"help"} <= {*table}


def run(
    name: str, folder: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the program under ``name`` in ``folder``."""
    link = folder / "bin" / name
    if not link.exists():
        link.parent.mkdir(exist_ok=True)
        link.write_text(
            f"#!{sys.executable}\nimport sys\nfrom composer.cli import main\nsys.exit(main())\n"
        )
        link.chmod(0o755)
    return subprocess.run(
        [str(link), *arguments],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if not k.startswith("PODMAN_COMPOSE_")}
        | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("name", "short"), [("podman-compose", "1.6.0"), ("docker-compose", "2.40.3")]
)
def test_its_version_is_the_one_that_it_speaks(name: str, short: str, tmp_path: Path) -> None:
    assert run(name, tmp_path, "version", "--short").stdout == f"{short}\n"
    told = json.loads(run(name, tmp_path, "version", "--format", "json").stdout)
    assert told["version"].removeprefix("v") == short


def test_the_files_of_one_folder_are_read_together(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {one: {image: a}}\n")
    (tmp_path / "container-compose.yml").write_text("services: {two: {image: b}}\n")
    below = tmp_path / "below"
    below.mkdir()
    as_podman = run("podman-compose", tmp_path, "config", "--services")
    assert as_podman.stdout.split() == ["one", "two"]
    assert run("docker-compose", tmp_path, "config", "--services").stdout.split() == ["one"]
    # podman-compose looks nowhere else, and a variable leads it there.
    assert run("podman-compose", below, "config").returncode == 255
    led = run("podman-compose", below, "config", "--services", COMPOSE_PROJECT_DIR=str(tmp_path))
    assert led.stdout.split() == ["one", "two"]
    assert run("podman-compose", tmp_path, "-f", "nowhere.yaml", "config").returncode == 1


def test_kill_asks_for_a_name(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(FILE)
    done = run("podman-compose", tmp_path, "kill")
    assert done.returncode == 0
    assert "--all" in done.stderr


def test_projects_are_registered_for_systemd(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("name: shop\n" + FILE)
    own = {"HOME": str(tmp_path), "PODMAN_COMPOSE_IN_POD": "false"}
    file = tmp_path / ".config/containers/compose/projects/shop.env"
    assert run("podman-compose", tmp_path, "systemd", **own).returncode == 0
    lines = file.read_text().splitlines()
    assert f"COMPOSE_PROJECT_DIR={tmp_path}" in lines
    assert "PODMAN_COMPOSE_IN_POD=false" in lines
    assert run("podman-compose", tmp_path, "systemd", "-a", "ls", **own).stdout == "shop\n"
    assert run("podman-compose", tmp_path, "systemd", "-a", "unregister", **own).returncode == 0
    assert not file.exists()


def test_flags_of_podman_that_have_no_effect_are_named(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(FILE)
    done = run("podman-compose", tmp_path, "--podman-run-args=--rm", "config", "-q")
    assert done.returncode == 0
    assert "--podman-run-args has no effect" in done.stderr


def test_an_extra_brings_the_name() -> None:
    own = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    shim = tomllib.loads((CHECKOUT / "packages/podman-compose/pyproject.toml").read_text())
    assert own["optional-dependencies"]["podman-compose"] == [shim["project"]["name"]]
    assert shim["project"]["scripts"] == {"podman-compose": own["scripts"]["composer"]}
    assert shim["project"]["version"] == __version__


@pytest.mark.parametrize("name", ["composer", "docker-compose"])
def test_it_can_be_called_as_a_plugin_is(name: str, tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(FILE)
    told = json.loads(run(name, tmp_path, "docker-cli-plugin-metadata").stdout)
    assert told["SchemaVersion"] == "0.1.0"
    assert run(name, tmp_path, "compose", "config", "--services").stdout.split() == ["app", "db"]


def test_options_of_podman_compose_are_known_under_every_name(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {app: {image: busybox, }}\n")
    wrong = run("composer", tmp_path, "--in-pod", "true", "--pod-args=--frob", "config", "-q")
    assert wrong.returncode == 1
    assert "'--frob' has no effect" in wrong.stderr
