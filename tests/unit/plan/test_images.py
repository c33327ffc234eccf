"""Plans of pulls and builds."""

from __future__ import annotations

from typing import Any

import pytest

from composer.errors import ComposerError
from composer.plan import operations as op
from composer.plan.images import plan_build, plan_images, plan_pull
from composer.plan.intent import Build as BuildIntent
from composer.plan.intent import Images
from composer.plan.plan import Plan
from composer.spec.model import Build, Project, Service
from composer.state import State
from tests.unit.projects import order, project, service, state

EMPTY = state(images=())
BUILT = service("app", image=None, build=Build(context="."))


def images(p: Project, s: State, **intent: Any) -> Plan:
    return plan_images(p, list(p.services), s, Images(**intent))


def test_what_is_there_is_neither_pulled_nor_built() -> None:
    seen = state(images=["docker.io/library/busybox:latest", "localhost/p-app:latest"])
    assert not images(project(service("web"), BUILT), seen)


def test_one_image_of_two_services_is_pulled_once() -> None:
    plan = images(project(service("a"), service("b")), EMPTY)
    assert [o.id for o in plan] == ["pull:busybox"]


@pytest.mark.parametrize(
    ("wanted", "intent"),
    [
        (service("web", pull_policy="always"), {}),
        (service("web"), {"pull": "always"}),
    ],
)
def test_always_pulls_what_is_there(wanted: Service, intent: dict[str, str]) -> None:
    assert "pull:busybox" in images(project(wanted), state(), **intent)


def test_never_refuses_what_is_missing() -> None:
    with pytest.raises(ComposerError, match="busybox does not exist, and the pull policy is never"):
        images(project(service("web", pull_policy="never")), EMPTY)


def test_a_build_section_builds_and_does_not_pull() -> None:
    plan = images(project(BUILT), EMPTY)
    (build,) = plan
    assert isinstance(build, op.BuildImage)
    assert build.image == "p-app"


def test_build_flag_builds_what_is_there() -> None:
    assert "build:p-app" in images(
        project(BUILT), state(images=["localhost/p-app:latest"]), build=True
    )


def test_no_build_refuses_what_is_missing() -> None:
    with pytest.raises(ComposerError, match="--no-build"):
        images(project(BUILT), EMPTY, no_build=True)


def test_a_build_on_another_services_image_comes_after_it() -> None:
    base = service("base", image=None, build=Build(context="."))
    top = service(
        "top", image=None, build=Build(context=".", additional_contexts={"base": "service:base"})
    )
    p = project(top, base)
    plan = plan_build(p, ["top"], BuildIntent())
    assert order(plan, "build:p-base", "build:p-top")


def test_pull_passes_over_what_can_only_be_built() -> None:
    plan = plan_pull(project(service("web"), BUILT), ["web", "app"], state())
    assert [o.id for o in plan] == ["pull:busybox"]
