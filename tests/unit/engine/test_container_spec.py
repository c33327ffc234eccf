"""The mapping of services to Podman's container spec: the process, its rights, its limits."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from composer import state
from composer.engine.container_spec import container_spec
from composer.engine.context import ImageConfig
from composer.errors import ComposerError
from composer.spec.model import (
    Attachment,
    ByteSize,
    Dependency,
    Deploy,
    Healthcheck,
    Logging,
    Nanoseconds,
    ResourceLimit,
    Resources,
    RestartPolicy,
    Service,
    Ulimit,
)
from tests.unit.engine.sample import IMAGE, context, spec_of

SECOND = 1_000_000_000


def test_what_podman_has_nothing_for_is_said() -> None:
    wanted = context(Service(name="web", cpu_count=2, isolation="hyperv"))
    container_spec(wanted)
    assert sorted(warning.partition(":")[0] for warning in wanted.warnings) == [
        "services.web.cpu_count",
        "services.web.isolation",
    ]


def test_the_spec_is_plain_json() -> None:
    service = Service(
        name="web",
        mem_limit=ByteSize(1 << 20),
        shm_size=ByteSize(1 << 20),
        stop_grace_period=Nanoseconds(SECOND),
        healthcheck=Healthcheck(test=("CMD", "true"), interval=Nanoseconds(SECOND)),
    )
    assert msgspec.json.decode(msgspec.json.encode(spec_of(service))) == spec_of(service)


def test_labels_of_both_families_win_over_the_files() -> None:
    service = Service(
        name="web",
        labels={"mine": "1", state.PROJECT: "other"},
        config_hash="abc",
        depends_on={"db": Dependency(condition="service_healthy", restart=True)},
    )
    labels = spec_of(service)["labels"]
    assert labels["mine"] == "1"
    assert labels[state.PROJECT] == labels[state.PODMAN_PROJECT] == "shop"
    assert labels[state.SERVICE] == labels[state.PODMAN_SERVICE] == "web"
    assert labels[state.NUMBER] == "1"
    assert labels[state.CONFIG_HASH] == labels[state.PODMAN_CONFIG_HASH] == "abc"
    assert labels[state.IMAGE] == IMAGE.id
    assert labels[state.ONEOFF] == "False"
    assert labels[state.WORKING_DIR] == "/srv/shop"
    assert labels[state.CONFIG_FILES] == "/srv/shop/compose.yaml"
    assert labels[state.DEPENDS_ON] == "db:service_healthy:true"


class TestCommand:
    """``entrypoint`` and ``command`` mean what they mean to Docker."""

    @pytest.mark.parametrize(
        ("entrypoint", "command", "expected"),
        [
            (None, None, {}),
            (None, ("a", "b"), {"command": ["a", "b"]}),
            (("e",), None, {"entrypoint": ["e"]}),
            (("e",), ("a",), {"entrypoint": ["e"], "command": ["a"]}),
            # An empty entrypoint drops the image's, but not the image's command.
            ((), None, {"entrypoint": [""], "command": ["sh"]}),
            ((), ("a",), {"entrypoint": [""], "command": ["a"]}),
            (None, (), {}),
        ],
    )
    def test_as_docker(
        self,
        entrypoint: tuple[str, ...] | None,
        command: tuple[str, ...] | None,
        expected: dict[str, list[str]],
    ) -> None:
        spec = spec_of(Service(name="web", entrypoint=entrypoint, command=command))
        assert {k: spec[k] for k in ("entrypoint", "command") if k in spec} == expected


def test_a_variable_without_value_is_unset() -> None:
    spec = spec_of(Service(name="web", environment={"A": "1", "B": None, "C": ""}))
    assert spec["env"] == {"A": "1", "C": ""}
    assert spec["unsetenv"] == ["B"]


class TestHealthcheck:
    """Every field is sent, with Docker's defaults."""

    def test_defaults(self) -> None:
        spec = spec_of(Service(name="db", healthcheck=Healthcheck(test=("CMD", "true"))))
        assert spec["healthconfig"] == {
            "Test": ["CMD", "true"],
            "Interval": 30 * SECOND,
            "Timeout": 30 * SECOND,
            "Retries": 3,
            "StartPeriod": 0,
        }

    def test_said_values(self) -> None:
        check = Healthcheck(
            test=("CMD-SHELL", "x"),
            interval=Nanoseconds(SECOND),
            timeout=Nanoseconds(2 * SECOND),
            retries=7,
            start_period=Nanoseconds(3 * SECOND),
        )
        assert spec_of(Service(name="db", healthcheck=check))["healthconfig"] == {
            "Test": ["CMD-SHELL", "x"],
            "Interval": SECOND,
            "Timeout": 2 * SECOND,
            "Retries": 7,
            "StartPeriod": 3 * SECOND,
        }

    def test_the_images_check_is_completed(self) -> None:
        image = ImageConfig(id="1", name="x", healthcheck={"Test": ["CMD", "y"], "Timeout": SECOND})
        check = Healthcheck(retries=9)
        config = spec_of(Service(name="db", healthcheck=check), image=image)["healthconfig"]
        assert (config["Test"], config["Timeout"], config["Retries"]) == (["CMD", "y"], SECOND, 9)
        assert config["Interval"] == 30 * SECOND

    @pytest.mark.parametrize("check", [Healthcheck(disable=True), Healthcheck(test=("NONE",))])
    def test_disabled(self, check: Healthcheck) -> None:
        image = ImageConfig(id="1", name="x", healthcheck={"Test": ["CMD", "y"]})
        spec = spec_of(Service(name="db", healthcheck=check), image=image)
        assert spec["healthconfig"]["Test"] == ["NONE"]

    def test_none_without_a_test(self) -> None:
        assert "healthconfig" not in spec_of(Service(name="db", healthcheck=Healthcheck(retries=2)))


