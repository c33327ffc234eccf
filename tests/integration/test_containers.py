"""Containers, networks and volumes on a real Podman."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from composer import state
from composer.engine.connect import connect
from composer.engine.name_entries import folder
from composer.errors import EngineError
from composer.spec.model import (
    ByteSize,
    FileObject,
    FileReference,
    Healthcheck,
    Mount,
    Nanoseconds,
    Port,
    Service,
    Ulimit,
)
from tests import rootless
from tests.integration.conftest import BUSYBOX, Workbench, service, wait_until

pytestmark = pytest.mark.engine


def test_what_is_made_is_observed(bench: Workbench) -> None:
    project = bench.project(
        service("db", "back", volumes=(Mount(type="volume", source="data", target="/data"),)),
        networks={"back": True},
        volumes=("data",),
    )
    identity = bench.up(project, "db")
    seen = bench.engine.observe(bench.name)
    (container,) = seen.containers
    assert container.id == identity
    assert (container.name, container.status) == (f"{bench.name}-db-1", "running")
    assert (container.project, container.service, container.number) == (bench.name, "db", 1)
    assert container.config_hash == "1"
    assert container.networks == (f"{bench.name}_back",)
    assert container.mounts == ("/data",)
    assert container.image == BUSYBOX
    assert container.image_id == seen.image_id("busybox")
    assert container.command == ("sleep", "300")
    assert container.created > 1_700_000_000
    assert container.started >= container.created - 1
    network = seen.networks[f"{bench.name}_back"]
    assert network.internal
    assert network.labels[state.NETWORK] == "back"
    assert network.subnets
    assert seen.volumes[f"{bench.name}_data"].labels[state.VOLUME] == "data"
    assert seen.capabilities.version[0] in "45"


def test_stopping_and_removing_twice_is_no_error(bench: Workbench) -> None:
    project = bench.project(service("a", "n"), networks={"n": False})
    container = bench.up(project, "a")
    bench.engine.start(container)
    for _ in range(2):
        bench.engine.stop(container, timeout=0.5)
    for _ in range(2):
        bench.engine.remove(container, volumes=True)
        bench.engine.remove_network(f"{bench.name}_n")
        bench.engine.remove_volume(f"{bench.name}_gone")
    assert bench.engine.observe(bench.name).containers == ()


def test_a_network_that_is_used_is_a_conflict(bench: Workbench) -> None:
    project = bench.project(service("a", "n"), networks={"n": False})
    bench.up(project, "a")
    with pytest.raises(EngineError) as caught:
        bench.engine.remove_network(f"{bench.name}_n")
    assert caught.value.status == 409


def test_what_does_not_exist(bench: Workbench) -> None:
    for call in (bench.engine.inspect, bench.engine.start, bench.engine.stop):
        with pytest.raises(EngineError) as caught:
            call(f"{bench.name}-nobody")
        assert caught.value.status == 404


def test_anonymous_volumes_move_to_the_container_that_replaces_it(bench: Workbench) -> None:
    mount = Mount(type="volume", target="/cache")
    project = bench.project(service("a", volumes=(mount,), network_mode="none", networks={}))
    old = bench.up(project, "a")
    bench.run(old, "sh", "-c", "echo kept > /cache/file")
    bench.engine.rename(old, f"{bench.name}-old")
    new = bench.up(project, "a", replaces=old)
    assert bench.run(new, "cat", "/cache/file") == "kept\n"
    before = bench.engine.inspect(new).anonymous_volumes
    assert set(before) == {"/cache"}
    bench.engine.remove(old, force=True)
    fresh = bench.up(project, "a", 2, replaces=new, renew_anonymous_volumes=True)
    assert bench.engine.inspect(fresh).anonymous_volumes["/cache"] != before["/cache"]
    bench.engine.remove(new, force=True, volumes=True)
    assert before["/cache"] not in bench.engine.observe(bench.name).volumes


def test_the_process_is_as_the_file_says(bench: Workbench) -> None:
    project = bench.project(
        service(
            "a",
            network_mode="none",
            networks={},
            environment={"GREETING": "hello"},
            working_dir="/made/here",
            user="7:8",
            hostname="box",
            entrypoint=("sh", "-c"),
            command=("echo $GREETING $(pwd) $(id -u):$(id -g) $(hostname); exec sleep 300",),
        )
    )
    container = bench.up(project, "a")
    text = wait_until(lambda: bench.testbed.podman("logs", container).stdout)
    assert text == "hello /made/here 7:8 box\n"


def test_limits_are_set(bench: Workbench) -> None:
    limits = {"nofile": Ulimit(soft=100, hard=200), "nproc": Ulimit(soft=300, hard=300)}
    project = bench.project(
        service(
            "a",
            network_mode="none",
            networks={},
            ulimits=limits,
            pids_limit=50,
            cpus=0.5,
            mem_limit=ByteSize(64 << 20),
            tmpfs=("/scratch:size=1m",),
        )
    )
    container = bench.up(project, "a")
    open_files = bench.run(container, "grep", "Max open files", "/proc/1/limits")
    assert open_files.split()[3:5] == ["100", "200"]
    assert " 1024 " in bench.run(container, "df", "-k", "/scratch")
    host = bench.testbed.podman(
        "inspect",
        container,
        "--format",
        "{{.HostConfig.Memory}} {{.HostConfig.CpuQuota}} {{.HostConfig.PidsLimit}}",
    )
    given = rootless.groups()
    assert host.stdout.split() == ([str(64 << 20), "50000", "50"] if given else ["0", "0", "0"])


def test_secrets_and_configs(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file")
    project = bench.project(
        service(
            "a",
            network_mode="none",
            networks={},
            secrets=(
                FileReference(source="file"),
                FileReference(source="text", uid="9", mode="0440"),
            ),
            configs=(FileReference(source="conf", target="/etc/deep/er/conf"),),
        ),
        secrets={
            "file": FileObject(key="file", name="f", file=str(tmp_path / "key")),
            "text": FileObject(key="text", name="t", environment="TOKEN"),
        },
        configs={"conf": FileObject(key="conf", name="c", content="a config")},
        environment={"TOKEN": "very-secret"},
    )
    container = bench.up(project, "a")
    assert bench.run(container, "cat", "/run/secrets/file") == "from a file"
    assert bench.run(container, "cat", "/run/secrets/text") == "very-secret"
    assert bench.run(container, "stat", "-c", "%u %a", "/run/secrets/text") == "9 440\n"
    assert bench.run(container, "cat", "/etc/deep/er/conf") == "a config"
    assert "very-secret" not in bench.testbed.podman("inspect", container).stdout


class TestPorts:
    def test_ranges_are_shared_out(self, bench: Workbench) -> None:
        ports = (Port(target=80, published="28080-28081", host_ip="127.0.0.1"),)
        project = bench.project(service("a", "n", ports=ports), networks={"n": False})
        for number in (1, 2):
            bench.up(project, "a", number)
        published = [c.ports[0].host_port for c in bench.engine.observe(bench.name).containers]
        assert published == [28080, 28081]
        with pytest.raises(Exception, match="no port is free in 28080-28081/tcp"):
            bench.up(project, "a", 3)

    def test_podman_chooses(self, bench: Workbench) -> None:
        project = bench.project(service("a", "n", ports=(Port(target=80),)), networks={"n": False})
        bench.up(project, "a")
        (container,) = bench.engine.observe(bench.name).containers
        assert container.ports[0].host_port > 0

    def test_a_port_in_use(self, bench: Workbench, engine_env: dict[str, str]) -> None:
        """Without root's rights, Podman 4.3 leaves the container with its name server."""
        bench.engine = connect(engine_env)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            ports = (Port(target=80, published=port, host_ip="127.0.0.1"),)
            project = bench.project(service("a", "n", ports=ports), networks={"n": False})
            with pytest.raises(EngineError, match="address already in use") as caught:
                bench.up(project, "a")
        assert "another port" in (caught.value.hint or "")
        (container,) = bench.engine.observe(bench.name).containers
        entries = folder(bench.engine.info()["store"]["runRoot"])
        bench.engine.close()
        for file in entries.glob(f"{bench.name}*"):
            assert container.id not in file.read_text()


