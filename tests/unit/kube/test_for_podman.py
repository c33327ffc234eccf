"""What is changed in manifests for a Podman that does not read all that is right in them."""

from __future__ import annotations

from typing import Any

import yaml

from composer.kube.read.for_podman import Handed, for_podman
from composer.spec.discovery import Source
from tests.unit.kube.manifests import config_map, container

SECRET = config_map("key", {"p": "open-$esame: x"}, "Secret")
FROM_KEY = "env: [{name: P, valueFrom: {secretKeyRef: {name: key, key: p, optional: true}}}]"
FROM_ALL = "envFrom: [{secretRef: {name: key}}, {configMapRef: {name: other}}]"


def handed(*parts: str) -> Handed:
    return for_podman([(Source(f"/{n}.yaml", f"{n}.yaml"), part) for n, part in enumerate(parts)])


def changed(*parts: str) -> list[dict[str, Any]]:
    """The objects of what Podman gets for files with ``parts``; none if it gets the files."""
    text = handed(*parts).text
    return [] if text is None else list(yaml.safe_load_all(text))


def pod(one: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = one["spec"]["template"]["spec"]
    return found


def test_variables_come_from_a_copy_of_the_secret() -> None:
    init = "initContainers: [{name: first, image: i, envFrom: [{secretRef: {name: key}}]}]\n"
    copy, secret, one, other = changed(SECRET, container(FROM_KEY), container(FROM_ALL, init))
    assert (copy["kind"], copy["metadata"]) == ("ConfigMap", {"name": "key.variables"})
    assert copy["data"] == {"p": "open-$esame: x"}
    assert secret == yaml.safe_load(SECRET)
    reference = {"name": "key.variables", "key": "p", "optional": True}
    assert pod(one)["containers"][0]["env"] == [
        {"name": "P", "valueFrom": {"configMapKeyRef": reference}}
    ]
    whole = {"configMapRef": {"name": "key.variables"}}
    assert pod(other)["initContainers"][0]["envFrom"] == [whole]
    assert pod(other)["containers"][0]["envFrom"] == [whole, {"configMapRef": {"name": "other"}}]


def test_secrets_in_volumes_say_whether_they_are_optional() -> None:
    volumes = "volumes: [{name: v, secret: {secretName: key}}]\n"
    (found,) = changed(container("", volumes))
    secret = {"secretName": "key", "optional": False}
    assert pod(found)["volumes"] == [{"name": "v", "secret": secret}]
    assert changed(container("", volumes.replace("secretName", "optional: true, secretName"))) == []


def test_the_first_sub_path_is_told_of() -> None:
    mounts = "volumeMounts:\n- {name: v, mountPath: /a}\n- {name: v, mountPath: /b, subPath: c}"
    assert handed(SECRET, container(mounts)).sub_path == "1.yaml:14:36"
    assert handed(container("tty: true")) == Handed()


def test_what_needs_nothing_is_left_as_it_is() -> None:
    assert changed(SECRET, container("tty: true")) == []
    # A secret that Podman has already, and faults, are for Podman to tell of.
    assert changed(container(FROM_KEY)) == []
    assert changed(SECRET, container(FROM_KEY).replace("kind: Deployment", "kind: Deploy")) == []
