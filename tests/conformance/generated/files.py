"""Strategies for whole Compose files, and for files to merge over them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.conformance.generated.services import (
    ATTRIBUTES,
    CONFIGS,
    MODELS,
    NETWORKS,
    SECRETS,
    SERVICES,
    VOLUMES,
)
from tests.conformance.generated.values import (
    BOOLEANS,
    NUMBERS,
    PATHS,
    TEXTS,
    WORDS,
    Values,
    listing,
    pairs,
    some,
)

File = dict[str, Any]

_OPTIONS = st.dictionaries(WORDS, st.one_of(TEXTS, st.integers(0, 99)), max_size=3)
_POOL = {
    "subnet": st.sampled_from(["10.1.0.0/16", "10.2.0.0/16", "2001:db8::/64"]),
    "gateway": st.just("10.1.0.1"),
    "ip_range": st.just("10.1.5.0/24"),
    "aux_addresses": st.dictionaries(WORDS, st.just("10.1.5.5"), max_size=2),
}
_NETWORK = {
    "name": WORDS,
    "driver": WORDS,
    "driver_opts": _OPTIONS,
    "ipam": some({"driver": WORDS, "config": listing(some(_POOL, ("subnet",)))}),
    "internal": BOOLEANS,
    "attachable": BOOLEANS,
    "labels": pairs(),
    "enable_ipv4": BOOLEANS,
    "enable_ipv6": BOOLEANS,
    "x-more": NUMBERS,
}
_VOLUME = {"name": WORDS, "driver": WORDS, "driver_opts": _OPTIONS, "labels": pairs()}
_EXTERNAL = some({"external": st.sampled_from([True, "true"]), "name": WORDS}, ("external",))
_SOURCES = (
    st.fixed_dictionaries({"file": PATHS}, optional={"labels": pairs(), "name": WORDS}),
    st.fixed_dictionaries({"environment": st.just("SET")}, optional={"labels": pairs()}),
    _EXTERNAL,
)
_CONTENT = st.fixed_dictionaries({"content": TEXTS}, optional={"name": WORDS, "x-more": TEXTS})
_MODEL = {
    "model": WORDS,
    "name": WORDS,
    "context_size": st.integers(0, 9999),
    "runtime_flags": listing(TEXTS),
}
_RESOURCES: dict[str, tuple[tuple[str, ...], Values]] = {
    "networks": (NETWORKS, st.one_of(st.none(), some(_NETWORK, most=4), _EXTERNAL)),
    "volumes": (VOLUMES, st.one_of(st.none(), some(_VOLUME, most=3), _EXTERNAL)),
    "secrets": (SECRETS, st.one_of(*_SOURCES)),
    "configs": (CONFIGS, st.one_of(*_SOURCES, _CONTENT)),
    "models": (MODELS, some(_MODEL, ("model",))),
}


def _connections(name: str) -> dict[str, Values]:
    """What connects a service to those before it in the alphabet, so that no cycle comes."""
    earlier = SERVICES[: SERVICES.index(name)]
    if not earlier:
        return {}
    other = st.sampled_from(earlier)
    dependency = some(
        {
            "condition": st.sampled_from(
                ["service_started", "service_healthy", "service_completed_successfully"]
            ),
            "required": st.booleans(),
            "restart": BOOLEANS,
        },
        ("condition",),
    )
    return {
        "depends_on": st.one_of(listing(other), st.dictionaries(other, dependency, max_size=3)),
        "links": listing(st.one_of(other, other.map("{}:l".format))),
        "volumes_from": listing(st.one_of(other, other.map("{}:ro".format))),
        "extends": st.one_of(other, st.fixed_dictionaries({"service": other})),
        "pid": other.map("service:{}".format),
        "ipc": other.map("service:{}".format),
        "network_mode": st.one_of(other.map("service:{}".format), st.just("none")),
    }


def service(name: str, most: int = 12) -> Values:
    """A service ``name`` with up to ``most`` attributes."""
    return some({**ATTRIBUTES, **_connections(name)}, most=most).map(_sensible)


def _sensible(said: File) -> File:
    """Without what is refused however it is said, and always with something to run."""
    if "network_mode" in said:
        said.pop("networks", None)
        said.pop("mac_address", None)
    if "build" not in said:
        said.setdefault("image", "x")
    return said


@st.composite
def files(draw: st.DrawFn) -> File:
    """A whole file: up to five services and all resources that they can use."""
    count = draw(st.integers(1, len(SERVICES)))
    services = {name: draw(service(name)) for name in SERVICES[:count]}
    file: File = {"services": services}
    for section, (names, entry) in _RESOURCES.items():
        file[section] = {name: draw(entry) for name in names}
    return file


@st.composite
def overrides(draw: st.DrawFn, file: File) -> File:
    """A file to merge over ``file``: less of the same, for what is there."""
    chosen = draw(st.lists(st.sampled_from(sorted(file["services"])), unique=True, max_size=3))
    services = {}
    for name in chosen:
        said = draw(service(name, most=5))
        if draw(st.booleans()):
            said.pop("image", None)
        services[name] = said
    over: File = {"services": services}
    for section, (names, entry) in _RESOURCES.items():
        if draw(st.integers(0, 3)) == 0:
            over[section] = {names[0]: draw(entry)}
    return over


class Environment:
    """Variables for a file: all names that were given out, and the values of those that are set."""

    def __init__(self) -> None:
        self.names = 0
        self.values: dict[str, str] = {}

    def name(self) -> str:
        """A name that nothing has yet."""
        self.names += 1
        return f"V{self.names}"


_KEPT = frozenset(
    {
        "blkio_config",
        "context_size",
        "extends",
        "gw_priority",
        "initial_sync",
        "mode",
        "priority",
        "required",
        "use_api_socket",
    }
)
"""What docker-compose does not take from variables (see the cases that say ``differs``)."""


@st.composite
def with_variables(draw: st.DrawFn, value: Any, environment: Environment) -> Any:
    """``value`` with some of its texts, numbers and booleans taken from variables.

    What is to be set is put into ``environment``.
    """
    if isinstance(value, dict):
        return {
            key: entry if key in _KEPT else draw(with_variables(entry, environment))
            for key, entry in value.items()
        }
    if isinstance(value, list):
        return [draw(with_variables(entry, environment)) for entry in value]
    if value is None or draw(st.integers(0, 3)) or "$" in str(value):
        return value
    text = str(value).lower() if isinstance(value, bool) else str(value)
    form = draw(st.sampled_from(_SET))
    if not set(text) & set("{}\n") and draw(st.booleans()):
        form = draw(st.sampled_from(_UNSET))
    elif not text and ":" in form:
        form = "${N}"
    name = environment.name()
    if form in _SET:
        environment.values[name] = text
    return form.replace("N", name).replace("T", text)


_SET = ("$N", "${N}", "${N:-other}", "${N-other}", "${N?said}", "${N:?said}")
"""Forms that give the value of a variable that is set; ``N`` is its name."""
_UNSET = ("${N:-T}", "${N-T}", "${N:-${N_2:-T}}", "${N-${N_2-T}}", "${N:-${N_2}T}", "T${N:+other}")
"""Forms that give the text ``T`` when the variable is not set."""
