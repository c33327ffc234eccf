"""The mapping of services to Podman's container spec: the process, the network, the limits."""

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
    Port,
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


class TestNetworks:
    def test_names_in_every_network(self) -> None:
        service = Service(
            name="app", networks={"front": None, "back": Attachment(aliases=("db-client",))}
        )
        other = Service(name="web", links=("app:backend",))
        spec = spec_of(service, other)
        assert spec["netns"] == {"nsmode": "bridge"}
        assert spec["networks"] == {
            "shop_front": {
                "aliases": ["app", "shop-app-1", "backend"],
                "interface_name": "eth1",
            },
            "shop_back": {
                "aliases": ["app", "shop-app-1", "backend", "db-client"],
                "interface_name": "eth0",
            },
        }

    def test_the_network_of_the_highest_priority_comes_first(self) -> None:
        nets = {"back": None, "front": Attachment(priority=10)}
        spec = spec_of(Service(name="a", mac_address="02:00:00:00:00:01", networks=nets))
        assert spec["networks"]["shop_front"]["interface_name"] == "eth0"
        assert spec["networks"]["shop_front"]["static_mac"] == "02:00:00:00:00:01"
        assert spec["networks"]["shop_back"]["interface_name"] == "eth1"
        assert "static_mac" not in spec["networks"]["shop_back"]

    @pytest.mark.parametrize(
        ("release", "servers", "warned"),
        [
            # Podman before 4.4 would ask these servers for the names of services as well.
            ((4, 3), ["10.0.2.1", "10.0.0.53"], ["services.a.dns"]),
            ((4, 4), ["10.0.0.53"], []),
        ],
    )
    def test_services_are_known_beside_servers_of_the_users_own(
        self, release: tuple[int, int], servers: list[str], warned: list[str]
    ) -> None:
        service = Service(name="a", networks={"back": None, "front": None}, dns=("10.0.0.53",))
        wanted = context(service, release=release)
        assert container_spec(wanted)["dns_server"] == servers
        assert [warning.partition(":")[0] for warning in wanted.warnings] == warned

    def test_a_oneoff_container_does_not_answer_for_its_service(self) -> None:
        spec = spec_of(Service(name="app", networks={"front": None}), oneoff=True)
        assert spec["networks"]["shop_front"]["aliases"] == []
        assert spec["labels"][state.ONEOFF] == "True"

    def test_addresses_and_hardware_addresses(self) -> None:
        attachment = Attachment(ipv4_address="10.0.0.5", ipv6_address="fd00::5")
        service = Service(name="a", mac_address="02:00:00:00:00:01", networks={"front": attachment})
        network = spec_of(service)["networks"]["shop_front"]
        assert network["static_ips"] == ["10.0.0.5", "fd00::5"]
        assert network["static_mac"] == "02:00:00:00:00:01"

    def test_no_search_list_on_several_networks(self) -> None:
        one = Service(name="a", networks={"front": None})
        two = Service(name="a", networks={"front": None, "back": None})
        assert "dns_search" not in spec_of(one)
        assert spec_of(two)["dns_search"] == ["."]

    def test_the_files_search_list_stays(self) -> None:
        nets: dict[str, Attachment | None] = {"front": None, "back": None}
        service = Service(name="a", networks=nets, dns_search=("example.com",))
        assert spec_of(service)["dns_search"] == ["example.com"]

    @pytest.mark.parametrize(
        ("mode", "expected"),
        [
            ("host", {"nsmode": "host"}),
            ("none", {"nsmode": "none"}),
            ("service:db", {"nsmode": "container", "value": "id-of-db"}),
            ("container:other", {"nsmode": "container", "value": "other"}),
            ("slirp4netns:mtu=1500", {"nsmode": "slirp4netns", "value": "mtu=1500"}),
        ],
    )
    def test_modes(self, mode: str, expected: dict[str, str]) -> None:
        spec = spec_of(Service(name="a", network_mode=mode))
        assert spec["netns"] == expected
        assert "networks" not in spec

    @pytest.mark.parametrize(
        ("mode", "in_vain"),
        [
            ("service:db", ["dns_search", "dns", "dns_opt", "extra_hosts", "mac_address", "ports"]),
            (
                "container:x",
                ["dns_search", "dns", "dns_opt", "extra_hosts", "mac_address", "ports"],
            ),
            ("none", ["dns_search", "dns", "dns_opt", "mac_address", "ports"]),
            ("host", ["mac_address", "ports"]),
            ("bridge", []),
        ],
    )
    def test_what_a_network_mode_rules_out_is_said(self, mode: str, in_vain: list[str]) -> None:
        service = Service(
            name="a",
            network_mode=mode,
            ports=(Port(target=80),),
            extra_hosts=("x=1.2.3.4",),
            dns=("10.0.0.1",),
            dns_search=("x.org",),
            dns_opt=("ndots:2",),
            mac_address="02:00:00:00:00:01",
        )
        wanted = context(service)
        spec = container_spec(wanted)
        said = {"portmappings": "ports", "hostadd": "extra_hosts", "dns_server": "dns"}
        assert {said[key] for key in said if key in spec} == set(said.values()) - set(in_vain)
        assert sorted(wanted.warnings) == sorted(
            f"services.a.{name}: it has no effect with network_mode {mode}" for name in in_vain
        )

    def test_ports(self) -> None:
        ports = (
            Port(target=80, published="8080"),
            Port(target=53, published="5353", host_ip="127.0.0.1", protocol="udp"),
            Port(target=81),
            Port(target=82, published="9000-9010"),
        )
        assert spec_of(Service(name="a", ports=ports))["portmappings"] == [
            {"container_port": 80, "protocol": "tcp", "host_port": 8080},
            {"container_port": 53, "protocol": "udp", "host_port": 5353, "host_ip": "127.0.0.1"},
            {"container_port": 81, "protocol": "tcp"},
            {"container_port": 82, "protocol": "tcp", "host_port": 9000},
        ]

    def test_exposed_ports(self) -> None:
        spec = spec_of(Service(name="a", expose=("80", "90-91/udp")))
        assert spec["expose"] == {"80": "tcp", "90": "udp", "91": "udp"}

    def test_extra_hosts(self) -> None:
        hosts = ("db=10.0.0.1", "six=[fd00::1]")
        spec = spec_of(Service(name="a", extra_hosts=hosts))
        assert spec["hostadd"] == ["db:10.0.0.1", "six:fd00::1"]

    @pytest.mark.parametrize(
        ("surroundings", "mode", "address"),
        [
            ({"release": (4, 7)}, None, "host-gateway"),
            ({}, None, "10.0.1.1"),
            ({}, "host", "127.0.0.1"),
            ({"rootless": True}, None, "192.0.2.7"),
            ({}, "slirp4netns", "192.0.2.7"),
        ],
    )
    def test_the_hosts_gateway(
        self, surroundings: dict[str, Any], mode: str | None, address: str
    ) -> None:
        """Podman before 4.7 writes the word itself into the file in place of an address."""
        nets: dict[str, Attachment | None] = {"front": None} if mode is None else {}
        service = Service(
            name="a", extra_hosts=("gw=host-gateway",), network_mode=mode, networks=nets
        )
        assert spec_of(service, **surroundings)["hostadd"] == [f"gw:{address}"]

    def test_no_address_for_the_hosts_gateway(self) -> None:
        service = Service(name="a", extra_hosts=("gw=host-gateway",), networks={"front": None})
        wanted = context(service, rootless=True, host_address="")
        assert "hostadd" not in container_spec(wanted)
        assert [text.partition(":")[0] for text in wanted.warnings] == ["services.a.extra_hosts"]


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
