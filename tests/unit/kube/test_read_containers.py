"""What the fields of a container become."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from composer.kube.quantities import processors, quantity, size
from composer.kube.read.environment import expand
from tests.unit.kube.manifests import config_map, container, project, read, service

_SECOND = 10**9


def plain(value: Any) -> Any:
    """A part of the model as JSON has it."""
    return json.loads(msgspec.json.encode(value, enc_hook=int))


FIELDS: list[tuple[str, str, Any]] = [
    ("command: [a, b]", "entrypoint", ["a", "b"]),
    ("args: [c]", "command", ["c"]),
    ("workingDir: /srv", "working_dir", "/srv"),
    ("stdin: true", "stdin_open", True),
    ("tty: true", "tty", True),
    ("imagePullPolicy: Always", "pull_policy", "always"),
    ("imagePullPolicy: Never", "pull_policy", "never"),
    ("imagePullPolicy: IfNotPresent", "pull_policy", None),
    (
        "ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}]",
        "expose",
        ["80", "53/udp"],
    ),
    ("securityContext: {runAsUser: 7}", "user", "7"),
    ("securityContext: {runAsUser: 7, runAsGroup: 8}", "user", "7:8"),
    ("securityContext: {privileged: true}", "privileged", True),
    ("securityContext: {readOnlyRootFilesystem: true}", "read_only", True),
    ("securityContext: {capabilities: {add: [NET_ADMIN]}}", "cap_add", ["NET_ADMIN"]),
    ("securityContext: {capabilities: {drop: [ALL]}}", "cap_drop", ["ALL"]),
    (
        "securityContext: {allowPrivilegeEscalation: false}",
        "security_opt",
        ["no-new-privileges:true"],
    ),
    ("securityContext: {seLinuxOptions: {level: 's0'}}", "security_opt", ["label:level:s0"]),
    (
        "securityContext: {seccompProfile: {type: Unconfined}}",
        "security_opt",
        ["seccomp:unconfined"],
    ),
    (
        "securityContext: {appArmorProfile: {type: Unconfined}}",
        "security_opt",
        ["apparmor:unconfined"],
    ),
    (
        "securityContext: {appArmorProfile: {type: Localhost, localhostProfile: mine}}",
        "security_opt",
        ["apparmor:mine"],
    ),
    ("securityContext: {procMount: Unmasked}", "security_opt", ["unmask:ALL"]),
    ("imagePullPolicy: Always", "pull_policy", "always"),
    ("imagePullPolicy: IfNotPresent", "pull_policy", None),
    ("stdin: true", "stdin_open", True),
    ("stdin: false", "stdin_open", False),
    ("lifecycle: {postStart: {exec: {command: [x]}}}", "post_start", [{"command": ["x"]}]),
    ("lifecycle: {preStop: {sleep: {seconds: 2}}}", "pre_stop", [{"command": ["sleep", "2"]}]),
    ("lifecycle: {stopSignal: SIGINT}", "stop_signal", "SIGINT"),
    ("env: [{name: A, value: '$x'}]", "environment", {"A": "$x"}),
]


@pytest.mark.parametrize(("said", "attribute", "value"), FIELDS, ids=lambda value: str(value)[:50])
def test_a_field_of_a_container(tmp_path: Path, said: str, attribute: str, value: Any) -> None:
    found = service(tmp_path, container(said))
    assert plain(getattr(found, attribute)) == value


POD_FIELDS: list[tuple[str, str, Any]] = [
    ("hostname: h\n", "hostname", "h"),
    ("terminationGracePeriodSeconds: 3\n", "stop_grace_period", 3 * _SECOND),
    (
        "hostAliases: [{ip: 10.0.0.1, hostnames: [a, b]}]\n",
        "extra_hosts",
        ["a=10.0.0.1", "b=10.0.0.1"],
    ),
    ("dnsConfig: {nameservers: [10.0.0.2]}\n", "dns", ["10.0.0.2"]),
    ("dnsConfig: {searches: [x.y]}\n", "dns_search", ["x.y"]),
    (
        "dnsConfig: {options: [{name: ndots, value: '1'}, {name: rotate}]}\n",
        "dns_opt",
        ["ndots:1", "rotate"],
    ),
    ("hostNetwork: true\n", "network_mode", "host"),
    ("hostPID: true\n", "pid", "host"),
    ("hostIPC: true\n", "ipc", "host"),
    ("securityContext: {runAsUser: 5}\n", "user", "5"),
    ("securityContext: {supplementalGroups: [3, 4]}\n", "group_add", ["3", "4"]),
    ("securityContext: {sysctls: [{name: net.a, value: '1'}]}\n", "sysctls", {"net.a": "1"}),
    ("", "restart", "always"),
    ("", "labels", {"app": "app"}),
]


@pytest.mark.parametrize(("said", "attribute", "value"), POD_FIELDS, ids=lambda v: str(v)[:50])
def test_a_field_of_a_pod_of_one_container(
    tmp_path: Path, said: str, attribute: str, value: Any
) -> None:
    found = service(tmp_path, container("", said))
    assert plain(getattr(found, attribute)) == value


def test_limits_and_requests(tmp_path: Path) -> None:
    said = "resources: {limits: {cpu: 250m, memory: 1Gi}, requests: {cpu: 100m, memory: 500M}}"
    found = service(tmp_path, container(said)).deploy
    assert found is not None
    assert found.resources is not None
    limits, requests = found.resources.limits, found.resources.reservations
    assert limits is not None
    assert requests is not None
    assert (limits.cpus, limits.memory) == (0.25, 2**30)
    assert (requests.cpus, requests.memory) == (0.1, 500_000_000)


def test_graphics_processors_are_reserved(tmp_path: Path) -> None:
    found = service(tmp_path, container("resources: {limits: {nvidia.com/gpu: 2}}")).deploy
    assert found is not None
    assert found.resources is not None
    assert found.resources.reservations is not None
    (device,) = found.resources.reservations.devices
    assert device["count"] == 2
    assert device["driver"] == "nvidia"


VARIABLES = """\
envFrom:
- configMapRef: {name: map}
- {prefix: S_, secretRef: {name: key}}
env:
- {name: A, value: a}
- {name: B, value: "$(A)-$(NONE)-$$(A)-$$$$"}
- name: C
  valueFrom: {configMapKeyRef: {name: map, key: x}}
