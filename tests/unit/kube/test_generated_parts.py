"""What single attributes become in manifests."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from composer.kube.generate import GenerateOptions
from composer.kube.names import NETWORK
from tests.unit.kube.generated import container, generated, one, pod

HTTP = {"httpGet": {"path": "/health?a=b", "port": 8000}}


@pytest.mark.parametrize(
    ("test", "handler"),
    [
        ('["CMD", "curl", "-fsS", "http://127.0.0.1:8000/health?a=b"]', HTTP),
        ("curl --fail localhost:8000/health?a=b || exit 1", None),  # the shell expands ?
        (
            "curl --fail -o /dev/null http://localhost/ || exit 1",
            {"httpGet": {"path": "/", "port": 80}},
        ),
        (
            '["CMD", "wget", "-q", "-O", "/dev/null", "https://localhost/up"]',
            {"httpGet": {"path": "/up", "port": 443, "scheme": "HTTPS"}},
        ),
        (
            '["CMD", "curl", "-f", "-H", "Host: shop", "http://localhost"]',
            {
                "httpGet": {
                    "path": "/",
                    "port": 80,
                    "httpHeaders": [{"name": "Host", "value": "shop"}],
                }
            },
        ),
        ("nc -z localhost 5432", {"tcpSocket": {"port": 5432}}),
        ('["CMD", "curl", "http://localhost/"]', None),  # content with any answer
        ('["CMD", "curl", "-f", "http://other/"]', None),
        ('["CMD", "curl", "-f", "--unix-socket", "/s", "http://localhost/"]', None),
        ("test -f /ready && curl -f localhost", None),
    ],
)
def test_checks_become_probes(tmp_path: Path, test: str, handler: dict[str, Any] | None) -> None:
    found = generated(tmp_path, f"services: {{a: {{image: x, healthcheck: {{test: {test!r}}}}}}}")
    if test.startswith("["):
        found = generated(tmp_path, f"services: {{a: {{image: x, healthcheck: {{test: {test}}}}}}}")
    probe = container(found, "Deployment", "a")["readinessProbe"]
    if handler is None:
        assert "exec" in probe
    else:
        assert handler.items() <= probe.items()


def test_a_check_restarts_only_what_the_file_restarts(tmp_path: Path) -> None:
    found = generated(
        tmp_path,
        """
        services:
          a:
            image: x
            restart: always
            healthcheck: {test: ["CMD", "t", "$$(A)"], interval: 7s, retries: 2, start_period: 20s}
          b: {image: x, healthcheck: {test: ["CMD", "t"]}}
          c: {image: x, healthcheck: {disable: true}}
        """,
    )
    a = container(found, "Deployment", "a")
    assert a["livenessProbe"] == a["readinessProbe"]
    assert a["readinessProbe"]["exec"]["command"] == ["t", "$$(A)"]
    assert (a["readinessProbe"]["periodSeconds"], a["readinessProbe"]["failureThreshold"]) == (7, 2)
    startup = a["startupProbe"]
    assert startup["periodSeconds"] * (startup["failureThreshold"] - 2) >= 20
    assert "livenessProbe" not in container(found, "Deployment", "b")
    assert not {"readinessProbe", "livenessProbe"} & container(found, "Deployment", "c").keys()


def test_variables_of_env_files_and_secret_ones_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "a.env").write_text("FROM_FILE=1\nBOTH=file\nFILE_TOKEN=t\n")
    found = generated(
        tmp_path,
        """
        services:
          a:
            image: x
            env_file: a.env
            environment: {BOTH: own, DB_PASSWORD: "p$$(X)", PLAIN: "$$(X) $$$$", NOBODY: }
        """,
    )
    made = container(found, "Deployment", "a")
    assert made["envFrom"] == [{"configMapRef": {"name": "a-env-file"}}]
    assert one(found, "ConfigMap", "a-env-file")["data"] == {"FROM_FILE": "1"}
    variables = {variable["name"]: variable for variable in made["env"]}
    assert variables["BOTH"]["value"] == "own"
    assert variables["PLAIN"]["value"] == "$$(X) $$$$"
    assert "NOBODY" not in variables
    secret = one(found, "Secret", "a-env")["data"]
    assert {key: base64.b64decode(text).decode() for key, text in secret.items()} == {
        "DB_PASSWORD": "p$(X)",
        "FILE_TOKEN": "t",
    }
    reference = {"secretKeyRef": {"name": "a-env", "key": "DB_PASSWORD"}}
    assert variables["DB_PASSWORD"]["valueFrom"] == reference


PORTS = """
services:
  same: {image: x, ports: ["80:80"]}
  other: {image: x, ports: ["8080:80", "53:53/udp"], expose: [9000]}
  any: {image: x, ports: ["80"]}
  mine: {image: x, ports: ["127.0.0.1:81:80"]}
  quiet: {image: x}
