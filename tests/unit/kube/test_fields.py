"""The table of the Kubernetes API's fields."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError

import pytest

from composer.kube.fields import FILE, Field, fields_of, kinds
from tests import kube_fields


def test_is_what_the_schema_of_kubernetes_says() -> None:
    try:
        written = kube_fields.text()
    except PackageNotFoundError:
        pytest.skip("kubernetes-validate is not installed")
    assert FILE.read_text() == written, "run python -m tests.kube_fields"


def test_tells_types_and_what_is_required() -> None:
    assert kinds()["Deployment"] == "apps/v1"
    container = fields_of("Container")
    assert container is not None
    assert container["name"] == Field("string", required=True)
    assert container["ports"] == Field("[ContainerPort]", required=False)
    assert fields_of("string") is None


def test_every_type_that_a_field_names_is_there() -> None:
    plain = {"string", "integer", "number", "boolean", "quantity", "intOrString", "object"}
    pending = list(kinds())
    known: set[str] = set()
    while pending:
        name = pending.pop().strip("[]{}")
        if name in plain or name in known:
            continue
        known.add(name)
        found = fields_of(name)
        assert found is not None, name
        pending += [field.type for field in found.values()]
    assert len(known) > 150