class TestStopping:
    def test_ten_seconds_unless_said(self) -> None:
        assert spec_of(Service(name="web"))["stop_timeout"] == 10

    def test_fractions_are_rounded_up(self) -> None:
        grace = Nanoseconds(1_500_000_000)
        assert spec_of(Service(name="web", stop_grace_period=grace))["stop_timeout"] == 2

    @pytest.mark.parametrize(
        ("text", "number"),
        [("SIGINT", 2), ("int", 2), ("9", 9), ("SIGRTMIN+3", 37), ("SIGUSR1", 10)],
    )
    def test_signals(self, text: str, number: int) -> None:
        assert spec_of(Service(name="web", stop_signal=text))["stop_signal"] == number

    def test_an_unknown_signal_is_an_error(self) -> None:
        with pytest.raises(ComposerError, match="'SIGNOPE' is no signal"):
            spec_of(Service(name="web", stop_signal="SIGNOPE"))


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (Service(name="a"), (None, None)),
        (Service(name="a", restart="no"), ("no", None)),
        (Service(name="a", restart="unless-stopped"), ("unless-stopped", None)),
        (Service(name="a", restart="on-failure:3"), ("on-failure", 3)),
        (
            Service(
                name="a",
                deploy=Deploy(restart_policy=RestartPolicy(condition="on-failure", max_attempts=4)),
            ),
            ("on-failure", 4),
        ),
        (Service(name="a", deploy=Deploy(restart_policy=RestartPolicy())), ("always", None)),
        (
            Service(
                name="a",
                restart="always",
                deploy=Deploy(restart_policy=RestartPolicy(condition="none")),
            ),
            ("no", None),
        ),
    ],
)
def test_restart(service: Service, expected: tuple[str | None, int | None]) -> None:
    spec = spec_of(service)
    assert (spec.get("restart_policy"), spec.get("restart_tries")) == expected