- name: D
  valueFrom: {secretKeyRef: {name: key, key: p}}
- name: E
  valueFrom: {configMapKeyRef: {name: map, key: none, optional: true}}
- name: NS
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: LABEL
  valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}
- name: CPU
  valueFrom: {resourceFieldRef: {resource: limits.cpu}}
- {name: x, value: over}
args: ["$(B)", "$(x)", "$(S_p)"]
resources: {limits: {cpu: 1500m}}
"""


def test_variables_are_worked_out_as_kubernetes_does(tmp_path: Path) -> None:
    texts = config_map("map", {"x": "1", "y": "$2"})
    secret = config_map("key", {"p": "pa$$"}, "Secret")
    found = service(tmp_path, texts, secret, container(VARIABLES))
    assert found.environment == {
        "x": "over",
        "y": "$2",
        "S_p": "pa$$",
        "A": "a",
        "B": "a-$(NONE)-$(A)-$$",
        "C": "1",
        "D": "pa$$",
        "NS": "default",
        "LABEL": "app",
        "CPU": "2",
    }
    assert found.command == ("a-$(NONE)-$(A)-$$", "over", "pa$$")


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("$(A)", "1"),
        ("$$(A)", "$(A)"),
        ("$$$(A)", "$1"),
        ("$(B)", "$(B)"),
        ("$A", "$A"),
        ("$", "$"),
        ("a$(A", "a$(A"),
        ("$()", "$()"),
    ],
)
def test_expansion(text: str, becomes: str) -> None:
    assert expand(text, {"A": "1"}) == becomes


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [("1Ki", 1024), ("1k", 1000), ("1.5Gi", 3 * 2**29), ("1e3", 1000), (7, 7), ("0.5k", 500)],
)
def test_sizes(text: str, bytes_: int) -> None:
    assert size(text) == bytes_


@pytest.mark.parametrize("text", ["", "Mi", "1 Mi", "1mi", "1Kib", "0x10", "1e999", "100E", "-1"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match=r"quantity|range|negative"):
        size(text)


def test_a_part_of_a_byte_is_most_likely_a_slip() -> None:
    with pytest.raises(ValueError, match="did you mean 500M or 500Mi"):
        size("500m")


def test_processors() -> None:
    assert processors("250m") == 0.25
    assert processors(2) == 2.0
    assert quantity("100u").denominator == 10_000


def test_a_field_that_is_not_known_beforehand_is_warned_of(tmp_path: Path) -> None:
    said = "env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]"
    found = read(tmp_path, container(said))
    (warning,) = found.warnings
    assert warning.startswith(f"{tmp_path}/app.yaml:12:49:")
    assert "status.podIP is not known beforehand" in warning
    assert project(tmp_path, container(said)).services["app"].environment == {}
