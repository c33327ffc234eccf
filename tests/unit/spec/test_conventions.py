"""Names, the default network and the pod that a project has by its conventions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from composer.errors import ComposerError, FileError
from composer.spec import Options, load
from composer.spec.model import Project

PLAIN = "services: {a: {image: x}, b: {build: .}}\nvolumes: {v: }\n"
PODMAN = Options(dialect="podman", project_name="my-shop")


def project(
    tmp_path: Path,
    text: str = PLAIN,
    options: Options = PODMAN,
    variables: Mapping[str, str] | None = None,
) -> Project:
    (tmp_path / "compose.yaml").write_text(text)
    files = (str(tmp_path / "compose.yaml"),)
    return load(options._replace(files=files, environ=variables or {}))


def names(found: Project) -> list[str]:
    networks = [network.name for network in found.networks.values()]
    pods = [found.pod_name(key, 1) for key in found.pods]
    return [found.container_name("a", 1), found.built_image("b"), *networks, *pods]


def setting(text: str) -> str:
    return f"{PLAIN}x-podman: {{{text}}}\n"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", ["my-shop_a_1", "my-shop_b", "my-shop_default", "pod_my-shop"]),
        ("in_pod: false", ["my-shop_a_1", "my-shop_b", "my-shop_default"]),
        ("in_pod: own", ["my-shop_a_1", "my-shop_b", "my-shop_default", "own"]),
        (
            "name_separator_compat: true",
            ["my-shop-a-1", "my-shop-b", "my-shop-default", "pod_my-shop"],
        ),
        (
            "default_net_name_compat: true",
            ["my-shop_a_1", "my-shop_b", "myshop_default", "pod_my-shop"],
        ),
        ("docker_compose_compat: true", ["my-shop-a-1", "my-shop-b", "my-shop-default"]),
        (
            "docker_compose_compat: true, name_separator_compat: false",
            ["my-shop_a_1", "my-shop_b", "my-shop_default"],
        ),
    ],
)
def test_names_are_those_of_podman_compose(tmp_path: Path, said: str, expected: list[str]) -> None:
    assert names(project(tmp_path, setting(said))) == expected


def test_names_are_dockers_otherwise(tmp_path: Path) -> None:
    docker = PODMAN._replace(dialect="docker")
    expected = ["my-shop-a-1", "my-shop-b", "my-shop_default"]
    assert names(project(tmp_path, options=docker)) == expected
    # What is said counts whatever the program is called.
    said = project(tmp_path, setting("in_pod: true, name_separator_compat: false"), docker)
    assert names(said) == ["my-shop_a_1", "my-shop_b", "my-shop_default", "pod_my-shop"]


def test_variables_stand_above_the_file_and_options_above_all(tmp_path: Path) -> None:
    text = setting("in_pod: false")
    variable = {"PODMAN_COMPOSE_IN_POD": "1"}
    assert [*project(tmp_path, text, variables=variable).pods] == ["pod_my-shop"]
    assert [*project(tmp_path, text, PODMAN._replace(in_pod="own"), variable).pods] == ["own"]


def test_variables_that_mean_nothing_are_warned_of(tmp_path: Path) -> None:
    found = project(
        tmp_path, variables={"PODMAN_COMPOSE_FROB": "1", "PODMAN_COMPOSE_PROVIDER": "x"}
    )
    (warning,) = found.warnings
    assert warning.startswith("PODMAN_COMPOSE_FROB is unknown")
    with pytest.raises(ComposerError, match="'perhaps' is no boolean"):
        project(tmp_path, variables={"PODMAN_COMPOSE_NAME_SEPARATOR_COMPAT": "perhaps"})


NETWORKS = "services: {{a: {{image: x}}, b: {{image: x, networks: [one]}}}}\nnetworks: {{{0}}}\n"


@pytest.mark.parametrize(
    ("networks", "expected"),
    [("one: ", ["one"]), ("one: , default: ", ["default"]), ("one: , two: ", [])],
)
def test_the_default_network_is_the_one_that_podman_compose_takes(
    tmp_path: Path, networks: str, expected: list[str]
) -> None:
    text = NETWORKS.format(networks)
    service = project(tmp_path, text).services["a"]
    assert [*service.networks] == expected
    assert service.network_mode == (None if expected else "bridge")
    always = project(
        tmp_path, text, variables={"PODMAN_COMPOSE_DEFAULT_NET_BEHAVIOR_COMPAT": "true"}
    )
    assert [*always.services["a"].networks] == ["default"]


def test_the_pod_of_a_project_shares_nothing_unless_told(tmp_path: Path) -> None:
    text = "services: {a: {image: x, ports: ['80:80'], scale: 2}, b: {image: x}}\n"
    pod = project(tmp_path, text).pods["pod_my-shop"]
    assert (pod.infra, pod.share, pod.ports, pod.members) == (None, (), (), ("a", "b"))
    arguments = "--share net,ipc --publish 81:81 --label=k=v -m 64m --infra-command 'sleep 9'"
    found = project(tmp_path, text, PODMAN._replace(pod_args=arguments))
    pod = found.pods["pod_my-shop"]
    assert pod.share == ("net", "ipc")
    assert {port.published for port in pod.ports} == {"80", "81"}
    assert (pod.labels, pod.mem_limit) == ({"k": "v"}, 64 * 1024**2)
    assert pod.infra is not None
    assert pod.infra.command == ("sleep", "9")
    assert found.services["a"].replicas == 2
    assert found.pod_name(pod.key, 2) == "pod_my-shop"


def test_services_with_a_pod_of_their_own_stay_in_it(tmp_path: Path) -> None:
    text = "services: {a: {image: x, x-podman: {pod: own}}, b: {image: x}}\n"
    found = project(tmp_path, text)
    assert {name: pod.members for name, pod in found.pods.items()} == {
        "own": ("a",),
        "pod_my-shop": ("b",),
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--frob=1", "'--frob=1' has no effect"),
        ("--hostname", "--hostname needs a value"),
        ("--share frob", "frob"),
    ],
)
def test_pod_args_that_mean_nothing_are_refused(
    tmp_path: Path, arguments: str, message: str
) -> None:
    with pytest.raises((ComposerError, FileError), match=message):
        project(tmp_path, options=PODMAN._replace(pod_args=arguments))


def test_names_of_projects_may_be_those_of_podman(tmp_path: Path) -> None:
    assert project(tmp_path, options=PODMAN._replace(project_name="My.Shop")).name == "My.Shop"
    with pytest.raises(ComposerError, match="invalid project name"):
        project(tmp_path, options=Options(project_name="My.Shop"))


def test_podman_chooses_between_containerfile_and_dockerfile(tmp_path: Path) -> None:
    build = project(tmp_path).services["b"].build
    assert build is not None
    assert build.dockerfile is None
