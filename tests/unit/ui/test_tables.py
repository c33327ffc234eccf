"""What ``ps`` and ``ls`` print."""

import json
from typing import Any

import msgspec
import pytest

from composer.state import CONFIG_FILES, ONEOFF, PROJECT, SERVICE, Container, MountPoint, Published
from composer.ui import ls, ps
from composer.ui.ports import describe
from composer.ui.table import table

NOW = 1_800_000_000.0
WEB = Container(
    id="0ce3092d1a9e" + "0" * 52,
    name="shop-web-1",
    image="docker.io/library/busybox:latest",
    status="running",
    created=NOW - 130,
    started=NOW - 125,
    labels={PROJECT: "shop", SERVICE: "web", CONFIG_FILES: "/srv/compose.yaml"},
    networks=("shop_front", "shop_back"),
    ports=(Published("", 8080, 80, "tcp"), Published("127.0.0.1", 8443, 443, "tcp")),
    mounts=("/data",),
    command=("sh", "-c", "for i in 1 2 3; do echo $i; done"),
)


def test_columns_are_as_wide_as_their_widest_text_and_three() -> None:
    assert table(("A", "LONG"), [("wide text", "b"), ("c", "d")]) == (
        "A           LONG\nwide text   b\nc           d\n"
    )


def test_wide_characters_take_two_columns() -> None:
    assert table(("A", "B"), [("日本", "x"), ("ab", "y")]) == "A      B\n日本   x\nab     y\n"


def test_ps_is_docker_composes_table() -> None:
    header, line = ps.to_table([WEB], NOW).splitlines()
    assert header.split() == list(ps.HEADER)
    columns = [line[header.index(name) :].split("   ")[0].strip() for name in ps.HEADER]
    assert columns == [
        "shop-web-1",
        "docker.io/library/busybox:latest",
        '"sh -c for i in 1 2 …"',
        "web",
        "2 minutes ago",
        "Up 2 minutes",
        "0.0.0.0:8080->80/tcp, 127.0.0.1:8443->443/tcp",
    ]


def test_ps_json_has_docker_composes_keys_one_object_a_line() -> None:
    text = ps.to_json([WEB, WEB], NOW)
    first, second = (json.loads(line) for line in text.splitlines())
    assert first == second
    # The keys, and their order, of the real program.
    keys = (
        "Command CreatedAt ExitCode Health ID Image Labels LocalVolumes Mounts Name Names Networks"
        " Ports Project Publishers RunningFor Service Size State Status"
    )
    assert list(first) == keys.split()
    assert first["ID"] == "0ce3092d1a9e"
    assert first["Networks"] == "shop_front,shop_back"
    assert first["Publishers"][1] == {
        "URL": "127.0.0.1",
        "TargetPort": 443,
        "PublishedPort": 8443,
        "Protocol": "tcp",
    }
    assert (first["LocalVolumes"], first["Mounts"]) == ("0", "")
    mounted = (
        MountPoint(name="shop_data", target="/data", driver="local"),
        MountPoint(name="/srv/a/long/path", target="/b"),
    )
    told = json.loads(ps.to_json([WEB], NOW, mounts={WEB.id: mounted}))
    assert (told["LocalVolumes"], told["Mounts"]) == ("1", "shop_data,/srv/a/long/pa…")
    assert f"{CONFIG_FILES}=/srv/compose.yaml" in first["Labels"].split(",")


def test_no_trunc_shows_everything() -> None:
    row = ps.row(WEB, NOW, truncate=False)
    assert len(row.ID) == 64
    assert row.Command == '"sh -c for i in 1 2 3; do echo $i; done"'


def test_ps_takes_templates_over_the_keys_of_its_json() -> None:
    template = 'table {{.Name}}\\t{{.State}}\\t{{.Label "com.docker.compose.service"}}'
    assert ps.formatted([WEB], NOW, template) == (
        "NAME         STATE     service\nshop-web-1   running   web\n"
    )
    assert ps.formatted([WEB], NOW, "{{json .}}") == ps.to_json([WEB], NOW)
    every = " ".join(f"{{{{.{key}}}}}" for key in json.loads(ps.to_json([WEB], NOW)))
    assert "<no value>" not in ps.formatted([], NOW, f"table {every}")
    raw = ps.formatted([WEB], NOW, "raw").splitlines()
    assert [raw[0], raw[6], raw[-1]] == ["container_id: 0ce3092d1a9e", "names: shop-web-1", ""]