class TestLogging:
    def test_docker_names_and_sizes(self) -> None:
        logging = Logging(driver="json-file", options={"max-size": "10m"})
        spec = spec_of(Service(name="a", logging=logging))["log_configuration"]
        assert spec == {"driver": "k8s-file", "size": 10 * 1024**2}

    def test_what_is_unknown_is_said(self) -> None:
        logging = Logging(driver="syslog", options={"max-file": "3"})
        wanted = context(Service(name="a", logging=logging))
        assert "log_configuration" not in container_spec(wanted)
        assert [w.partition(":")[0] for w in wanted.warnings] == [
            "services.a.logging.driver",
        ]

    def test_a_tag_is_kept_for_the_journal_only(self) -> None:
        """The monitor of a container with a log file ends at once when it is given a tag."""
        said = {"tag": "x", "max-size": "1k"}
        wanted = context(Service(name="a", logging=Logging(driver="json-file", options=said)))
        spec = container_spec(wanted)["log_configuration"]
        assert spec == {"driver": "k8s-file", "size": 1024}
        assert [w.partition(":")[0] for w in wanted.warnings] == ["services.a.logging.options.tag"]
        journal = Logging(driver="journald", options={"tag": "x"})
        assert spec_of(Service(name="a", logging=journal))["log_configuration"] == {
            "driver": "journald",
            "options": {"tag": "x"},
        }


class TestResources:
    def test_limits(self) -> None:
        service = Service(name="a", cpus=0.5, mem_limit=ByteSize(100), pids_limit=50, cpuset="0")
        assert spec_of(service)["resource_limits"] == {
            "memory": {"limit": 100, "swap": 200},
            "cpu": {"quota": 50_000, "period": 100_000, "cpus": "0"},
            "pids": {"limit": 50},
        }

    def test_no_limit_of_swap(self) -> None:
        service = Service(name="a", mem_limit=ByteSize(100), memswap_limit=ByteSize(-1))
        memory = spec_of(service)["resource_limits"]["memory"]
        assert memory["swap"] > 2**62

    def test_deploy_says_the_same(self) -> None:
        limits = ResourceLimit(cpus=0.5, memory=ByteSize(100), pids=50)
        reservations = ResourceLimit(memory=ByteSize(10))
        deploy = Deploy(resources=Resources(limits=limits, reservations=reservations))
        assert spec_of(Service(name="a", deploy=deploy))["resource_limits"] == {
            "memory": {"limit": 100, "swap": 200, "reservation": 10},
            "cpu": {"quota": 50_000, "period": 100_000},
            "pids": {"limit": 50},
        }

    def test_parts_of_several_mappings_are_merged(self) -> None:
        service = Service(name="a", pids_limit=5, blkio_config={"weight": 300})
        assert spec_of(service)["resource_limits"] == {
            "pids": {"limit": 5},
            "blockIO": {"weight": 300},
        }

    def test_ulimits(self) -> None:
        limits = {"nofile": Ulimit(soft=1, hard=2), "core": Ulimit(soft=-1, hard=-1)}
        assert spec_of(Service(name="a", ulimits=limits))["r_limits"] == [
            {"type": "CORE", "soft": 2**64 - 1, "hard": 2**64 - 1},
            {"type": "NOFILE", "soft": 1, "hard": 2},
        ]

    def test_device_rules(self) -> None:
        spec = spec_of(Service(name="a", device_cgroup_rules=("c 1:* mr",)))
        assert spec["device_cgroup_rule"] == [
            {"allow": True, "type": "c", "major": 1, "minor": -1, "access": "mr"}
        ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("no-new-privileges:true",), {"no_new_privileges": True}),
        (("no-new-privileges=true",), {"no_new_privileges": True}),
        (("label=disable", "label:type:x"), {"selinux_opts": ["disable", "type:x"]}),
        (("apparmor=unconfined",), {"apparmor_profile": "unconfined"}),
        (("seccomp:unconfined",), {"seccomp_profile_path": "unconfined"}),
        (("seccomp:./my.json",), {"seccomp_profile_path": "/srv/shop/./my.json"}),
        (("seccomp=/etc/my.json",), {"seccomp_profile_path": "/etc/my.json"}),
        (("seccomp=builtin",), {"seccomp_profile_path": None}),
        (("proc-opts=hidepid=2,ro",), {"procfs_opts": ["hidepid=2", "ro"]}),
        (("systempaths=unconfined",), {"unmask": ["ALL"]}),
    ],
)
def test_security_options(options: tuple[str, ...], expected: dict[str, Any]) -> None:
    spec = spec_of(Service(name="a", security_opt=options))
    assert {key: spec.get(key) for key in expected} == expected


