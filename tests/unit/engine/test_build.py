"""``build`` sections become ``podman build`` command lines; what cannot be built is told."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

import composer.engine.build
from composer.background import Stop, never
from composer.engine.build import build_image
from composer.engine.build_flags import BESIDE_FLAGS, FLAGS, NOT_IN_PODMAN, build_flags
from composer.engine.program import Program
from composer.errors import ComposerError, EngineError, Interrupted, Position
from composer.spec.model import Build, BuildSecret, ByteSize, FileObject, Project, Service, Ulimit


def test_every_attribute_is_accounted_for() -> None:
    assert FLAGS.keys() | BESIDE_FLAGS | NOT_IN_PODMAN.keys() == set(Build.__struct_fields__)


def flags_of(build: Build, **said: Any) -> tuple[str, list[str]]:
    """The flags for a service ``app`` that may use the image of a service ``base``."""
    app = Service(name="app", build=build, **said)
    base = Service(name="base", build=Build())
    project = Project(name="shop", working_dir="/", services={"app": app, "base": base})
    warnings: list[str] = []
    return " ".join(build_flags(project, app, warnings.append)), warnings


WANTED: list[tuple[dict[str, Any], str]] = [
    ({"args": {"A": "1", "B": None}}, "--build-arg A=1 --build-arg B"),
    ({"labels": {"k": "v"}}, "--label k=v"),
    ({"target": "prod"}, "--target prod"),
    ({"no_cache": True}, "--no-cache"),
    ({"pull": True}, "--pull=always"),
    ({"network": "host"}, "--network host"),
    ({"network": "default"}, ""),
    ({"isolation": "chroot"}, "--isolation chroot"),
    ({"isolation": "default"}, ""),
    ({"privileged": True}, "--cap-add all --security-opt label=disable"),
    ({"shm_size": ByteSize(1024)}, "--shm-size 1024"),
    ({"ulimits": {"nofile": Ulimit(soft=1, hard=2)}}, "--ulimit nofile=1:2"),
    ({"extra_hosts": ("a=1.2.3.4", "b=::1")}, "--add-host a:1.2.3.4 --add-host b:::1"),
    ({"tags": ("x:1", "y")}, "--tag x:1 --tag y"),
    ({"ssh": ("default", "key=/k")}, "--ssh default --ssh key=/k"),
    ({"cache_from": ("quay.io/c:1",)}, "--cache-from quay.io/c"),
    ({"cache_from": ("type=registry,ref=h:5000/c/d:1",)}, "--cache-from h:5000/c/d"),
    ({"cache_to": ("type=registry,ref=quay.io/c",)}, "--cache-to quay.io/c"),
    ({"additional_contexts": {"lib": "/lib"}}, "--build-context lib=/lib"),
    (
        {"additional_contexts": {"base": "service:base"}},
        "--build-context base=docker-image://localhost/shop-base:latest",
    ),
    ({"platforms": ("linux/arm64",)}, "--platform linux/arm64"),
]


@pytest.mark.parametrize(("said", "flags"), WANTED, ids=lambda value: str(value)[:40])
def test_flags(said: dict[str, Any], flags: str) -> None:
    assert flags_of(Build(**said)) == (flags, [])


def test_every_flag_is_in_the_table() -> None:
    assert {name for said, _ in WANTED for name in said} == FLAGS.keys()


def test_of_several_platforms_one_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    several = Build(platforms=("linux/s390x", "linux/arm64"))
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert flags_of(several)[0] == "--platform linux/arm64"
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert flags_of(several)[0] == "--platform linux/s390x"
    assert flags_of(several, platform="linux/arm64")[0] == "--platform linux/arm64"
    assert flags_of(Build(), platform="linux/arm64")[0] == "--platform linux/arm64"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"entitlements": ("security.insecure",)}, "entitlements"),
        ({"provenance": "true"}, "provenance"),
        ({"sbom": "true"}, "sbom"),
        ({"cache_from": ("type=gha",)}, "cache_from"),
        ({"cache_to": ("type=local,dest=/x",)}, "cache_to"),
    ],
)
def test_what_podman_cannot_do_is_warned_of(said: dict[str, Any], name: str) -> None:
    flags, (warning,) = flags_of(Build(**said))
    assert flags == ""
    assert warning.startswith(f"services.app.build.{name}: ")


def test_nothing_said_needs_no_flags() -> None:
    assert flags_of(Build(context="/x")) == ("", [])


@pytest.fixture
def podman(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the program: writes its arguments down, fails when told to."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "podman"
    program.write_text(
        "#!/bin/sh\n"
        f'printf "%s\\n" "$@" > {tmp_path}/arguments\n'
        f"cat > {tmp_path}/input\n"
        'while [ $# -gt 0 ]; do case "$1" in\n'
        "  --iidfile) echo sha256:feed > $2;;\n"
        f"  --secret) cp ${{2##*src=}} {tmp_path}/secret;;\n"
        f"  --file) [ ! -f $2 ] || cp $2 {tmp_path}/dockerfile;;\n"
        "esac; shift; done\n"
        'echo "STEP 1"; [ -z "$FAIL" ] || { echo "it broke" >&2; exit 3; }\n'
        '[ -z "$HANG" ] || exec tail -f /dev/null\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return tmp_path


def build(
    build: Build,
    environment: dict[str, str] | None = None,
    local: bool = False,
    stop: Stop = never,
) -> tuple[str, list[str]]:
    project = Project(
        name="shop",
        working_dir="/",
        services={"app": Service(name="app", build=build)},
        positions={"services.app.build": Position("compose.yaml", 3, 5)},
    )
    program = Program(
        url="unix:///s",
        local_arguments=("--root", "/r") if local else None,
        environment={**os.environ, **(environment or {})},
    )
    lines: list[str] = []
    identity = build_image(
        program,
        project,
        "app",
        image="shop-app",
        pull=False,
        no_cache=False,
        args=["X=2"],
        progress=lambda text, **_amount: lines.append(text),
        stop=stop,
        warn=lines.append,
    )
    return identity, lines


def test_the_program_works_on_the_engines_socket(podman: Path) -> None:
    (podman / "Dockerfile").touch()
    assert build(Build(context=str(podman))) == ("feed", ["STEP 1"])
    arguments = (podman / "arguments").read_text().splitlines()
    assert arguments[:3] == ["--url", "unix:///s", "build"]
    assert arguments[-1] == str(podman)
    assert arguments[arguments.index("--tag") + 1] == "shop-app"
    assert arguments[arguments.index("--build-arg") + 1] == "X=2"


def test_what_a_service_cannot_do_is_done_locally_where_possible(podman: Path) -> None:
    (podman / "Dockerfile").touch()
    build(Build(context=str(podman), ssh=("default",)), local=True)
    assert (podman / "arguments").read_text().splitlines()[:3] == ["--root", "/r", "build"]


def test_keys_that_the_service_does_not_take_are_warned_of(podman: Path) -> None:
    (podman / "Dockerfile").touch()
    said = Build(context=str(podman), ssh=("default",))
    assert [line for line in build(said)[1] if "build.ssh" in line]
    assert not [line for line in build(said, local=True)[1] if "build.ssh" in line]


def test_an_inline_dockerfile(podman: Path) -> None:
    build(Build(context=str(podman), dockerfile_inline="FROM busybox\n"))
    assert (podman / "dockerfile").read_text() == "FROM busybox\n"


def test_a_secret_goes_through_a_file_only(podman: Path) -> None:
    (podman / "Dockerfile").touch()
    project = Project(
        name="shop",
        working_dir="/",
        services={
            "app": Service(
                name="app",
                build=Build(context=str(podman), secrets=(BuildSecret(source="key"),)),
            )
        },
        secrets={"key": FileObject(key="key", name="k", environment="KEY")},
        environment={"KEY": "very-secret"},
    )
    program = Program(url="unix:///s", environment=dict(os.environ))
    build_image(
        program,
        project,
        "app",
        image="i",
        pull=False,
        no_cache=False,
        args=(),
        progress=None,
        warn=print,
    )
    assert (podman / "secret").read_text() == "very-secret"
    assert "very-secret" not in (podman / "arguments").read_text()


def test_a_failure_shows_the_last_lines(podman: Path) -> None:
    (podman / "Dockerfile").touch()
    with pytest.raises(EngineError, match=r"building app failed .*ended with 3") as caught:
        build(Build(context=str(podman)), {"FAIL": "1"})
    assert "it broke" in caught.value.message


def test_a_build_that_is_given_up_ends_its_program(podman: Path) -> None:
    (podman / "Dockerfile").touch()
    with pytest.raises(Interrupted):
        build(Build(context=str(podman)), {"HANG": "1"}, stop=lambda: True)


def test_a_program_that_ends_at_ctrl_c_before_it_is_given_up_has_not_failed(
    podman: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (podman / "Dockerfile").touch()
    monkeypatch.setattr(composer.engine.build, "_lines", lambda process, stop: process.stdout)
    with pytest.raises(Interrupted):
        build(Build(context=str(podman)), {"FAIL": "1"}, stop=lambda: True)


def test_a_missing_context(podman: Path) -> None:
    with pytest.raises(ComposerError, match="the folder /nosuch does not exist") as caught:
        build(Build(context="/nosuch"))
    assert caught.value.position == Position("compose.yaml", 3, 5)


def test_a_missing_dockerfile(podman: Path) -> None:
    with pytest.raises(ComposerError, match=r"there is no Other in"):
        build(Build(context=str(podman), dockerfile="Other"))


def test_an_archive_is_unpacked(podman: Path) -> None:
    (podman / "Other").write_text("FROM base")
    archive = podman / "context.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(podman / "Other", "Other")
    build(Build(context=str(archive), dockerfile="Other"))
    assert (podman / "dockerfile").read_text() == "FROM base"
    context = Path((podman / "arguments").read_text().splitlines()[-1])
    assert not context.exists(), "it is in the way afterwards"


def test_a_file_that_is_no_archive(podman: Path) -> None:
    (podman / "context").write_text("FROM base")
    with pytest.raises(ComposerError, match="cannot unpack") as caught:
        build(Build(context=str(podman / "context")))
    assert caught.value.position == Position("compose.yaml", 3, 5)


@pytest.mark.parametrize(
    "context", ["https://h/repo.git#main:sub", "git@h:repo.git", "github.com/u/r", "http://h/a.tgz"]
)
def test_what_is_fetched_is_left_to_the_program(podman: Path, context: str) -> None:
    build(Build(context=context, dockerfile="Other"))
    arguments = (podman / "arguments").read_text().splitlines()
    assert arguments[-1] == context
    assert arguments[arguments.index("--file") + 1] == "Other"
