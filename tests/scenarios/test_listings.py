"""Commands that list what a project has, and that take something out of it."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests import rootless
from tests.conformance import oracle
from tests.registry import Registry
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, free_port
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


@pytest.fixture
def listed(scenario: ScenarioOf) -> Iterator[Scenario]:
    found = scenario("listed")
    found.env["PORT"] = str(free_port())
    yield found
    found.testbed.podman("rmi", "-f", "localhost/built:1", "localhost/built:2", check=False)


@pytest.fixture(scope="module")
def begun(shared: ScenarioOf) -> Scenario:
    found = shared("listed")
    found.env["PORT"] = str(free_port())
    return found


@pytest.fixture
def running(begun: Scenario) -> Iterator[Scenario]:
    """What needs no build, running, whatever the test before did."""
    begun.ok("up", "-d", "--no-build", "web", "two")
    yield begun
    if rootless.groups():
        begun.ok("unpause")


def of_docker_compose(work: Scenario, *arguments: str) -> subprocess.CompletedProcess[str] | None:
    """What the real program says of the same project; None where it is not installed."""
    program = oracle.find()
    if program is None:
        return None
    environ = work.environ() | {"DOCKER_HOST": work.environ()["CONTAINER_HOST"]}
    words = [program, "-p", work.name, *arguments]
    return subprocess.run(words, cwd=work.folder, env=environ, capture_output=True, text=True)


def objects(text: str) -> list[dict[str, Any]]:
    """JSON as Docker Compose prints it: an array, or one object a line."""
    if text.startswith("["):
        found: list[dict[str, Any]] = json.loads(text)
        return found
    return [json.loads(line) for line in text.splitlines()]


def forms(row: dict[str, Any]) -> dict[str, str]:
    """The kind of each value by its key."""
    return {key: type(value).__name__ for key, value in row.items()}


def test_lists_must_have_docker_composes_columns_keys_and_names(listed: Scenario) -> None:
    listed.ok("up", "-d", timeout=300)
    names = [f"{listed.name}-{end}" for end in ("built-1", "two-1", "two-2", "web-1")]

    images = objects(listed.ok("images", "--format", "json"))
    assert [row["ContainerName"] for row in images] == names
    assert {(row["Repository"], row["Tag"]) for row in images} == {
        ("localhost/built", "1"),
        ("busybox", "latest"),
    }
    by_name = {one["Name"]: one["Image"] for one in listed.containers()}
    assert [row["ID"] for row in images] == [f"sha256:{by_name[name]}" for name in names]
    ids = listed.ok("images", "-q").split()
    assert sorted(ids) == sorted(set(by_name.values()))
    assert listed.ok("images", "web").split()[:2] == ["CONTAINER", "REPOSITORY"]
    assert listed.ok("images", "--format", "{{.Tag}}", "two").split() == ["latest", "latest"]

    volume = f"{listed.name}_data"
    assert listed.ok("volumes", "-q").split() == [volume]
    assert listed.ok("volumes", "web").split() == ["DRIVER", "VOLUME", "NAME", "local", volume]
    assert listed.ok("volumes", "-q", "two") == ""
    template = '{{.Name}} {{.Label "com.docker.compose.volume"}}'
    assert listed.ok("volumes", "--format", template) == f"{volume} data\n"
    assert listed.run("volumes", "nothing").returncode == 1

    line = listed.ok("ps", "--format", 'table {{.Name}}\t{{.State}}\t{{.Label "tier"}}', "web")
    assert [row.split() for row in line.splitlines()] == [
        ["NAME", "STATE", "tier"],
        [f"{listed.name}-web-1", "running", "front"],
    ]
    for command in ("images", "volumes", "ps", "ls"):
        theirs = of_docker_compose(listed, command, "--format", "json")
        if theirs is None:
            continue
        assert theirs.returncode == 0, theirs.stderr
        ours = objects(listed.ok(command, "--format", "json"))
        wanted = {key: kind for row in objects(theirs.stdout) for key, kind in forms(row).items()}
        assert {**forms(ours[0]), **wanted} == forms(ours[0]), command
        table = of_docker_compose(listed, command)
        assert table is not None
        header = listed.ok(command).splitlines()[0].split()
        assert header == table.stdout.splitlines()[0].split()


def test_port_must_tell_what_is_published(running: Scenario) -> None:
    place = f"127.0.0.1:{running.env['PORT']}\n"
    assert running.ok("port", "web", "80") == place
    assert running.ok("port", "--protocol", "udp", "--index", "1", "web", "81") == place
    for words in (("web", "81"), ("two", "80"), ("--index", "2", "web", "80"), ("none", "80")):
        done = running.run("port", *words)
        assert (done.returncode, done.stdout) == (1, "")
    assert "80/tcp, 81/udp" in running.run("port", "web", "443").stderr


@pytest.mark.skipif(not rootless.groups(), reason="Podman cannot pause containers here")
def test_pause_must_stop_processes_until_unpause(running: Scenario) -> None:
    running.ok("pause", "two")
    assert running.states() == {"two-1": "paused", "two-2": "paused", "web-1": "running"}
    assert running.ok("ps", "-q", "--status", "paused").split() == running.ids("two")
    running.ok("pause")
    running.ok("unpause", "web")
    assert running.states() == {"two-1": "paused", "two-2": "paused", "web-1": "running"}
    running.ok("unpause")
    running.ok("unpause")
    assert set(running.states().values()) == {"running"}
    assert running.run("pause", "none").returncode == 1


def test_what_a_container_has_become_must_be_kept(running: Scenario) -> None:
    web = f"{running.name}-web-1"
    wait_until(lambda: running.inside(web, "cat", "/note").stdout == "kept\n", what="the note")
    reference = f"{running.name}:kept"
    done = running.run(
        "commit", "-m", "a note", "-a", "Ada", "-c", "ENV NOTE=kept", "-p=false", "web", reference
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    podman = running.testbed.podman
    (image,) = json.loads(podman("image", "inspect", reference).stdout)
    assert (image["Author"], image["Comment"]) == ("Ada", "a note")
    assert "NOTE=kept" in image["Config"]["Env"]
    assert image["Id"] in done.stderr
    assert podman("run", "--rm", reference, "cat", "/note").stdout == "kept\n"

    target = running.folder / "web.tar"
    assert running.ok("export", "-o", str(target), "web") == ""
    assert target.stat().st_mode & 0o777 == 0o600
    with tarfile.open(target) as tar:
        note = tar.extractfile("note")
        assert note is not None
        assert note.read() == b"kept\n"
    piped = subprocess.run(
        running.command("export", "--index", "1", "web"),
        cwd=running.folder,
        env=running.environ(),
        capture_output=True,
    )
    assert piped.stderr == b""
    with tarfile.open(fileobj=io.BytesIO(piped.stdout)) as tar:
        assert "note" in tar.getnames()
    for words in (("commit", "built"), ("export", "built"), ("export", "-o", "/none/x", "web")):
        assert running.run(*words).returncode == 1
    assert f"Would commit {web}" in running.ok("--dry-run", "commit", "web", "no:1")
    assert podman("image", "exists", "no:1", check=False).returncode == 1


def test_push_must_bring_built_images_to_their_registry(listed: Scenario) -> None:
    with Registry() as registry:
        listed.env["REGISTRY"] = f"127.0.0.1:{registry.port}/"
        listed.ok("build", timeout=300)
        listed.ok("push")
        assert set(registry.pushed) == {"built:1", "built:2"}
        registry.pushed.clear()
        listed.ok("push", "web", "two")
        assert not registry.pushed, "they are not built"
        listed.ok("build", "--push", timeout=300)
        assert set(registry.pushed) == {"built:1", "built:2"}
        registry.close()
        assert listed.run("push", "-q").returncode == 1
        assert listed.run("push", "-q", "--ignore-push-failures").returncode == 0
    names = [f"{listed.env['REGISTRY']}built:{tag}" for tag in (1, 2)]
    listed.testbed.podman("rmi", "-f", *names)
