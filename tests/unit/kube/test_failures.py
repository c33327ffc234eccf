"""What is said of a cluster that refuses, or that nobody reaches."""

from __future__ import annotations

import json
from typing import Any

import pytest

from composer.kube.cluster.failures import kubectl_failed, refused, unreachable


def status(reason: str, message: str, *causes: dict[str, str]) -> bytes:
    """A status object as the API server answers with."""
    found: dict[str, Any] = {"kind": "Status", "status": "Failure", "code": 400}
    return json.dumps({**found, "reason": reason, "message": message}).encode()[:-1] + (
        f', "details": {{"causes": {json.dumps(causes)}}}}}'.encode()
    )


def conflict(field: str, manager: str) -> dict[str, str]:
    text = f'conflict with "{manager}" using apps/v1'
    return {"reason": "FieldManagerConflict", "message": text, "field": field}


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        ("Unauthorized", "log in again"),
        ("Forbidden", "ask who administers the cluster"),
        ("Invalid", "correct what the Compose file says"),
        ("TooManyRequests", "try again in a while"),
        ("InternalError", "its own log says more"),
    ],
)
def test_a_refusal_says_what_to_do_about_it(reason: str, hint: str) -> None:
    error = refused(400, status(reason, "no"), "apply Service web")
    assert error.message == "cannot apply Service web: no"
    assert hint in str(error.hint)
    assert (error.status, error.reason, error.unreachable) == (400, reason, False)


def test_a_reason_that_is_not_known_is_told_as_it_is() -> None:
    error = refused(409, status("AlreadyExists", ""), "create namespace shop")
    assert error.message == "cannot create namespace shop: AlreadyExists"
    assert error.hint is None
    assert refused(500, b'{"status": "Failure"}', "x").message.endswith("answered with status 500")


def test_conflicts_are_told_by_field_and_owner() -> None:
    one = refused(409, status("Conflict", "long", conflict(".spec.replicas", "hpa")), "apply it")
    assert one.message.startswith(
        "cannot apply it: one field is not ours: .spec.replicas: conflict"
    )
    assert "--force-conflicts" in str(one.hint)
    assert one.owners == {"hpa"}
    causes = [conflict(".spec.a", "hpa"), conflict(".spec.b", "kubectl")]
    two = refused(409, status("Conflict", "long", *causes), "apply it")
    assert "2 fields are not ours\n.spec.a: conflict" in two.message
    assert two.owners == {"hpa", "kubectl"}


@pytest.mark.parametrize(
    ("reason", "message", "immutable"),
    [
        ("Invalid", "spec.template: Invalid value: field is immutable", True),
        ("Invalid", "updates to statefulset spec for other fields are forbidden", True),
        ("Invalid", "pod updates may not change fields other than the image", True),
        ("Invalid", "spec.replicas: must be greater than 0", False),
        ("Forbidden", "updates are forbidden", False),
    ],
)
def test_what_cannot_be_changed_is_known(reason: str, message: str, immutable: bool) -> None:
    assert refused(422, status(reason, message), "apply it").immutable is immutable
    cause = {"reason": "FieldValueInvalid", "message": message, "field": "spec"}
    assert refused(422, status(reason, "no", cause), "apply it").immutable is immutable


@pytest.mark.parametrize(
    ("problem", "said", "hint"),
    [
        ("dial tcp [::1]:8080: connect: connection refused", "knows of no cluster", "KUBECONFIG"),
        ("dial tcp 10.0.0.1:6443: connect: connection refused", "nobody answers", "cluster runs"),
        ("lookup k8s.example.com: no such host", "cannot be resolved", "VPN"),
        ("x509: certificate signed by unknown authority", "not trusted", "former cluster"),
        ("getting credentials: exec: aws: not found", "gets credentials from", "kubectl version"),
        ("net/http: TLS handshake timeout", "in time", "VPN"),
        ("something else", "something else", "kubectl version"),
    ],
)
def test_a_cluster_that_cannot_be_reached(problem: str, said: str, hint: str) -> None:
    # kubectl proxy answers in plain text when it does not get through.
    error = refused(502, problem.encode(), "list pods")
    assert error.message.startswith("cannot reach the cluster to list pods: ")
    assert said in error.message
    assert problem in error.message
    assert hint in str(error.hint)
    assert error.unreachable
    assert str(unreachable(problem, "list pods")) == str(error)


def test_kubectl_that_does_not_start() -> None:
    error = kubectl_failed('error: context "x" does not exist')
    assert error.message == 'kubectl cannot be used: context "x" does not exist'
    assert "get-contexts" in str(error.hint)
    assert "KUBECONFIG" in str(kubectl_failed("error: stat x: no such file").hint)
    assert "without a word" in kubectl_failed("").message