def test_an_empty_list_is_a_header_and_no_object() -> None:
    assert ps.to_table([], NOW).split() == list(ps.HEADER)
    assert ps.to_json([], NOW) == ""


@pytest.mark.parametrize(
    ("change", "status", "state"),
    [
        ({"health": "healthy"}, "Up 2 minutes (healthy)", "running"),
        ({"health": "starting"}, "Up 2 minutes (health: starting)", "running"),
        ({"status": "paused"}, "Up 2 minutes (Paused)", "paused"),
        (
            {"status": "exited", "exit_code": 3, "exited": NOW - 4, "health": "healthy"},
            "Exited (3) 4 seconds ago",
            "exited",
        ),
        ({"status": "stopped", "exited": NOW}, "Exited (0) Less than a second ago", "exited"),
        ({"status": "created"}, "Created", "created"),
        ({"status": "configured"}, "Created", "created"),
        ({"status": "removing"}, "Removing", "removing"),
    ],
)
def test_states_are_worded_as_docker_does(change: dict[str, Any], status: str, state: str) -> None:
    row = ps.row(msgspec.structs.replace(WEB, **change), NOW)
    assert (row.Status, row.State) == (status, state)


def test_consecutive_ports_are_a_range() -> None:
    ports = [Published("", 8000 + number, 80 + number, "tcp") for number in (1, 0, 2)]
    assert describe(ports) == "0.0.0.0:8000-8002->80-82/tcp"


def test_ports_that_are_not_consecutive_on_both_sides_are_not_joined() -> None:
    ports = [
        Published("", 8000, 80, "tcp"),
        Published("", 9000, 81, "tcp"),
        Published("", 9001, 82, "udp"),
        Published("::1", 9002, 83, "tcp"),
    ]
    assert describe(ports) == (
        "0.0.0.0:8000->80/tcp, 0.0.0.0:9000->81/tcp, 0.0.0.0:9001->82/udp, [::1]:9002->83/tcp"
    )


def test_exposed_ports_have_no_host_side() -> None:
    assert describe([Published("", 0, 81, "tcp"), Published("", 0, 80, "tcp")]) == "80-81/tcp"


def member(project: str, status: str, **labels: str) -> Container:
    return Container(
        id="1", name="x", status=status, labels={PROJECT: project, CONFIG_FILES: "/f"} | labels
    )


def test_ls_counts_states_and_leaves_out_stopped_projects() -> None:
    containers = [
        member("shop", "running"),
        member("shop", "exited"),
        member("shop", "running"),
        member("idle", "exited"),
        member("shop", "running", **{ONEOFF: "True"}),
        Container(id="2", name="foreign", status="running"),
    ]
    assert ls.rows(containers) == [ls.ProjectRow("shop", "running(2)", "/f")]
    every = [(row.Name, row.Status) for row in ls.rows(containers, stopped=True)]
    assert every == [("idle", "exited(1)"), ("shop", "exited(1), running(2)")]


def test_ls_prints_docker_composes_table_and_json() -> None:
    projects = [ls.ProjectRow("lookx", "exited(1), running(2)", "/tmp/look/compose.yaml")]
    # Byte for byte what the real program prints, but for spaces at the ends of lines.
    assert ls.to_table(projects) == (
        "NAME                STATUS                  CONFIG FILES\n"
        "lookx               exited(1), running(2)   /tmp/look/compose.yaml\n"
    )
    assert ls.to_json(projects) == (
        '[{"Name":"lookx","Status":"exited(1), running(2)",'
        '"ConfigFiles":"/tmp/look/compose.yaml"}]\n'
    )
    assert ls.to_json([]) == "[]\n"
