"""Networks, volumes, events, pull errors, hints and archives."""

from __future__ import annotations

import io
import os
import tarfile

import pytest

from composer import state
from composer.engine.context import InjectedFile
from composer.engine.create import archive
from composer.engine.events import event
from composer.engine.hints import hint_for, shortened
from composer.engine.images import pull
from composer.engine.libpod import Libpod, address
from composer.engine.observe import seconds
from composer.engine.resource_spec import network_spec, volume_spec
from composer.engine.transport import Response
from composer.errors import ComposerError, EngineError, Interrupted
from composer.spec.definitions import definition_digests
from composer.spec.model import Ipam, IpamPool, Network, Project, Volume


def unexpected(warning: str) -> None:
    raise AssertionError(warning)


def networks(network: Network) -> Project:
    return Project(name="shop", working_dir="/", networks={network.key: network})


class TestNetworks:
    def test_plain(self) -> None:
        spec = network_spec(
            networks(Network(key="front", name="shop_front")), "front", unexpected, (4, 3)
        )
        assert (spec["name"], spec["driver"], spec["internal"]) == ("shop_front", "bridge", False)
        assert spec["dns_enabled"] is True
        assert spec["options"] == {"isolate": "true"}
        assert spec["labels"][state.PROJECT] == "shop"
        assert spec["labels"][state.NETWORK] == "front"

    def test_addresses(self) -> None:
        pool = IpamPool(subnet="10.9.0.0/24", gateway="10.9.0.1", ip_range="10.9.0.128/25")
        network = Network(
            key="n", name="n", internal=True, ipam=Ipam(config=(pool, IpamPool(subnet="fd00::/64")))
        )
        spec = network_spec(networks(network), "n", unexpected, (4, 3))
        assert spec["internal"] is True
        assert spec["ipv6_enabled"] is True
        assert spec["subnets"] == [
            {
                "subnet": "10.9.0.0/24",
                "gateway": "10.9.0.1",
                "lease_range": {"start_ip": "10.9.0.128", "end_ip": "10.9.0.255"},
            },
            {"subnet": "fd00::/64"},
        ]

    def test_options_have_podmans_names(self) -> None:
        options = {
            "com.docker.network.driver.mtu": "1400",
            "com.docker.network.bridge.name": "br0",
            "com.docker.network.bridge.enable_icc": "false",
            "isolate": "strict",
        }
        warnings: list[str] = []
        network = Network(key="n", name="n", driver_opts=options)
        spec = network_spec(networks(network), "n", warnings.append, (4, 3))
        assert spec["options"] == {"isolate": "strict", "mtu": "1400"}
        assert spec["network_interface"] == "br0"
        assert len(warnings) == 1
        assert "enable_icc" in warnings[0]

    def test_a_range_that_is_none(self) -> None:
        pool = IpamPool(subnet="10.9.0.0/24", ip_range="nonsense")
        network = Network(key="n", name="n", ipam=Ipam(config=(pool,)))
        with pytest.raises(ComposerError, match=r"networks\.n\.ipam\.config\[0\]\.ip_range"):
            network_spec(networks(network), "n", unexpected, (4, 3))


def test_volumes() -> None:
    volume = Volume(key="data", name="shop_data", driver_opts={"type": "nfs"}, labels={"a": "b"})
    project = Project(name="shop", working_dir="/", volumes={"data": volume})
    spec = volume_spec(project, "data")
    assert (spec["Name"], spec["Driver"]) == ("shop_data", "local")
    assert spec["Options"] == {"type": "nfs"}
    assert spec["Labels"] == {
        "a": "b",
        state.PROJECT: "shop",
        state.VOLUME: "data",
        state.VERSION: spec["Labels"][state.VERSION],
        state.PODMAN_PROJECT: "shop",
        state.DEFINITION: state.packed(definition_digests(volume)),
    }


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("size=1m,uid=5", f"nr_blocks={(1 << 20) // os.sysconf('SC_PAGE_SIZE')},uid=5"),
        ("size=5000", f"nr_blocks={-(-5000 // os.sysconf('SC_PAGE_SIZE'))}"),
        ("size=50%", "size=50%"),
        ("nodev", "nodev"),
    ],
)
def test_the_size_of_a_tmpfs_volume(said: str, asked: str) -> None:
    """Podman 4.3 would take it for a quota of the disk."""
    for kind, expected in (("tmpfs", asked), ("nfs", said)):
        volume = Volume(key="v", name="v", driver_opts={"type": kind, "o": said})
        project = Project(name="shop", working_dir="/", volumes={"v": volume})
        assert volume_spec(project, "v")["Options"]["o"] == expected


def test_an_event() -> None:
    happened = event(
        b'{"Type":"container","Action":"died","Actor":{"ID":"1","Attributes":{"name":"shop-a-1",'
        b'"image":"x","containerExitCode":"3","com.docker.compose.service":"a"}},'
        b'"time":1700000000,"timeNano":1700000000500000000}'
    )
    assert happened.action == "died"
    assert happened.exit_code == 3
    assert happened.labels == {"com.docker.compose.service": "a"}
    assert happened.time == 1700000000.5


def test_only_a_death_has_an_exit_code() -> None:
    happened = event(b'{"Action":"start","Actor":{"Attributes":{"containerExitCode":"0"}}}')
    assert happened.exit_code is None


