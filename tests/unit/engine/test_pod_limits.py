"""What is written to a pod's control group, in both layouts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from composer.engine.libpod import Libpod
from composer.engine.pod_limits import update_pod
from composer.engine.transport import Response
from composer.errors import ComposerError

GROUP = "libpod_parent/abc"


class _Podman:
    """A transport to a Podman with one pod."""

    url = "unix:///nowhere"

    def request(self, method: str, path: str, body: bytes = b"", **_: Any) -> Response:
        assert path.endswith("/pods/p/json")
        pod = {"Name": "p", "CgroupPath": f"/{GROUP}"}
        return Response(200, json.dumps(pod).encode(), "4.3.1")

    def stream(self, *_: object) -> Any:
        raise NotImplementedError

    def upload(self, *_: object) -> Response:
        raise NotImplementedError

    def close(self) -> None: ...


LIBPOD = Libpod(_Podman())


def group(root: Path, *names: str) -> None:
    """Make the files of a control group that is not limited."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("-1")


def test_one_tree_of_all_controllers(tmp_path: Path) -> None:
    group(tmp_path, "cgroup.controllers", f"{GROUP}/cpu.max", f"{GROUP}/memory.max")
    folder = tmp_path / GROUP
    update_pod(LIBPOD, "p", cpus=1.5, memory=1 << 20, root=tmp_path)
    assert (folder / "cpu.max").read_text() == "150000 100000"
    assert (folder / "memory.max").read_text() == "1048576"
    update_pod(LIBPOD, "p", cpus=0, memory=None, root=tmp_path)
    assert (folder / "cpu.max").read_text() == "max 100000"
    assert (folder / "memory.max").read_text() == "1048576"


def test_a_tree_for_each_controller(tmp_path: Path) -> None:
    cpu, memory = f"cpu/{GROUP}", f"memory/{GROUP}"
    group(tmp_path, f"{cpu}/cpu.cfs_quota_us", f"{memory}/memory.limit_in_bytes")
    update_pod(LIBPOD, "p", cpus=0.5, memory=4096, root=tmp_path)
    assert (tmp_path / cpu / "cpu.cfs_quota_us").read_text() == "50000"
    assert (tmp_path / memory / "memory.limit_in_bytes").read_text() == "4096"
    assert not (tmp_path / memory / "memory.memsw.limit_in_bytes").exists()
    update_pod(LIBPOD, "p", cpus=0, memory=0, root=tmp_path)
    assert (tmp_path / cpu / "cpu.cfs_quota_us").read_text() == "-1"
    assert (tmp_path / memory / "memory.limit_in_bytes").read_text() == "-1"


def test_swap_grows_with_memory(tmp_path: Path) -> None:
    folder = f"memory/{GROUP}"
    group(tmp_path, f"{folder}/memory.limit_in_bytes")
    (tmp_path / folder / "memory.memsw.limit_in_bytes").write_text("8192\n")
    update_pod(LIBPOD, "p", cpus=None, memory=16384, root=tmp_path)
    assert (tmp_path / folder / "memory.memsw.limit_in_bytes").read_text() == "32768"


def test_a_group_that_is_not_there_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    group(tmp_path, "cgroup.controllers")
    with pytest.raises(ComposerError, match="limits of pod p cannot be changed") as raised:
        update_pod(LIBPOD, "p", cpus=1, memory=None, root=tmp_path)
    assert "composer up -d" in (raised.value.hint or "")