class TestErrors:
    def test_a_name_in_use(self, bench: Workbench) -> None:
        project = bench.project(service("a", network_mode="none", networks={}))
        bench.up(project, "a")
        with pytest.raises(EngineError, match="already in use") as caught:
            bench.up(project, "a")
        assert "container_name" in (caught.value.hint or "")

    def test_no_such_program(self, bench: Workbench) -> None:
        wrong = service("a", network_mode="none", networks={}, command=("nosuch",))
        project = bench.project(wrong)
        with pytest.raises(EngineError, match="nosuch"):
            bench.up(project, "a")

    def test_no_such_image(self, bench: Workbench) -> None:
        project = bench.project(service("a", image="nosuch:1"))
        with pytest.raises(EngineError, match="the image nosuch:1 is not there") as caught:
            bench.up(project, "a")
        assert caught.value.status == 404

    def test_a_pull_that_finds_nobody(self, bench: Workbench) -> None:
        with pytest.raises(EngineError, match="cannot pull localhost:1/x: ") as caught:
            bench.engine.pull("localhost:1/x")
        assert caught.value.hint


class TestHealth:
    def test_checks_run_when_asked(self, bench: Workbench) -> None:
        check = Healthcheck(
            test=("CMD-SHELL", "test -e /ready"),
            interval=Nanoseconds(3_600_000_000_000),
            retries=1,
        )
        project = bench.project(service("a", network_mode="none", networks={}, healthcheck=check))
        container = bench.up(project, "a")
        seen = bench.engine.inspect(container)
        assert seen.has_healthcheck
        assert seen.health == "starting"
        assert seen.health_config["Test"] == ["CMD-SHELL", "test -e /ready"]
        assert not bench.engine.probe(container, ["test", "-e", "/ready"])
        assert bench.engine.inspect(container).health == "starting"
        first = bench.engine.run_healthcheck(container)
        assert (first.passed, first.status) == (False, "unhealthy")
        bench.run(container, "touch", "/ready")
        assert bench.engine.probe(container, ["test", "-e", "/ready"])
        second = bench.engine.run_healthcheck(container)
        assert (second.passed, second.status) == (True, "healthy")
        assert bench.engine.observe(bench.name).containers[0].health == "healthy"

    def test_no_check(self, bench: Workbench) -> None:
        project = bench.project(service("a", network_mode="none", networks={}))
        container = bench.up(project, "a")
        assert not bench.engine.inspect(container).has_healthcheck
        with pytest.raises(EngineError) as caught:
            bench.engine.run_healthcheck(container)
        assert caught.value.status == 409


def test_one_service_in_the_stack_of_another(bench: Workbench) -> None:
    project = bench.project(
        service("a", "n"),
        Service(name="b", image=BUSYBOX, command=("sleep", "300"), network_mode="service:a"),
        networks={"n": False},
    )
    first = bench.up(project, "a")
    second = bench.up(project, "b")
    stacks = [bench.run(one, "readlink", "/proc/self/ns/net") for one in (first, second)]
    assert stacks[0] == stacks[1] != ""


def test_the_podman_program_works_on_the_same_engine(
    bench: Workbench, capfd: pytest.CaptureFixture[str]
) -> None:
    project = bench.project(service("a", network_mode="none", networks={}))
    container = bench.up(project, "a")
    code = bench.engine.exec_command(
        container,
        ["sh", "-c", "echo $X; pwd; id -u; exit 7"],
        interactive=False,
        user="5",
        workdir="/tmp",
        env=["X=1"],
    )
    assert code == 7
    assert capfd.readouterr().out == "1\n/tmp\n5\n"