class _Refusing:
    """A transport whose pulls fail."""

    url = "unix:///s"

    def __init__(self, problem: str) -> None:
        self._data = [f'{{"error":"{problem}"}}\n'.encode(), b""]
        self.status = 200

    def request(self, *_: object, **__: object) -> Response:
        raise AssertionError("a pull is a stream")

    def upload(self, *_: object) -> Response:
        raise AssertionError("nothing is uploaded")

    def stream(self, _method: str, path: str, *_: object) -> _Refusing:
        self.asked = path
        return self

    def read(self, timeout: float | None = None) -> bytes | None:
        return self._data.pop(0)

    def close(self) -> None:
        pass

    def __enter__(self) -> _Refusing:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("problem", "reason", "hint"),
    [
        ("dial tcp 127.0.0.1:1: connect: connection refused", "cannot be reached", "registry runs"),
        ("lookup docker.io: no such host", "name cannot be resolved", "network connection"),
        ("manifest unknown", "has no such image", "name and tag"),
        ("unauthorized: access denied", "asks for a login", "podman login"),
        ("something else", "something else", "podman pull shop/app"),
    ],
)
def test_a_failed_pull_says_why(problem: str, reason: str, hint: str) -> None:
    with pytest.raises(EngineError, match="cannot pull shop/app: ") as caught:
        pull(Libpod(_Refusing(problem)), "shop/app", None, None)
    assert reason in caught.value.message
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("image", "plain"),
    [
        ("127.0.0.1:5000/app", True),
        ("localhost:5000/app", True),
        ("[::1]:5000/app", True),
        ("app", False),
        ("localhost.example/app", False),
        ("quay.io/app", False),
    ],
)
def test_only_registries_of_this_machine_may_speak_plain_http(image: str, plain: bool) -> None:
    transport = _Refusing("refused")
    with pytest.raises(EngineError):
        pull(Libpod(transport), image, None, None)
    assert ("tlsVerify=false" in transport.asked) is plain


class _Hub(_Refusing):
    """Several registries, of which ``b.example`` has what is asked for."""

    def __init__(self) -> None:
        super().__init__("")
        self.all: list[str] = []

    def stream(self, _method: str, path: str, *_: object) -> _Refusing:
        self.all.append(path)
        answer = b'{"id":"found"}\n' if "b.example" in path else b'{"error":"manifest unknown"}\n'
        self._data = [answer, b""]
        return self


def test_registries_are_asked_in_turn() -> None:
    hub = _Hub()
    registries = ("a.example", "b.example", "c.example")
    assert pull(Libpod(hub), "team/app", None, None, registries=registries) == "found"
    assert ["a.example" in hub.all[0], "b.example" in hub.all[1], len(hub.all)] == [True, True, 2]


class _Silent(_Refusing):
    """A registry that says nothing for ever."""

    def read(self, timeout: float | None = None) -> bytes | None:
        assert timeout is not None, "a wait without end hears nobody"
        return None


def test_a_pull_that_is_given_up_does_not_wait_for_the_registry() -> None:
    with pytest.raises(Interrupted):
        pull(Libpod(_Silent("")), "shop/app", None, None, stop=lambda: True)


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("unable to apply cgroup configuration: mkdir /x: permission denied: OCI", "cgroup_parent"),
        ("listen tcp4 127.0.0.1:80: bind: address already in use", "another port"),
        ("subnet 10.1.0.0/24 is already used on the host or by another config", "ipam.config"),
        ('name "web" is in use: pod already exists', "podman pod rm"),
        ("mount /a:/etc (via /proc/self/fd/6), flags: 0x5000: not a directory: OCI", "targets"),
        ("unable to set memory limit to 102400 (current usage: 2666496, peak", "mem_limit"),
        ("open /proc/sys/net/nosuch: no such file or directory: OCI runtime", "sysctls"),
    ],
)
def test_hints(message: str, advice: str) -> None:
    assert advice in (hint_for(message) or "")


def test_what_is_not_known_has_no_hint_and_ids_are_short() -> None:
    assert hint_for("all is well") is None
    assert shortened("container " + "ab" * 32) == "container abababababab"


def test_addresses_of_requests() -> None:
    assert address("/x", {"a": True, "b": None, "c": ["1", "2"], "d": "é/"}) == (
        "/v4.0.0/libpod/x?a=true&c=1&c=2&d=%C3%A9%2F"
    )


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2023-11-14T22:13:20.123456789Z", 1700000000.123456),
        ("0001-01-01T00:00:00Z", 0.0),
        ("", 0.0),
        (1700000000, 1700000000.0),
        (-62135596800, 0.0),
    ],
)
def test_times(moment: str | int, expected: float) -> None:
    assert seconds(moment) == expected


def test_an_archive_has_the_folders_above_its_files() -> None:
    files = [InjectedFile(path="/run/secrets/a", content=b"x", uid=5, mode=0o400)]
    with tarfile.open(fileobj=io.BytesIO(archive(files))) as tar:
        assert tar.getnames() == ["run", "run/secrets", "run/secrets/a"]
        entry = tar.getmember("run/secrets/a")
    assert (entry.uid, entry.mode, entry.size) == (5, 0o400, 1)
    blocks = 2 + 2 + 2  # two folders, the file's head and content, and the end mark
    assert len(archive(files)) == blocks * 512, "Podman reads nothing after the end mark"
