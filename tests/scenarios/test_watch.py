"""Containers must follow the files that ``develop.watch`` names."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, started
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

MANY = 1_000


@pytest.fixture
def work(scenario: ScenarioOf) -> Iterator[Scenario]:
    """A project whose files are watched; the images that it builds are removed."""
    found = scenario("watched")
    yield found
    found.run("down", "-t0", "--rmi", "local", "-v")


def text(work: Scenario, container: str, path: str) -> str:
    """A file in a container; empty when it is not there."""
    return work.inside(f"{work.name}-{container}", "cat", path).stdout


def listed(work: Scenario, container: str, folder: str) -> list[str]:
    """All files below a folder in a container."""
    found = work.inside(f"{work.name}-{container}", "find", folder, "-type", "f").stdout.split()
    return sorted(path.removeprefix(f"{folder}/") for path in found)


def write(work: Scenario, path: str, content: str = "x\n") -> None:
    """Write a file as editors do: beside it, and then in its place."""
    file = work.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.swp")
    beside.write_text(content)
    beside.rename(file)


def ids_of(work: Scenario, service: str) -> set[str]:
    """The containers of a service, also while they are being replaced."""
    return set(work.ids(service))


def is_watching(work: Scenario) -> bool:
    return "Watch enabled" in work.output()


def test_files_must_be_copied_and_removed_in_all_replicas(work: Scenario) -> None:
    with work.running("watch", "--quiet") as process:
        wait_until(lambda: is_watching(work), 90, what="the watch")
        assert text(work, "web-1", "/work/src/first") == "first\n", "initial_sync"
        assert text(work, "web-2", "/work/src/first") == "first\n"
        owner = work.inside(f"{work.name}-web-1", "stat", "-c", "%u", "/work/src/first")
        assert owner.stdout == "1000\n", "the service's own user may change it"

        for ignored in ("skipped/deep/a", "a.o", ".git/HEAD", "b~"):
            write(work, f"web/src/{ignored}")
        write(work, "later/deep/no.md")
        write(work, "later/deep/yes.txt", "later\n")
        for number in range(MANY):
            write(work, f"web/src/many/{number % 10}/{number}", f"{number}\n")
        wait_until(
            lambda: all(
                len(listed(work, name, "/work/src")) == MANY + 1 for name in ("web-1", "web-2")
            ),
            what="a thousand files",
        )
        assert text(work, "web-2", "/work/src/many/9/999") == "999\n"
        wait_until(lambda: text(work, "web-1", "/work/later/deep/yes.txt"), what="a new folder")
        assert listed(work, "web-1", "/work/later") == ["deep/yes.txt"], "what include names"

        (work.folder / "web/src/first").unlink()
        shutil.rmtree(work.folder / "web/src/many/0")
        (work.folder / "web/src/many/1").rename(work.folder / "web/src/moved")
        wait_until(
            lambda: (
                len(listed(work, "web-1", "/work/src")) == MANY - 100
                and len(listed(work, "web-1", "/work/src/moved")) == 100
            ),
            what="the removal",
        )
        assert text(work, "web-1", "/work/src/moved/11") == "11\n"
        assert text(work, "web-1", "/work/src/first") == ""
        assert work.interrupt(process) == 130
    assert set(work.states().values()) == {"running"}, "watch leaves the project running"
    assert "Traceback" not in work.output()


def test_each_action_must_do_what_it_says(work: Scenario) -> None:
    work.ok("up", "-d", "--quiet-pull", timeout=180)
    began = {one["Name"]: started(one) for one in work.containers()}
    image = work.containers("web")[0]["Image"]
    other = f"{work.name}-other-1"

    def restarted(*services: str) -> bool:
        return all(started(one) != began[one["Name"]] for one in work.containers(*services))

    with work.running("watch", "--no-up", "--quiet") as process:
        wait_until(lambda: is_watching(work), 60, what="the watch")
        write(work, "one/input/b", "more\n")
        wait_until(lambda: text(work, "other-1", "/tmp/joined") == "more\n", what="sync+exec")
        assert not restarted("other")

        write(work, "one/settings", "b\n")
        wait_until(lambda: restarted("other"), what="sync+restart")
        wait_until(lambda: text(work, "other-1", "/etc/settings") == "b\n", what="the file")
        began[other] = started(work.container("other"))

        write(work, "one/restarts/now")
        wait_until(lambda: restarted("other"), what="restart")
        assert not work.inside(other, "ls", "/one").stdout

        ids = ids_of(work, "web")
        write(work, "web/packages/hidden")
        write(work, "web/packages/list", "2\n")
        wait_until(lambda: not ids & ids_of(work, "web"), 90, what="rebuild")
        wait_until(
            lambda: text(work, "web-2", "/work/src/first") == "first\n", 30, what="initial_sync"
        )
        assert text(work, "web-1", "/image/packages/list") == "2\n"
        left = work.testbed.podman("image", "exists", image, check=False)
        assert left.returncode == 1, "the former image is removed"

        for other_container in work.ids("other"):
            work.testbed.podman("rm", "-ft0", other_container)
        write(work, "one/input/c", "c\n")
        write(work, "web/src/after", "after\n")
        wait_until(
            lambda: text(work, "web-1", "/work/src/after") == "after\n",
            what="the next change, whatever became of the last",
        )
        assert work.interrupt(process) == 130
    assert "Traceback" not in work.output()


def test_an_attached_up_must_watch_and_follow_what_it_rebuilds(work: Scenario) -> None:
    with work.running("up", "--watch", "web") as process:
        wait_until(lambda: is_watching(work), 90, what="the watch")
        ids = ids_of(work, "web")
        write(work, "web/packages/list", "2\n")
        wait_until(lambda: not ids & ids_of(work, "web"), 90, what="rebuild")
        wait_until(lambda: work.output().count("| started") == 4, what="the new logs")
        assert work.interrupt(process) == 130
    assert set(work.states().values()) == {"exited"}


@pytest.mark.parametrize(
    ("watch", "arguments", "said"),
    [
        ([], ("watch",), "none of the services has anything to watch"),
        (
            [{"action": "rebuild", "path": "."}],
            ("watch",),
            "compose.yaml:1:63: services.a.develop.watch[0]: the service a cannot be rebuilt",
        ),
        (
            [{"action": "sync", "path": ".", "target": "/x", "ignore": ["[a"]}],
            ("watch", "--no-up"),
            "'[a' is no pattern",
        ),
    ],
)
def test_rules_that_cannot_be_carried_out_must_be_told_before_anything_starts(
    work: Scenario, watch: list[dict[str, object]], arguments: tuple[str, ...], said: str
) -> None:
    service = {"image": "busybox", "develop": {"watch": watch}}
    Path(work.folder / "compose.yaml").write_text(json.dumps({"services": {"a": service}}))
    done = work.run(*arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert work.containers() == []
