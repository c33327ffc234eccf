"""What the doctor finds, and what it says mends it."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import msgspec
import pytest

from composer.doctor.finding import Finding
from composer.doctor.host import Host, check_rootless
from composer.doctor.podman import check_podman, check_program
from composer.doctor.project import check_project, is_taken
from composer.spec.model import BindOptions, Build, Mount, Network, Port
from composer.state import Published
from composer.ui.doctor import report
from tests.unit.projects import container, project, service, state, volume


def host(root: Path, **said: Any) -> Host:
    """A machine of Debian with nothing on it, and a user without rights."""
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/os-release").write_text('ID=ubuntu\nID_LIKE="debian"\n')
    given: dict[str, Any] = {
        "uid": os.getuid() or 1000,
        "user": "dev",
        "environ": {},
        "which": lambda _: None,
    }
    return Host(**(given | {"root": root} | said))


def info(**said: Any) -> dict[str, Any]:
    """What a healthy Podman says of itself, with ``said`` in ``host`` and ``store``."""
    found: dict[str, Any] = {
        "host": {
            "cgroupVersion": "v2",
            "cgroupManager": "systemd",
            "cgroupControllers": ["cpu", "memory", "pids"],
            "networkBackend": "netavark",
            "ociRuntime": {"name": "crun", "path": "/usr/bin/crun"},
            "security": {"rootless": True},
        },
        "store": {"graphDriverName": "overlay", "graphRoot": "/g"},
        "registries": {},
        "version": {"Version": "5.4.2"},
    }
    for section in found:
        found[section] |= said.get(section, {})
    return found


def by_check(findings: Any) -> dict[str, Finding]:
    return {finding.check: finding for finding in findings}


def podman(root: Path, url: str = "unix:///p", **said: Any) -> dict[str, Finding]:
    return by_check(check_podman(host(root), info(**said), url))


@pytest.mark.parametrize(
    ("said", "check", "status", "message", "fix"),
    [
        ({"version": {"Version": "3.4.4"}}, "version", "error", "too old", "install -y podman"),
        ({"version": {"Version": "4.3.0-dev"}}, "version", "ok", "rootless", ""),
        ({"host": {"cgroupVersion": "v1"}}, "cgroups", "warning", "no effect", "unified_cgroup"),
        (
            {"host": {"cgroupControllers": ["memory"]}},
            "cgroups",
            "warning",
            "cpu, pids",
            "Delegate",
        ),
        ({"host": {"networkBackend": "cni"}}, "network", "warning", "CNI", "netavark"),
        ({}, "names", "error", "aardvark-dns is missing", "install -y aardvark-dns"),
        ({}, "health checks", "note", "no systemd", "composer health"),
        ({"store": {"graphDriverName": "vfs"}}, "storage", "warning", "vfs", "fuse-overlayfs"),
        (
            {"store": {"graphRootAllocated": 100, "graphRootUsed": 99}},
            "storage",
            "warning",
            "nearly full",
            "podman system prune",
        ),
        ({"registries": {"search": ["quay.io"]}}, "registries", "note", "quay.io", ""),
        (
            {"registries": {"docker.io": {"Blocked": True}}},
            "registries",
            "warning",
            "blocks",
            "name",
        ),
    ],
)
def test_podmans_own_words_are_judged(
    tmp_path: Path, said: dict[str, Any], check: str, status: str, message: str, fix: str
) -> None:
    found = podman(tmp_path, **said)[check]
    assert (found.status, bool(found.fix)) == (status, bool(fix))
    assert message in found.message
    assert fix in found.fix


def test_a_podman_that_is_well_is_all_ok(tmp_path: Path) -> None:
    (tmp_path / "usr/libexec/podman").mkdir(parents=True)
    (tmp_path / "usr/libexec/podman/aardvark-dns").touch()
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    assert {finding.status for finding in podman(tmp_path).values()} == {"ok"}


def test_entries_of_the_name_server_that_nobody_took_away(tmp_path: Path) -> None:
    (tmp_path / "usr/libexec/podman").mkdir(parents=True)
    (tmp_path / "usr/libexec/podman/aardvark-dns").touch()
    place = tmp_path / "run/user/1/containers/networks/aardvark-dns"
    said: dict[str, Any] = {"store": {"runRoot": "/run/user/1/containers"}}
    assert podman(tmp_path, **said)["names"].status == "ok", "no container was ever on a network"
    place.mkdir(parents=True)
    (place / "aardvark.pid").write_text("12")
    (place / "p_front").write_text(
        "10.1.0.1\nidofone 10.1.0.2  p-one-1\nidoftwo 10.1.0.3  p-two-1\n"
    )
    for number, identity in enumerate(("idofone", "idoftwo"), 30):
        assert "p_front" in podman(tmp_path, **said)["names"].message
        (tmp_path / f"proc/{number}").mkdir(parents=True)
        words = ["/usr/bin/conmon", "--api-version", "1", "-c", identity, "-u", identity, ""]
        (tmp_path / f"proc/{number}/cmdline").write_text("\0".join(words))
    assert podman(tmp_path, **said)["names"].status == "ok"
    (place / "q_back").write_text("10.2.0.1\nidofnobody 10.2.0.2  q-one-1\n")
    found = podman(tmp_path, **said)["names"]
    assert (found.status, "q_back" in found.message, "p_front" in found.message) == (
        "error",
        True,
        False,
    )
    assert "rm -r /run/user/1/containers/networks/aardvark-dns" in found.fix
    of_root = podman(tmp_path, **said, host={"security": {"rootless": False}})["names"]
    assert of_root.status == "ok"


def test_files_of_another_machine_are_not_looked_for(tmp_path: Path) -> None:
    found = podman(tmp_path, "ssh://dev@far/run/podman.sock")
    assert "names" not in found
    assert "health checks" not in found


def test_a_missing_program_is_an_error(tmp_path: Path) -> None:
    assert check_program(host(tmp_path), "podman").fix == "sudo apt-get install -y podman"
    assert check_program(host(tmp_path, which=lambda n: f"/bin/{n}"), "podman").status == "ok"


def test_users_without_rights_need_ids_and_a_folder(tmp_path: Path) -> None:
    found = by_check(check_rootless(host(tmp_path)))
    assert found["subuid"].status == found["subgid"].status == "error"
    assert "--add-subuids 100000-165535 dev" in found["subuid"].fix
    assert found["newuidmap"].fix == "sudo apt-get install -y uidmap"
    assert found["XDG_RUNTIME_DIR"].status == "warning"

    (tmp_path / "etc/subuid").write_text("other:1:65536\ndev:100000:65536\n")
    (tmp_path / "etc/subgid").write_text(f"{host(tmp_path).uid}:100000:100\n")
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    program = tmp_path / "newuidmap"
    program.touch(mode=0o755)
    ready = host(tmp_path, environ={"XDG_RUNTIME_DIR": str(tmp_path)}, which=lambda _: str(program))
    found = by_check(check_rootless(ready))
    assert found["subuid"].status == "ok"
    assert found["subgid"].status == "warning"
    assert found["newuidmap"].fix == f"sudo chmod u+s {program}"
    assert found["linger"].fix == "sudo loginctl enable-linger dev"
    if tmp_path.stat().st_uid == ready.uid:
        assert found["XDG_RUNTIME_DIR"].status == "ok"
    else:
        assert found["XDG_RUNTIME_DIR"].status == "error"
    program.chmod(0o4755)
    assert by_check(check_rootless(ready))["newuidmap"].status == "ok"
    assert list(check_rootless(host(tmp_path, uid=0))) == []


def test_a_project_is_checked_for_what_up_would_stumble_over(tmp_path: Path) -> None:
    web = service(
        "web",
        image="web",
        ports=(Port(target=80, published="8080"), Port(target=81, published="80")),
        volumes=(Mount(type="bind", source=str(tmp_path / "no"), target="/a", bind=BindOptions()),),
    )
    never = service("never", image="here/not:1", pull_policy="never")
    built = service("built", image=None, build=Build(context=str(tmp_path / "nothing")))
    soon = service("soon", image=None, build=Build(context=str(tmp_path)))
    shop = project(
        web,
        never,
        built,
        soon,
        networks={"far": Network(key="far", name="far", external=True)},
        volumes={"kept": volume("kept", external=True)},
    )
    other = container(service("x"), labels={"com.docker.compose.project": "else"})
    published = Published("", 8080, 80, "tcp")
    busy = msgspec.structs.replace(other, name="else-x-1", ports=(published,))
    findings = list(check_project(shop, state(), [busy], taken=lambda *_: False, first_port=1024))
    errors = {f.check: f.fix for f in findings if f.status == "error"}
    assert [f.fix for f in findings if f.check == "services.web.ports"] == [
        "podman stop else-x-1, or another port",
        "sudo sysctl net.ipv4.ip_unprivileged_port_start=80, or another port",
    ]
    assert errors["services.never"] == "podman pull here/not:1"
    assert errors["services.built"].startswith(f"mkdir {tmp_path}/nothing")
    assert errors["services.web.volumes"] == f"mkdir -p {tmp_path}/no"
    assert errors["networks.far"] == "podman network create far"
    assert errors["volumes.kept"] == "podman volume create p_kept"
    notes = {f.check: f.fix for f in findings if f.status == "note"}
    assert notes == {"services.web": "composer pull web", "services.soon": "composer build soon"}

    taken = list(check_project(shop, state(), [], taken=lambda *_: True))
    assert sum("taken by another program" in f.message for f in taken) == 2
    own = msgspec.structs.replace(container(web), ports=(published,))
    assert not any(
        f.check == "services.web.ports"
        for f in check_project(shop, state(own), [own], taken=lambda _, n, __: n == 8080)
    ), "the project's own container has it"
    remote = list(check_project(shop, state(), []))
    assert not any(f.check in ("services.web.ports", "services.web.volumes") for f in remote)


def test_a_port_is_taken_while_somebody_listens() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        number = server.getsockname()[1]
        assert is_taken("127.0.0.1", number, "tcp")
        assert not is_taken("127.0.0.1", number, "udp")
    assert not is_taken("127.0.0.1", number, "tcp")


def test_the_report_shows_what_mends_it_and_counts() -> None:
    findings = [
        Finding("Podman", "version", "ok", "5.4"),
        Finding("Podman", "names", "error", "missing\x1b[2J", "apt-get install x"),
        Finding("Project", "file", "warning", "hm"),
    ]
    text = report(findings, colour=False)
    assert " ✘ names    missing\\x1b[2J\n" in text
    assert "→ apt-get install x" in text
    assert text.endswith("1 broken, 1 could be better.\n")
    assert "\x1b[31m✘\x1b[0m" in report(findings, colour=True)
    assert report(findings[:1], colour=False).endswith("All is well.\n")
