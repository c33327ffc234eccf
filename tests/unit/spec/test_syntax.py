"""The short syntaxes of ports, mounts, devices, hosts and command lines."""

from __future__ import annotations

from typing import Any

import pytest

from composer.spec.syntax import hosts, mounts, ports, words


def port(target: int, published: str = "", host_ip: str = "", protocol: str = "tcp") -> Any:
    mapping = {"mode": "ingress", "target": target, "protocol": protocol}
    if published:
        mapping["published"] = published
    if host_ip:
        mapping["host_ip"] = host_ip
    return mapping


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (3000, [port(3000)]),
        ("3000", [port(3000)]),
        ("8000:80", [port(80, "8000")]),
        ("8000:80/udp", [port(80, "8000", protocol="udp")]),
        ("127.0.0.1:8000:80", [port(80, "8000", "127.0.0.1")]),
        ("127.0.0.1::80", [port(80, "", "127.0.0.1")]),
        ("[::1]:8000:80", [port(80, "8000", "::1")]),
        ("::1:8000:80", [port(80, "8000", "::1")]),
        ("8000-8001:80-81", [port(80, "8000"), port(81, "8001")]),
        ("8000-8010:80", [port(80, "8000-8010")]),
        ("80-81", [port(80), port(81)]),
    ],
)
def test_ports(text: str | int, expected: list[Any]) -> None:
    assert ports.expand(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:b", "is not a port mapping"),
        ("80:80/http", "is no protocol"),
        ("70000:80", "the highest is 65535"),
        ("8000-8001:80-83", "maps 2 host ports to 4"),
        ("81-80:80", "ends before it starts"),
        ("300.1.1.1:80:80", "is not an IP address"),
        ("80:", "is not a port mapping"),
        ("", "is not a port mapping"),
        ("²:80", "is not a port mapping"),
    ],
)
def test_what_is_no_port_mapping(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ports.expand(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/data", {"type": "volume", "target": "/data", "volume": {}}),
        (
            "vol:/data",
            {"type": "volume", "source": "vol", "target": "/data", "volume": {}},
        ),
        (
            "./a:/data/:ro",
            {
                "type": "bind",
                "source": "./a",
                "target": "/data",
                "read_only": True,
                "bind": {"create_host_path": True},
            },
        ),
        (
            "~/a:/b:z,rshared",
            {
                "type": "bind",
                "source": "~/a",
                "target": "/b",
                "bind": {"create_host_path": True, "selinux": "z", "propagation": "rshared"},
            },
        ),
        (
            "vol:/data:nocopy",
            {"type": "volume", "source": "vol", "target": "/data", "volume": {"nocopy": True}},
        ),
        (
            "${A:-./a}/b:/c/${D:-d}:${E:-ro}",
            {
                "type": "volume",
                "source": "${A:-./a}/b",
                "target": "/c/${D:-d}",
                "volume": {},
            },
        ),
    ],
)
def test_mounts(text: str, expected: dict[str, Any]) -> None:
    assert mounts.expand(text) == expected


@pytest.mark.parametrize(
    "text", ["aa:bb:cc:dd", "aa::cc", ":/data", "${A}:${B}:${C}:${D}", "${A}::"]
)
def test_what_is_no_mount(text: str) -> None:
    with pytest.raises(ValueError, match=r"TARGET\[:OPTIONS\] is expected"):
        mounts.expand(text)


def test_devices() -> None:
    assert mounts.expand_device("/dev/a") == {
        "source": "/dev/a",
        "target": "/dev/a",
        "permissions": "rwm",
    }
    assert mounts.expand_device("/dev/a:/dev/b:r")["permissions"] == "r"
    assert mounts.expand_device("${A:-/dev/a}:/dev/b")["source"] == "${A:-/dev/a}"
    with pytest.raises(ValueError, match="too many colons"):
        mounts.expand_device("a:b:c:d")


def test_hosts() -> None:
    assert hosts.entry("h:1.2.3.4") == "h=1.2.3.4"
    assert hosts.entry("h=[::1]") == "h=::1"
    assert hosts.entry("h:::1") == "h=::1"
    with pytest.raises(ValueError, match="HOST=ADDRESS is expected"):
        hosts.entry("h")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b  c", ["a", "b", "c"]),
        ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
        ("a\\ b", ["a b"]),
        ("'a'\"b\"c", ["abc"]),
        ("''", [""]),
        ("", []),
        ("a 'b\\' c", ["a", "b\\", "c"]),
        ('"a\\"b"', ['a"b']),
        ("a\tb\nc", ["a", "b", "c"]),
    ],
)
def test_command_lines(text: str, expected: list[str]) -> None:
    assert words.split(text) == expected


@pytest.mark.parametrize("text", ["'a", '"a', "a\\"])
def test_unfinished_command_lines(text: str) -> None:
    with pytest.raises(ValueError, match="not closed"):
        words.split(text)
