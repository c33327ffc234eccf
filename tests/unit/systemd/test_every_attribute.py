"""No attribute of a service is dropped: each changes a unit, or a warning says why not."""

from __future__ import annotations

from typing import Any

import pytest

from composer.engine.no_effect import NO_EFFECT
from composer.spec.model import ByteSize, FileObject, Project, Service
from composer.systemd.generate import generate
from composer.systemd.units import Format, Machine
from tests.unit.engine import test_every_attribute as table
from tests.unit.engine.sample import project

FOR_READERS = {
    "attach": "`up` alone follows logs",
    "build.secrets.*.gid": "`podman build` gives secrets no owner",
    "build.secrets.*.mode": "`podman build` gives secrets no mode",
    "build.secrets.*.uid": "`podman build` gives secrets no owner",
    "config_hash": "a label",
    "depends_on.*.restart": "`Requires=` passes every restart on",
    "develop": "`watch` alone follows files",
    "env_file.*.path": "read by the loader",
    "env_file.*.required": "read by the loader",
    "env_file.*.format": "read by the loader",
    "label_file": "read by the loader",
    "name": "the service itself",
    "ports.*.app_protocol": "for readers",
    "ports.*.mode": "for readers",
    "ports.*.name": "for readers",
    "pre_start.*.command": "warned of as a whole",
    "pre_start.*.environment": "warned of as a whole",
    "pre_start.*.image": "warned of as a whole",
    "pre_start.*.per_replica": "warned of as a whole",
    "pre_start.*.privileged": "warned of as a whole",
    "pre_start.*.user": "warned of as a whole",
    "pre_start.*.working_dir": "warned of as a whole",
    "profiles": "which services there are",
    "pod": "tests of pods",
    "pod_init": "tests of pods",
    "links": "names for others: tests of networks",
    "volumes.*.bind.create_host_path": "a folder that is made: tests of storage",
}
"""What changes no unit, and why."""
VALUES: dict[str, Any] = {
    **table.OF_PLANS,
    "build.cache_from": ["repo/x"],
    "build.cache_to": ["repo/x"],
    "build.isolation": "chroot",
    "build.secrets": [{"source": "token"}],
    "build.secrets.*.source": "other",
    "build.ulimits": {"nofile": {"soft": 1, "hard": 2}},
    "deploy.resources.limits.memory": ByteSize(1 << 20),
    "security_opt": [
        *("no-new-privileges", "label=disable", "label=type:x", "label=level:y", "label=nested"),
        *("label=filetype:z", "seccomp=unconfined", "mask=/a", "unmask=/b", "apparmor=x"),
    ],
}
BASES: dict[str, Any] = {
    "build.secrets": {"context": "/srv/app", "secrets": [{"source": "held"}]},
    "build.ulimits": {"context": "/srv/app", "ulimits": {"nofile": {"soft": 1, "hard": 2}}},
    # Restarts are counted where they are limited.
    "deploy.restart_policy": {"restart_policy": {"condition": "on-failure", "max_attempts": 2}},
}


@pytest.mark.parametrize("form", ["quadlet", "units"])
@pytest.mark.parametrize("path", table.SERVICE)
def test_of_a_service(path: str, form: Format) -> None:
    inside = path.removeprefix("services.*.")
    if table.nearest(FOR_READERS, inside):
        return
    assert made(inside, form, say=False) != made(inside, form, say=True), (
        f"nothing in the units depends on {path}"
    )


def made(path: str, form: Format, *, say: bool) -> Any:
    """Files, secrets and warnings for a service that says ``path``, or does not."""
    more: dict[str, Any] = {} if path.startswith("build") else {"image": "busybox"}
    service = table.saying(path, said=say, values=VALUES, bases=BASES, **more)
    described = generate(around(service), Machine(release=(5, 4), user=False, socket="/s"), form)
    return described.files, described.secrets, described.warnings


def around(service: Service) -> Project:
    held = FileObject(key="held", name="held", file=__file__)
    return project(
        service,
        Service(name="db", image="postgres"),
        secrets={**table.files("token"), "held": held},
        configs=table.files("conf"),
    )


def test_what_is_for_readers_is_in_the_model() -> None:
    known = {path.removeprefix("services.*.") for path in table.SERVICE}
    assert FOR_READERS.keys() <= known
    assert not {f"services.*.{path}" for path in FOR_READERS} & NO_EFFECT.keys()
