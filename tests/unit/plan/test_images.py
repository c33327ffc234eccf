"""Plans of pulls and builds."""

from __future__ import annotations

from typing import Any

import pytest

from composer.errors import ComposerError
from composer.plan import operations as op
from composer.plan.images import plan_build, plan_images, plan_not_pulled, plan_pull, refreshed
from composer.plan.intent import Build as BuildIntent
from composer.plan.intent import Images
from composer.plan.plan import Plan
from composer.spec.model import Build, Mount, PreStart, Project, Service
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


NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("policy", "age", "wanted"),
    [
        ("daily", 86_399, False),
        ("daily", 86_400, True),
        ("weekly", 6 * 86_400, False),
        ("weekly", 8 * 86_400, True),
        ("every_12h", 12 * 3_600 - 1, False),
        ("every_12h", 12 * 3_600, True),
        ("every_1w2d3h4m5s", 788_644, False),
        ("every_1w2d3h4m5s", 788_645, True),
        ("missing", 10**9, False),
    ],
)
def test_what_is_too_old_is_refreshed_and_a_failure_leaves_the_old_one(
    policy: str, age: float, wanted: bool
) -> None:
    p = project(service("web", pull_policy=policy))
    plan = plan_images(p, ["web"], state(), Images(), pulled={"busybox": NOW - age}, now=NOW)
    assert [o.id for o in plan] == (["pull:busybox"] if wanted else [])
    assert all(isinstance(o, op.PullImage) and o.optional for o in plan)


def test_what_was_pulled_by_others_is_refreshed() -> None:
    p = project(service("web", pull_policy="daily"))
    assert "pull:busybox" in plan_images(p, ["web"], state(), Images(), now=NOW)
    assert refreshed(p, ["web"]) == {"busybox"}


def test_newer_asks_the_registry_and_is_content_without_it() -> None:
    (pull,) = images(project(service("web", pull_policy="newer")), state())
    assert isinstance(pull, op.PullImage)
    assert pull.newer


def test_an_image_that_another_service_builds_is_not_pulled() -> None:
    user = service("user", image="mine")
    builder = service("builder", image="mine", build=Build(context="."))
    for p in (project(user, builder), project(builder, user)):
        assert [o.id for o in images(p, EMPTY)] == ["build:mine"]
    plan = plan_images(project(user, builder), ["user"], EMPTY, Images())
    assert [o.id for o in plan] == ["build:mine"]


def test_images_of_hooks_are_pulled() -> None:
    hooked = service("app", pre_start=(PreStart(command=("x",), image="alpine"),))
    assert [o.id for o in images(project(hooked), state())] == ["pull:alpine"]


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


def test_pull_passes_over_what_the_policy_keeps() -> None:
    p = project(
        service("never", image="a:1", pull_policy="never"),
        service("there", image="b:1", pull_policy="missing"),
        service("moving", image="c", pull_policy="missing"),
    )
    seen = state(images=["docker.io/library/b:1", "docker.io/library/c:latest"])
    assert [o.id for o in plan_pull(p, list(p.services), seen)] == ["pull:c"]


BOTH: dict[str, Any] = {"image": "team/app", "build": Build(context=".")}


@pytest.mark.parametrize("policy", ["always", "missing", "daily", "newer"])
def test_with_a_policy_an_image_is_pulled_and_built_when_that_fails(policy: str) -> None:
    p = project(service("app", pull_policy=policy, **BOTH))
    tried = images(p, EMPTY)
    (pull,) = tried
    assert isinstance(pull, op.PullImage)
    assert pull.optional
    (build,) = plan_not_pulled(p, ["app"], EMPTY, tried, Images())
    assert build.id == "build:team/app"
    assert build.cause == "it could not be pulled"
    there = state(images=["docker.io/team/app:latest"])
    assert not plan_not_pulled(p, ["app"], there, tried, Images())
    with pytest.raises(ComposerError, match="--no-build"):
        plan_not_pulled(p, ["app"], EMPTY, tried, Images(no_build=True))


def test_without_a_policy_what_can_be_built_is_built() -> None:
    for said in ({}, {"pull_policy": "build"}):
        assert [o.id for o in images(project(service("app", **BOTH, **said)), EMPTY)] == [
            "build:team/app"
        ]
    p = project(service("app", pull_policy="always", **BOTH))
    assert [o.id for o in images(p, EMPTY, build=True)] == ["build:team/app"]


def test_mounted_images_are_pulled() -> None:
    mounting = service("app", volumes=(Mount(type="image", source="data", target="/d"),))
    assert [o.id for o in images(project(mounting), state())] == ["pull:data"]


def test_an_image_that_two_services_build_is_built_once() -> None:
    p = project(service("a", **BOTH), service("b", **BOTH))
    assert [o.id for o in plan_build(p, ["a", "b"], BuildIntent())] == ["build:team/app"]


@pytest.mark.parametrize(
    ("asked", "quiet"),
    [
        (Images(quiet=True), [True, False]),
        (Images(quiet_build=True), [False, True]),
    ],
)
def test_quiet_is_passed_on_to_pulls_or_builds(asked: Images, quiet: list[bool]) -> None:
    p = project(service("app"), service("built", image=None, build=Build(context=".")))
    plan = plan_images(p, ["app", "built"], state(images=()), asked)
    assert [o.quiet for o in plan if isinstance(o, op.PullImage | op.BuildImage)] == quiet


def test_up_can_say_how_to_build() -> None:
    p = project(service("built", image=None, build=Build(context=".")))
    how = Images(build_args=("A=b",), no_cache=True)
    (build,) = [
        o for o in plan_images(p, ["built"], state(images=()), how) if isinstance(o, op.BuildImage)
    ]
    assert (build.args, build.no_cache) == (("A=b",), True)
