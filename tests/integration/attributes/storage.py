"""What is mounted."""

from __future__ import annotations

from typing import Any

from tests.integration.attributes.row import BUSYBOX, Check, Row


def mounted(target: str, **wanted: Any) -> Check:
    """The mount at ``target`` has these values (``Type``, ``RW``, ``Propagation`` …)."""

    def check(mounts: list[dict[str, Any]]) -> bool:
        found = [mount for mount in mounts if mount["Destination"] == target]
        return any(all(mount[key] == value for key, value in wanted.items()) for mount in found)

    return check


def bind(target: str, **options: Any) -> dict[str, Any]:
    """A bind mount of the project's folder ``made``, which does not exist beforehand."""
    read_only = options.pop("read_only", False)
    said = {"create_host_path": True, **options}
    mount = {"type": "bind", "source": "./made", "target": target, "bind": said}
    return {**mount, **({"read_only": True} if read_only else {})}


PARTS = "${COMPOSE_PROJECT_NAME}-parts"
"""A volume that is there beforehand, with ``in/ner/file`` in it."""

ROWS = [
    Row(
        "bind",
        {"volumes": ["./short:/short:ro", bind("/b", propagation="rslave", selinux="z")]},
        {
            "Mounts": lambda mounts: (
                mounted("/short", Type="bind", RW=False)(mounts)
                and mounted("/b", Type="bind", RW=True, Propagation="rslave")(mounts)
            )
        },
    ),
    Row(
        "bind recursive",
        {"volumes": [bind("/b", recursive="disabled"), bind("/c", recursive="enabled")]},
        {
            "Mounts": lambda mounts: (
                mounted("/b", Options=["bind"])(mounts) and mounted("/c", Options=["rbind"])(mounts)
            )
        },
    ),
    Row(
        "bind readonly",
        {"volumes": [bind("/b", recursive="readonly", read_only=True) | {"consistency": "cached"}]},
        {"Mounts": mounted("/b", RW=False)},
        warns=("volumes[0].bind.recursive", "volumes[0].consistency"),
    ),
    Row(
        "volume",
        {
            "volumes": [
                "data:/data",
                {"type": "volume", "source": "data", "target": "/ro", "read_only": True},
                {
                    "type": "volume",
                    "source": "data",
                    "target": "/nocopy",
                    "volume": {"nocopy": True},
                },
            ]
        },
        {
            "Mounts": lambda mounts: (
                mounted("/data", Type="volume", RW=True)(mounts)
                and mounted("/ro", Type="volume", RW=False)(mounts)
                and mounted("/nocopy", Options=["nocopy", "nosuid", "nodev", "rbind"])(mounts)
            )
        },
        also={"volumes": {"data": {}}},
    ),
    Row(
        "volume subpath",
        {
            "volumes": [
                {
                    "type": "volume",
                    "source": "parts",
                    "target": "/part",
                    "volume": {"subpath": "in/ner"},
                }
            ]
        },
        inside={"cat /part/file": "deep"},
        also={"volumes": {"parts": {"external": True, "name": PARTS}}},
    ),
    Row(
        "volumes_from",
        {"volumes_from": ["volume:ro"]},
        {"Mounts": mounted("/data", Type="volume", RW=False)},
    ),
    Row(
        "volume anonymous",
        {"volumes": [{"type": "volume", "target": "/anon", "volume": {"labels": {"a": "b"}}}]},
        {"Mounts": mounted("/anon", Type="volume")},
        warns=("volumes[0].volume.labels",),
    ),
    Row(
        "tmpfs",
        {
            "tmpfs": ["/one", "/two:size=2m,mode=700"],
            "volumes": [
                {"type": "tmpfs", "target": "/three", "tmpfs": {"size": "1m", "mode": 0o750}}
            ],
        },
        inside={
            "df -k /two /three | awk '{print $2}' | tail -2": "2048\n1024",
            "stat -c %a /two /three; grep -c ' /one tmpfs' /proc/mounts": "700\n750\n1",
        },
    ),
    Row(
        "image",
        {
            "volumes": [
                {"type": "image", "source": BUSYBOX, "target": "/image", "read_only": True},
                {
                    "type": "image",
                    "source": BUSYBOX,
                    "target": "/part",
                    "image": {"subpath": "bin"},
                },
            ]
        },
        {"Mounts": mounted("/image", Type="image", RW=False)},
        {"test -x /image/bin/busybox && echo there": "there"},
        warns_before={"volumes[1].image.subpath": (5, 4)},
    ),
    Row(
        "configs",
        {
            "configs": [
                "plain",
                {"source": "text", "target": "/etc/deep/er", "uid": "3", "gid": "4", "mode": 0o440},
                {"source": "variable", "target": "/from/variable"},
            ]
        },
        inside={
            "cat /plain /etc/deep/er /from/variable": (
                "in a file\nthe text of a config\nvalue-of-variable"
            ),
            "stat -c '%u %g %a' /etc/deep/er": "3 4 440",
        },
        also={
            "configs": {
                "plain": {"file": "./plain"},
                "text": {"content": "the text of a config\n"},
                "variable": {"environment": "SAMPLE_VARIABLE"},
            }
        },
    ),
    Row(
        "secrets",
        {
            "secrets": [
                "file",
                {"source": "file", "target": "renamed", "uid": "3", "gid": "4", "mode": 0o400},
                {"source": "token", "target": "/elsewhere/token", "mode": 0o444},
            ],
            "read_only": True,
        },
        inside={
            "cat /run/secrets/file /run/secrets/renamed /elsewhere/token": (
                "hidden-in-a-file\nhidden-in-a-file\nhidden-in-a-variable"
            ),
            "stat -c '%u %g %a' /run/secrets/renamed": "3 4 400",
        },
        also={
            "secrets": {
                "file": {"file": "./secret", "x-podman.relabel": "Z"},
                "token": {"environment": "SAMPLE_TOKEN"},
            }
        },
    ),
    Row(
        "secrets external",
        {
            "secrets": [
                {"source": "own", "target": "own", "uid": "3", "mode": 0o400},
                {"source": "token", "target": "copied"},
                "file",
            ],
            "read_only": True,
        },
        inside={
            "cat /run/secrets/own; stat -c '%u %a' /run/secrets/*; cat /run/secrets/copied": (
                "hidden-in-a-file\n0 444\n0 644\n3 400\nhidden-in-a-variable"
            )
        },
        also={
            "secrets": {"own": {"external": True, "name": "${COMPOSE_PROJECT_NAME}-own"}},
        },
    ),
]
