"""What a build section says is in the image that is built, and its secrets are not."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, free_port
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

SECRET = "second-secret-text"
FIRST = "first-secret-text\n"


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[int]:
    """A git repository that is served on the loopback; the port."""
    work, served = tmp_path / "work", tmp_path / "served"
    (work / "sub").mkdir(parents=True)
    (work / "sub" / "Dockerfile").write_text(
        "FROM docker.io/library/busybox\nCOPY tracked /from-git\n"
    )
    (work / "sub" / "tracked").write_text("tracked\n")

    def git(*words: str, cwd: Path = work) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@t.invalid")
        subprocess.run(["git", *identity, *words], cwd=cwd, check=True, capture_output=True)

    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "one")
    git("clone", "--bare", str(work), str(served / "repo.git"))
    port = free_port()
    command = ["git", "daemon", "--export-all", f"--base-path={served}"]
    server = subprocess.Popen([*command, "--listen=127.0.0.1", f"--port={port}"])
    try:
        wait_until(lambda: listens(port), what="the git server")
        yield port
    finally:
        server.terminate()
        server.wait(20)


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def work(scenario: ScenarioOf, repository: int) -> Scenario:
    found = scenario("builds")
    found.env |= {
        "COMPOSE_PROJECT_NAME": found.name,
        "GIT_PORT": str(repository),
        "FROM_ENV": "from-env",
        "SECRET_VALUE": SECRET,
    }
    dockerfile = found.folder / "Dockerfile"
    dockerfile.write_text("FROM docker.io/library/busybox\nRUN echo packed > /from-archive\n")
    with tarfile.open(found.folder / "context.tar", "w") as archive:
        archive.add(dockerfile, "Dockerfile")
    return found


def content(work: Scenario, image: str, path: str) -> str:
    """A file of an image."""
    done = work.testbed.podman("run", "--rm", "--network=none", image, "cat", path)
    return done.stdout


def test_a_build_must_carry_out_all_that_its_section_says(work: Scenario) -> None:
    done = work.run("build", timeout=300)
    assert done.returncode == 0, done.stderr
    assert "services.full.build.provenance" in done.stderr
    image = f"localhost/{work.name}-full:latest"
    (inspected,) = json.loads(work.testbed.podman("image", "inspect", image).stdout)
    assert inspected["Labels"]["com.example.label"] == "said"
    assert f"localhost/{work.name}-extra:1" in inspected["RepoTags"]

    facts = content(work, image, "/facts").split()
    assert facts[:5] == ["given", "from-env", "100", "10240", "192.0.2.55"]
    assert int(facts[5], 16) & (1 << 21), "CAP_SYS_ADMIN"

    built_first = content(work, image, "/from-base").splitlines()
    assert "lo" in built_first
    if not work.testbed.rootless:  # whose builds have no network of their own to be without
        assert built_first == ["lo"], "without a network"
    assert content(work, image, "/from-files") == "a file\n"
    digest = hashlib.sha256(f"{FIRST}{SECRET}".encode()).hexdigest()
    assert content(work, image, "/digest").split()[0] == digest
    history = work.testbed.podman("history", "--no-trunc", image).stdout
    for text in (json.dumps(inspected), history, done.stdout, done.stderr):
        assert FIRST.strip() not in text
        assert SECRET not in text
    gone = work.testbed.podman("run", "--rm", image, "ls", "/last", "/run/secrets", check=False)
    assert "/last: No such file" in gone.stderr, "only the wanted stage is built"

    named = f"localhost/{work.name}-named:2"
    assert content(work, named, "/from-inline") == "a file\n"
    assert content(work, f"localhost/{work.name}-archive", "/from-archive") == "packed\n"
    assert content(work, f"localhost/{work.name}-git", "/from-git") == "tracked\n"


def test_a_build_that_fails_must_say_which_and_why(work: Scenario) -> None:
    (work.folder / "base" / "Dockerfile").write_text(
        "FROM docker.io/library/busybox\nRUN echo before the end && exit 9\n"
    )
    done = work.run("build", timeout=300)
    assert done.returncode == 1
    assert "building base failed" in done.stderr
    assert "before the end" in done.stderr
    assert "building full failed" not in done.stderr, "it is not tried: it needs the other"
    assert "Traceback" not in done.stderr
    assert content(work, f"localhost/{work.name}-archive", "/from-archive") == "packed\n"
