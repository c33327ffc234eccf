"""Strategies for services: one for each attribute, in all of its forms."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.conformance.generated.values import (
    ABSOLUTE,
    BOOLEANS,
    IMAGES,
    LABEL_NAMES,
    NUMBERS,
    PATHS,
    TEXTS,
    VARIABLE_NAMES,
    WHOLE,
    WORDS,
    Values,
    commands,
    durations,
    listing,
    one_or_more,
    pairs,
    sizes,
    some,
)

SERVICES = ("a", "b", "c", "d", "e")
NETWORKS = ("n1", "n2", "default")
VOLUMES = ("v1", "v2")
SECRETS = ("s1", "s2")
CONFIGS = ("c1", "c2")
MODELS = ("m1", "m2")
HOSTS = st.one_of(
    st.dictionaries(
        WORDS,
        st.sampled_from(["10.0.0.1", "::1", "host-gateway", ["10.0.0.2", "10.0.0.3"]]),
        max_size=3,
    ),
    listing(st.sampled_from(["h=10.0.0.1", "i:10.0.0.2", "j=::1", "k:[::2]", "l=host-gateway"])),
)
LIMITS = st.dictionaries(
    st.sampled_from(["nproc", "nofile", "core"]),
    st.one_of(
        st.integers(-1, 70000),
        st.fixed_dictionaries({"soft": st.integers(-1, 9), "hard": st.integers(-1, 9)}),
    ),
    max_size=3,
)


def references(names: tuple[str, ...], targets: Values) -> Values:
    """Secrets or configs that a service or build uses."""
    source = st.sampled_from(names)
    long = {
        "source": source,
        "target": targets,
        "uid": st.sampled_from(["0", "1000"]),
        "gid": st.sampled_from(["0", "1000"]),
        "mode": st.sampled_from([0o440, 0o400, "0444", "600"]),
    }
    return listing(st.one_of(source, some(long, ("source",))))


def ports() -> Values:
    """``ports``: numbers, texts with addresses, ranges and protocols, and the long form."""
    first = st.integers(1, 65000)
    span = st.integers(0, 3)
    several = st.tuples(first, span).map(lambda two: f"{two[0]}-{two[0] + two[1]}")
    container = st.one_of(first.map(str), several)
    host = st.one_of(first.map("{}:".format), several.map("{}:".format))
    address = st.sampled_from(["127.0.0.1:", "0.0.0.0:", "[::1]:", "::1:"])
    front = st.one_of(
        st.just(""), host, address.map("{}:".format), st.tuples(address, host).map("".join)
    )
    protocol = st.sampled_from(["", "", "/tcp", "/udp", "/sctp", "/TCP"])
    text = st.tuples(front, container, protocol).map("".join)
    long = {
        "target": first,
        "published": st.one_of(first.map(str), several, first, st.just("")),
        "host_ip": st.sampled_from(["127.0.0.1", "::1", ""]),
        "protocol": st.sampled_from(["tcp", "udp"]),
        "mode": st.sampled_from(["host", "ingress"]),
        "name": WORDS,
        "app_protocol": st.just("http"),
    }
    return listing(st.one_of(first, text, some(long, ("target",))))


def mounts() -> Values:
    """``volumes``: named, bound and anonymous, short and long."""
    source = st.one_of(st.sampled_from(VOLUMES), PATHS, st.sampled_from(["C:\\a", "c:/b"]))
    mode = st.sampled_from(
        ["", ":ro", ":rw", ":z", ":Z", ":ro,z", ":nocopy", ":rshared", ":cached"]
    )
    short = st.one_of(
        st.tuples(source, ABSOLUTE, mode).map(lambda parts: f"{parts[0]}:{parts[1]}{parts[2]}"),
        ABSOLUTE,
    )
    common = {
        "target": st.sampled_from(["/a", "/b/c", "/k"]),
        "read_only": BOOLEANS,
        "consistency": st.just("cached"),
    }
    bind = {
        "type": st.just("bind"),
        "source": PATHS,
        "bind": some(
            {
                "create_host_path": BOOLEANS,
                "propagation": st.sampled_from(["rshared", "private"]),
                "selinux": st.sampled_from(["z", "Z"]),
                "recursive": st.sampled_from(["enabled", "disabled", "writable", "readonly"]),
            }
        ),
    }
    volume = {
        "type": st.just("volume"),
        "source": st.sampled_from(VOLUMES),
        "volume": some({"nocopy": BOOLEANS, "subpath": WORDS, "labels": pairs()}),
    }
    tmpfs = {
        "type": st.just("tmpfs"),
        "tmpfs": some({"size": sizes(), "mode": st.integers(0, 0o7777)}),
    }
    image = {
        "type": st.just("image"),
        "source": IMAGES,
        "image": some({"subpath": WORDS}),
    }
    long = [
        some({**common, **kind}, ("type", "target", *(("source",) if "source" in kind else ())))
        for kind in (bind, volume, tmpfs, image)
    ]
    return listing(st.one_of(short, *long), 4)


def hooks() -> Values:
    """``post_start`` and ``pre_stop``."""
    hook = {
        "command": commands().filter(lambda said: said is not None),
        "user": WORDS,
        "privileged": BOOLEANS,
        "working_dir": ABSOLUTE,
        "environment": pairs(VARIABLE_NAMES),
    }
    return st.lists(some(hook, ("command",)), max_size=2)


def device_requests(*required: str) -> Values:
    """Devices to reserve."""
    request = {
        "capabilities": listing(WORDS),
        "driver": WORDS,
        "count": st.one_of(st.integers(-1, 4), st.sampled_from(["all", "2"])),
        "device_ids": listing(st.sampled_from(["0", "1"])),
        "options": pairs(),
    }
    return st.lists(
        some(request, required).filter(lambda said: not {"count", "device_ids"} <= set(said)),
        max_size=2,
    )


BUILD = {
    "context": st.one_of(PATHS, st.sampled_from(["https://example.com/a.git#b", "git@h:a.git"])),
    "dockerfile": st.sampled_from(["Dockerfile", "../D", "/d/E"]),
    "args": pairs(VARIABLE_NAMES),
    "labels": pairs(),
    "cache_from": listing(TEXTS),
    "cache_to": listing(TEXTS),
    "no_cache": BOOLEANS,
    "additional_contexts": pairs(WORDS, st.one_of(PATHS, st.just("docker-image://x"))).filter(
        lambda said: (
            all(isinstance(value, str) for value in said.values())
            if isinstance(said, dict)
            else all("=" in entry for entry in said)
        )
    ),
    "pull": BOOLEANS,
    "privileged": BOOLEANS,
    "extra_hosts": HOSTS,
    "isolation": WORDS,
    "network": WORDS,
    "target": WORDS,
    "secrets": references(SECRETS, WORDS),
    "shm_size": sizes(),
    "tags": listing(TEXTS),
    "ulimits": LIMITS,
    "entitlements": listing(WORDS),
    "provenance": st.one_of(st.booleans(), st.just("mode=max")),
    "sbom": st.one_of(st.booleans(), WORDS),
    "x-more": st.one_of(TEXTS, NUMBERS, listing(TEXTS)),
}
_UPDATE = {
    "parallelism": WHOLE,
    "delay": durations(),
    "failure_action": WORDS,
    "monitor": durations(),
    "max_failure_ratio": st.sampled_from([0, 0.5, 0.125, 1, "0.25"]),
    "order": st.sampled_from(["start-first", "stop-first"]),
}
DEPLOY = {
    "mode": st.sampled_from(["replicated", "global"]),
    "labels": pairs(),
    "endpoint_mode": st.sampled_from(["vip", "dnsrr"]),
    "update_config": some(_UPDATE),
    "rollback_config": some(_UPDATE),
    "restart_policy": some(
        {
            "condition": st.sampled_from(["none", "on-failure", "any"]),
            "delay": durations(),
            "max_attempts": WHOLE,
            "window": durations(),
        }
    ),
    "placement": some(
        {
            "constraints": listing(TEXTS),
            "preferences": listing(st.fixed_dictionaries({"spread": TEXTS})),
            "max_replicas_per_node": WHOLE,
        }
    ),
    "resources": some(
        {
            "limits": some({"cpus": st.sampled_from([1, 0.5, "1.5"]), "memory": sizes().map(str)}),
            "reservations": some(
                {
                    "cpus": st.sampled_from([2, 0.25, "0.5"]),
                    "memory": sizes().map(str),
                    "devices": device_requests("capabilities"),
                    "generic_resources": listing(
                        st.fixed_dictionaries(
                            {
                                "discrete_resource_spec": st.fixed_dictionaries(
                                    {"kind": WORDS, "value": WHOLE}
                                )
                            }
                        )
                    ),
                }
            ),
        }
    ),
}
WATCH = {
    "path": PATHS,
    "action": st.sampled_from(["rebuild", "sync", "restart", "sync+restart"]),
    "target": ABSOLUTE,
    "ignore": one_or_more(WORDS),
    "include": one_or_more(WORDS),
    "initial_sync": st.booleans(),
}
_RATES = listing(st.fixed_dictionaries({"path": st.just("/dev/a"), "rate": sizes()}), 2)
ATTACHMENTS = st.one_of(
    listing(st.sampled_from(NETWORKS)),
    st.dictionaries(
        st.sampled_from(NETWORKS),
        st.one_of(
            st.none(),
            some(
                {
                    "aliases": listing(WORDS),
                    "ipv4_address": st.just("10.0.0.9"),
                    "ipv6_address": st.just("::9"),
                    "link_local_ips": listing(st.sampled_from(["10.1.1.1", "10.1.1.2"])),
                    "mac_address": st.just("02:42:ac:11:65:43"),
                    "interface_name": WORDS,
                    "driver_opts": st.dictionaries(WORDS, st.one_of(TEXTS, WHOLE), max_size=2),
                    "gw_priority": st.integers(-5, 5),
                    "priority": st.integers(-5, 5),
                }
            ),
        ),
    ),
)
ATTRIBUTES: dict[str, Values] = {
    "annotations": pairs(),
    "attach": BOOLEANS,
    "build": st.one_of(PATHS, some(BUILD, most=6)),
    "blkio_config": some(
        {
            "weight": st.integers(0, 1000),
            "weight_device": listing(
                st.fixed_dictionaries({"path": st.just("/dev/a"), "weight": st.integers(0, 1000)})
            ),
            "device_read_bps": _RATES,
            "device_read_iops": _RATES,
            "device_write_bps": _RATES,
            "device_write_iops": _RATES,
        }
    ),
    "cap_add": listing(st.sampled_from(["ALL", "NET_ADMIN", "kill"])),
    "cap_drop": listing(st.sampled_from(["ALL", "NET_ADMIN", "kill"])),
    "cgroup": st.sampled_from(["host", "private"]),
    "cgroup_parent": TEXTS,
    "command": commands(),
    "configs": references(CONFIGS, ABSOLUTE),
    "cpu_count": WHOLE,
    "cpu_percent": st.integers(0, 100),
    "cpu_period": WHOLE,
    "cpu_quota": WHOLE,
    "cpu_rt_period": WHOLE,
    "cpu_rt_runtime": WHOLE,
    "cpus": st.sampled_from([1, 0.5, "1.5", 0, "2"]),
    "cpuset": st.sampled_from(["0", "0-3", "0,1"]),
    "cpu_shares": WHOLE,
    "credential_spec": some({"file": PATHS, "registry": WORDS}, most=1),
    "deploy": st.one_of(st.none(), some(DEPLOY, most=4)),
    "develop": st.fixed_dictionaries(
        {"watch": st.lists(some(WATCH, ("path", "action", "target")), max_size=2)}
    ),
    "device_cgroup_rules": listing(st.sampled_from(["c 1:3 mr", "a 7:* rmw"])),
    "devices": listing(
        st.one_of(
            st.sampled_from(["/dev/a", "/dev/b:/dev/c", "/dev/d:/dev/e:r", "v.com/d=gpu"]),
            some(
                {
                    "source": st.just("/dev/f"),
                    "target": st.sampled_from(["/dev/g", "/dev/h"]),
                    "permissions": st.sampled_from(["r", "rwm"]),
                },
                ("source", "target"),
            ),
        )
    ),
    "dns": one_or_more(st.sampled_from(["8.8.8.8", "::1", "1.1.1.1"])),
    "dns_opt": listing(WORDS),
    "dns_search": one_or_more(WORDS),
    "domainname": WORDS,
    "entrypoint": commands(),
    "environment": pairs(VARIABLE_NAMES),
    "expose": listing(
        st.one_of(WHOLE, st.sampled_from(["80", "80-85", "53/udp", "8080/tcp", "1-2/udp"]))
    ),
    "external_links": listing(st.sampled_from(["r", "s:t"])),
    "extra_hosts": HOSTS,
    "gpus": st.one_of(st.just("all"), device_requests()),
    "group_add": listing(st.one_of(WHOLE, WORDS)),
    "healthcheck": some(
        {
            "test": st.one_of(
                TEXTS,
                st.lists(TEXTS, max_size=2).map(lambda words: ["CMD", *words]),
                st.sampled_from([["NONE"], ["CMD-SHELL", "a || b"], "", []]),
            ),
            "interval": durations(),
            "timeout": durations(),
            "retries": WHOLE,
            "start_period": durations(),
            "start_interval": durations(),
            "disable": BOOLEANS,
        },
        most=4,
    ),
    "hostname": WORDS,
    "image": IMAGES,
    "init": BOOLEANS,
    "ipc": st.sampled_from(["host", "shareable", "private"]),
    "isolation": WORDS,
    "labels": pairs(LABEL_NAMES),
    "logging": some(
        {
            "driver": WORDS,
            "options": st.dictionaries(WORDS, st.one_of(TEXTS, NUMBERS, st.none()), max_size=2),
        }
    ),
    "mac_address": st.just("02:42:ac:11:65:43"),
    "mem_limit": sizes(),
    "mem_reservation": sizes(),
    "mem_swappiness": st.integers(0, 100),
    "memswap_limit": sizes(),
    "models": st.one_of(
        listing(st.sampled_from(MODELS)),
        st.dictionaries(
            st.sampled_from(MODELS),
            st.one_of(st.none(), some({"endpoint_var": VARIABLE_NAMES, "model_var": WORDS})),
        ),
    ),
    "networks": ATTACHMENTS,
    "oom_kill_disable": BOOLEANS,
    "oom_score_adj": st.integers(-1000, 1000),
    "pid": st.sampled_from(["host", "container:x"]),
    "pids_limit": st.integers(-1, 1000),
    "platform": st.sampled_from(["linux/amd64", "linux/arm64/v8"]),
    "ports": ports(),
    "post_start": hooks(),
    "pre_stop": hooks(),
    "privileged": BOOLEANS,
    "pull_policy": st.sampled_from(
        ["always", "never", "missing", "if_not_present", "build", "refresh", "daily", "every_3d"]
    ),
    "read_only": BOOLEANS,
    "restart": st.sampled_from(["no", "always", "on-failure:3", "unless-stopped"]),
    "runtime": WORDS,
    "scale": st.integers(0, 5),
    "secrets": references(SECRETS, st.one_of(WORDS, ABSOLUTE)),
    "security_opt": listing(TEXTS),
    "shm_size": sizes(),
    "stdin_open": BOOLEANS,
    "stop_grace_period": durations(),
    "stop_signal": WORDS,
    "storage_opt": st.dictionaries(WORDS, st.one_of(TEXTS, WHOLE), max_size=2),
    "sysctls": pairs(),
    "tmpfs": one_or_more(st.sampled_from(["/t1", "/t2:size=1m", "/t3:mode=755"])),
    "tty": BOOLEANS,
    "ulimits": LIMITS,
    "use_api_socket": st.booleans(),
    "user": st.sampled_from(["root", "1000:1000", "u"]),
    "userns_mode": WORDS,
    "uts": st.just("host"),
    "volumes": mounts(),
    "working_dir": ABSOLUTE,
    "x-more": st.recursive(
        st.one_of(TEXTS, NUMBERS, st.booleans(), st.none()),
        lambda below: st.one_of(
            st.lists(below, max_size=2), st.dictionaries(WORDS, below, max_size=2)
        ),
        max_leaves=4,
    ),
}
"""What a service can say without another one. See ``files`` for what connects services."""