def test_namespaces() -> None:
    service = Service(name="a", pid="host", ipc="service:db", uts="host", cgroup="private")
    spec = spec_of(service)
    assert spec["pidns"] == {"nsmode": "host"}
    assert spec["ipcns"] == {"nsmode": "container", "value": "id-of-db"}
    assert spec["utsns"] == {"nsmode": "host"}
    assert spec["cgroupns"] == {"nsmode": "private"}


@pytest.mark.parametrize(
    ("mode", "namespace", "ids"),
    [
        ("host", {"nsmode": "host"}, None),
        ("keep-id:uid=7", {"nsmode": "keep-id", "value": "uid=7"}, None),
        # Podman's service takes the word alone for nothing.
        ("auto", {"nsmode": "auto"}, {"AutoUserNs": True, "AutoUserNsOpts": {}}),
        ("auto:size=9", {"nsmode": "auto"}, {"AutoUserNs": True, "AutoUserNsOpts": {"Size": 9}}),
    ],
)
def test_user_namespaces(mode: str, namespace: dict[str, str], ids: dict[str, Any] | None) -> None:
    spec = spec_of(Service(name="a", userns_mode=mode))
    assert (spec["userns"], spec.get("idmappings")) == (namespace, ids)


@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("restart", "on-failure:often", "services.a.restart: 'often' is no number"),
        ("expose", ("http",), "services.a.expose: 'http' is no port"),
        ("device_cgroup_rules", ("c 1:3",), r"device_cgroup_rules\[0\]: 'c 1:3' is no rule"),
        ("dns", ("ns.example",), r"services.a.dns\[0\]: 'ns.example' is no address"),
        ("mac_address", "mine", "services.a.mac_address: 'mine' is no hardware address"),
        (
            "blkio_config",
            {"weight_device": [{"path": "/dev/sda"}]},
            r"blkio_config.weight_device\[0\]: path and weight are both needed",
        ),
        (
            "logging",
            Logging(options={"max-size": "big"}),
            "services.a.logging.options.max-size: 'big' is no size",
        ),
        (
            "networks",
            {"front": Attachment(ipv4_address="x")},
            "services.a.networks.front.ipv4_address: 'x' is no address",
        ),
        ("extensions", {"x-podman.uidmaps": "0-5"}, "x-podman.uidmaps: '0-5' is no mapping"),
        ("extensions", {"x-podman": {"rootfs": 5}}, "services.a.x-podman.rootfs: 5 is no path"),
        (
            "extensions",
            {"x-podman": {"on_unhealthy": "weep"}},
            "services.a.x-podman.on_unhealthy: 'weep' is not allowed",
        ),
    ],
)
def test_a_value_that_cannot_be(attribute: str, value: Any, message: str) -> None:
    said = {"networks": {"front": None}, attribute: value}
    with pytest.raises(ComposerError, match=message) as caught:
        spec_of(Service(name="a", **said))
    assert caught.value.hint


def test_what_becomes_of_an_unhealthy_container() -> None:
    for word, number in (("none", 0), ("kill", 2), ("restart", 3), ("stop", 4)):
        spec = spec_of(Service(name="a", extensions={"x-podman": {"on_unhealthy": word}}))
        assert spec["health_check_on_failure_action"] == number


def test_what_is_not_for_podmans_without_rights() -> None:
    service = Service(
        name="web", domainname="example.org", device_cgroup_rules=("c 1:3 r",), hostname="box"
    )
    asked = {"sysctl", "device_cgroup_rule"}
    assert asked <= spec_of(service).keys()
    wanted = context(service, rootless=True)
    spec = container_spec(wanted)
    assert not asked & spec.keys()
    assert spec["hostname"] == "box"
    assert sorted(warning.partition(": ")[0] for warning in wanted.warnings) == [
        "services.web.device_cgroup_rules",
        "services.web.domainname",
    ]
