"""Services learn where their models are served, or the user what to do about it."""

from __future__ import annotations

import msgspec
import pytest

from composer.plan.models import unserved_models, with_models
from composer.spec.model import Project
from tests.unit.projects import project, service

APP = service("app", models={"my-llm": None}, environment={"A": "1"})
TOOL = service("tool", models={"my-llm": {"endpoint_var": "WHERE", "model_var": "WHICH"}})
MODELS = {"my-llm": {"model": "ai/smollm2", "context_size": 1024}}


def of(**environment: str) -> Project:
    plain = project(APP, TOOL, service("other"), models=MODELS)
    return with_models(msgspec.structs.replace(plain, environment=environment))


@pytest.mark.parametrize("name", ["COMPOSER_MODELS_URL", "COMPOSER_MODELS_URL_MY_LLM"])
def test_a_model_that_is_served_is_in_the_environment(name: str) -> None:
    found = of(**{name: "http://host:8080/v1"})
    assert found.services["app"].environment == {
        "A": "1",
        "MY_LLM_MODEL": "ai/smollm2",
        "MY_LLM_URL": "http://host:8080/v1",
    }
    assert found.services["tool"].environment == {
        "WHICH": "ai/smollm2",
        "WHERE": "http://host:8080/v1",
    }
    assert found.services["app"].config_hash != APP.config_hash
    assert unserved_models(found, found.services) is None


def test_a_model_that_nobody_serves_is_warned_of_once() -> None:
    found = of()
    assert found.services["app"] == APP
    warning = unserved_models(found, found.services)
    assert warning is not None
    assert warning.count("my-llm (ai/smollm2)") == 1
    assert "COMPOSER_MODELS_URL=" in warning


def test_only_models_of_the_services_that_are_meant_are_warned_of() -> None:
    assert unserved_models(of(), ["other"]) is None
