"""Files into and out of containers, as ``cp`` has them: names, folders, links, owners, streams."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests import rootless
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def running(shared: ScenarioOf) -> Scenario:
    """A service with two replicas: one for all tests, each of which has paths of its own."""
    work = shared("plain")
    service = {"image": "busybox", "command": ["sleep", "600"], "network_mode": "none"}
    (work.folder / "compose.yaml").write_text(json.dumps({"services": {"app": service}}))
    work.ok("up", "-d", "--scale", "app=2")
    return work


@pytest.fixture
def work(running: Scenario, tmp_path: Path) -> Scenario:
    """The same, called in a folder of the test's own."""
    shutil.copy(running.folder / "compose.yaml", tmp_path)
    return Scenario(running.testbed, running.program, tmp_path, running.name)


def text(work: Scenario, number: int, path: str) -> str:
    """The content of a file in a replica, empty when it has none."""
    return work.inside(f"{work.name}-app-{number}", "cat", path).stdout


def owner(work: Scenario, path: str) -> str:
    return work.inside(f"{work.name}-app-1", "stat", "-c", "%u:%g", path).stdout.strip()


def test_files_must_get_into_containers(work: Scenario) -> None:
    tree = work.folder / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "one").write_text("1\n")
    (tree / "sub" / "two").write_text("2\n")
    (tree / "link").symlink_to("one")
    (work.folder / "alias").symlink_to("tree/one")
    given = (os.geteuid(), os.getegid()) if rootless.asked_for() else (1234, 5678)
    os.chown(tree / "one", *given)

    work.ok("cp", "tree/one", "app:/tmp/renamed")
    assert [text(work, n, "/tmp/renamed") for n in (1, 2)] == ["1\n", "1\n"], "all replicas"
    assert owner(work, "/tmp/renamed") == "0:0"
    work.ok("cp", "-a", "--index", "1", "tree/one", "app:/tmp")
    assert (text(work, 1, "/tmp/one"), text(work, 2, "/tmp/one")) == ("1\n", "")
    assert owner(work, "/tmp/one") == "{}:{}".format(*given)

    work.ok("cp", "tree", "app:/tmp")
    assert text(work, 1, "/tmp/tree/sub/two") == "2\n"
    work.ok("cp", "tree", "app:/tmp/fresh")
    assert text(work, 1, "/tmp/fresh/sub/two") == "2\n"
    work.ok("cp", "tree/.", "app:/opt")
    assert text(work, 1, "/opt/sub/two") == "2\n"
    assert work.inside(f"{work.name}-app-1", "readlink", "/opt/link").stdout == "one\n"

    work.ok("cp", "alias", "app:/tmp/as-link")
    assert work.inside(f"{work.name}-app-1", "readlink", "/tmp/as-link").stdout == "tree/one\n"
    work.ok("cp", "-L", "alias", "app:/tmp/followed")
    assert work.inside(f"{work.name}-app-1", "readlink", "/tmp/followed").stdout == ""
    assert text(work, 1, "/tmp/followed") == "1\n"

    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        member = tarfile.TarInfo("streamed")
        member.size, member.uid = 3, 77
        tar.addfile(member, io.BytesIO(b"tar"))
    command = work.command("cp", "-", "app:/tmp")
    done = subprocess.run(
        command, cwd=work.folder, env=work.environ(), input=made.getvalue(), capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert [text(work, n, "/tmp/streamed") for n in (1, 2)] == ["tar", "tar"]
    assert owner(work, "/tmp/streamed") == "77:0"

    big = work.folder / "big"
    big.write_bytes(os.urandom(5_000_000))
    work.ok("cp", "big", "app:/tmp/")
    work.ok("cp", "app:/tmp/big", "back")
    assert (work.folder / "back").read_bytes() == big.read_bytes()

    work.ok("run", "--name", f"{work.name}-once", "-T", "app", "true")
    work.ok("cp", "--all", "tree/one", "app:/tmp/everywhere")
    left = work.testbed.podman("cp", f"{work.name}-once:/tmp/everywhere", str(work.folder / "got"))
    assert (left.returncode, (work.folder / "got").read_text()) == (0, "1\n")


def test_files_must_get_out_of_a_container(work: Scenario) -> None:
    script = (
        "mkdir -p /data/sub && echo 1 > /data/one && echo 2 > /data/sub/two && ln -s one /data/link"
        " && ln /data/one /data/hard && chmod 4750 /data/one && chown 1234:5678 /data/one"
    )
    assert work.inside(f"{work.name}-app-1", "sh", "-c", script).returncode == 0
    here = work.folder

    work.ok("cp", "app:/data/one", "renamed")
    assert (here / "renamed").read_text() == "1\n"
    assert (here / "renamed").stat().st_uid == os.geteuid()
    assert (here / "renamed").stat().st_mode & 0o7777 == 0o750
    work.ok("cp", "-a", "app:/data/one", ".")
    assert (here / "one").stat().st_uid == os.geteuid(), "Podman gives all to the container's user"

    work.ok("cp", "app:/data", "fresh")
    work.ok("cp", "app:/data", ".")
    (here / "into").mkdir()
    work.ok("cp", "app:/data/.", "into")
    for copied in (here / "fresh", here / "data", here / "into"):
        assert (copied / "sub" / "two").read_text() == "2\n"
        assert (copied / "link").readlink() == Path("one")
        assert (copied / "hard").read_text() == "1\n"
    work.ok("cp", "app:/data/link", "followed")
    assert (here / "followed").read_text() == "1\n"

    command = work.command("cp", "app:/data", "-")
    done = subprocess.run(command, cwd=here, env=work.environ(), capture_output=True)
    assert done.returncode == 0, done.stderr
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        assert {"data/one", "data/sub/two"} <= set(tar.getnames())


def test_what_cannot_be_copied_must_be_said(work: Scenario) -> None:
    (work.folder / "tree").mkdir()
    for arguments, said in (
        (("one", "two"), "unknown copy direction"),
        (("app:/one", "app:/two"), "copying between services is not supported"),
        (("ap:/one", "."), "no such service: ap"),
        (("app:/no-such-file", "."), "could not find the file /no-such-file"),
        (("no-such-file", "app:/tmp"), "no such file or folder here: no-such-file"),
        (("compose.yaml", "app:/no-such-folder/"), "no such folder in"),
        (("compose.yaml", "app:/no-such-folder/x"), "no such folder in"),
        (("tree", "app:/etc/passwd"), "cannot copy a folder to /etc/passwd"),
        (("app:/etc", "compose.yaml"), "cannot copy a folder to compose.yaml"),
        (("app:/etc/passwd", "no-such-folder/"), "no such folder: no-such-folder/"),
        (("--index", "9", "compose.yaml", "app:/tmp"), "no container with number 9"),
    ):
        done = work.run("cp", *arguments)
        assert done.returncode == 1, arguments
        assert said in done.stderr
        assert "Traceback" not in done.stderr