"""


def test_names_lead_to_the_ports_of_containers_and_what_is_published_is_reached(
    tmp_path: Path,
) -> None:
    found = generated(tmp_path, PORTS)

    def service(name: str) -> dict[str, Any]:
        spec: dict[str, Any] = one(found, "Service", name)["spec"]
        return spec

    def ports(name: str) -> list[tuple[int, int]]:
        return [(p["port"], p.get("targetPort", p["port"])) for p in service(name)["ports"]]

    assert (service("same")["type"], ports("same")) == ("LoadBalancer", [(80, 80)])
    assert "type" not in service("other")
    assert set(ports("other")) == {(80, 80), (53, 53), (9000, 9000)}
    assert service("other-public")["type"] == "LoadBalancer"
    assert set(ports("other-public")) == {(8080, 80), (53, 53)}
    assert service("any")["type"] == "NodePort"
    assert "type" not in service("mine")
    assert "clusterIP" not in service("mine")
    assert service("quiet")["clusterIP"] == "None"
    (warning,) = found.warnings
    assert "services.mine.ports" in warning
    opened = one(found, "NetworkPolicy", "other-public")["spec"]["ingress"]
    assert opened == [{"ports": [{"port": 53, "protocol": "UDP"}, {"port": 80, "protocol": "TCP"}]}]
    policies = {m["metadata"]["name"] for m in found.manifests if m["kind"] == "NetworkPolicy"}
    assert policies == {"default", "same-public", "other-public", "any-public"}


def test_ports_of_the_host_take_the_place_of_services(tmp_path: Path) -> None:
    found = generated(tmp_path, PORTS, GenerateOptions("pod", host_ports=True))
    assert not [m for m in found.manifests if m["kind"] == "Service" and "type" in m["spec"]]
    (mine,) = container(found, "Pod", "mine")["ports"]
    assert mine == {"containerPort": 80, "hostPort": 81, "hostIP": "127.0.0.1"}


def test_networks_are_policies(tmp_path: Path) -> None:
    found = generated(
        tmp_path,
        """
        services:
          web: {image: x, networks: [front]}
          app: {image: x, networks: [front, back]}
          alone: {image: x, network_mode: none}
          host: {image: x, network_mode: host}
        networks: {front: , back: {internal: true}}
        """,
    )
    labels = {
        name: {
            key.removeprefix(NETWORK)
            for key in one(found, "Deployment", name)["spec"]["template"]["metadata"]["labels"]
            if key.startswith(NETWORK)
        }
        for name in ("web", "app", "alone", "host")
    }
    assert labels == {"web": {"front"}, "app": {"front", "back"}, "alone": set(), "host": set()}
    front, back = (one(found, "NetworkPolicy", key)["spec"] for key in ("front", "back"))
    members = {"podSelector": {"matchLabels": {f"{NETWORK}back": "true"}}}
    assert front["egress"] == [{}]
    assert back["ingress"] == [{"from": [members]}]
    assert back["egress"][0] == {"to": [members]}
    assert {port["port"] for port in back["egress"][1]["ports"]} == {53}
    isolated = one(found, "NetworkPolicy", "isolated")["spec"]
    assert isolated["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & isolated.keys()
    assert pod(found, "Deployment", "host")["hostNetwork"] is True


def test_files_go_into_config_maps_when_they_can(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("hello\n")
    (tmp_path / "site" / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "site" / "run.sh").chmod(0o755)
    (tmp_path / "big").write_bytes(b"x" * (2**20 + 1))
    found = generated(
        tmp_path,
        """
        services:
          a:
            image: x
            volumes:
              - ./site:/site:ro
              - ./site/index.html:/one.html:ro
              - ./site/run.sh:/run.sh:ro
              - ./site:/writable
              - ./big:/big:ro
              - /scratch
            tmpfs: /run:size=1m
            shm_size: 64m
        """,
    )
    spec = pod(found, "Deployment", "a")
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    mounts = {mount["mountPath"]: mount for mount in spec["containers"][0]["volumeMounts"]}

    def source(place: str) -> dict[str, Any]:
        found: dict[str, Any] = volumes[mounts[place]["name"]]
        return found

    assert {"key": "run.sh", "path": "run.sh", "mode": 0o755} in source("/site")["configMap"][
        "items"
    ]
    assert source("/run.sh")["configMap"] == {"name": "site-run-sh", "defaultMode": 0o755}
    assert mounts["/one.html"]["subPath"] == "index.html"
    data = one(found, "ConfigMap", source("/one.html")["configMap"]["name"])["data"]
    assert data == {"index.html": "hello\n"}
    assert source("/writable")["hostPath"] == {
        "path": str(tmp_path / "site"),
        "type": "DirectoryOrCreate",
    }
    assert source("/big")["hostPath"]["type"] == "File"
    assert source("/scratch")["emptyDir"] == {}
    assert source("/run")["emptyDir"] == {"medium": "Memory", "sizeLimit": "1Mi"}
    assert source("/dev/shm")["emptyDir"] == {"medium": "Memory", "sizeLimit": "64Mi"}
    assert sorted(w.split(": ")[1] for w in found.warnings) == [
        "services.a.volumes[3]",
        "services.a.volumes[4]",
    ]


def test_resources_and_rights(tmp_path: Path) -> None:
    found = generated(
        tmp_path,
        """
        services:
          a:
            image: x
            user: "1000:1001"
            group_add: ["5"]
            cap_drop: [ALL]
            cap_add: [CAP_NET_RAW]
            read_only: true
            security_opt: ["no-new-privileges:true"]
            deploy:
              resources:
                limits: {cpus: "0.25", memory: 96m}
                reservations: {cpus: "2", memory: 32m}
          b: {image: x, user: nobody}
        """,
    )
    a = container(found, "Deployment", "a")
    assert a["resources"] == {
        "requests": {"cpu": "250m", "memory": "32Mi"},
        "limits": {"cpu": "250m", "memory": "96Mi"},
    }
    assert a["securityContext"] == {
        "runAsUser": 1000,
        "runAsGroup": 1001,
        "readOnlyRootFilesystem": True,
        "capabilities": {"add": ["NET_RAW"], "drop": ["ALL"]},
        "allowPrivilegeEscalation": False,
    }
    assert pod(found, "Deployment", "a")["securityContext"] == {"supplementalGroups": [5]}
    assert "securityContext" not in container(found, "Deployment", "b")
    assert [w.split(": ")[1] for w in found.warnings] == [
        "services.a.deploy.resources",
        "services.b.user",
    ]


def test_ingress_and_autoscaling_on_request(tmp_path: Path) -> None:
    found = generated(
        tmp_path,
        """
        services:
          a:
            image: x
            expose: [8000]
            x-kubernetes: {ingress: shop.example, autoscale: {min: 2, max: 5, cpu: 60}}
        """,
    )
    rule = one(found, "Ingress", "a")["spec"]["rules"][0]
    assert rule["host"] == "shop.example"
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": "a", "port": {"number": 8000}}
    scaler = one(found, "HorizontalPodAutoscaler", "a")["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 5)
    assert scaler["scaleTargetRef"]["kind"] == "Deployment"
