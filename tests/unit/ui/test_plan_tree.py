"""A plan as a tree, and for programs."""

from __future__ import annotations

import json

from composer.plan.intent import Up
from composer.plan.joined import joined
from composer.plan.operations import BuildImage
from composer.plan.plan import Plan
from composer.plan.up import plan_up
from composer.spec.model import Build, Dependency
from composer.ui.plan_formats import to_dot, to_json, to_mermaid
from composer.ui.plan_tree import to_tree
from tests.unit.projects import attached, container, project, service, state

DB = service("db", networks=attached("back"))
APP = service(
    "app", {"db": Dependency(condition="service_healthy")}, networks=attached("back"), scale=2
)
WEB = service("web", ["app"], networks=attached("back"))


def planned() -> Plan:
    shop = project(DB, APP, WEB)
    old = container(WEB, labels={"com.docker.compose.config-hash": "other"})
    return plan_up(shop, state(container(DB), old, networks=["p_back"]), Up())


def test_each_service_shows_what_is_done_to_its_containers_and_why() -> None:
    lines = to_tree(planned(), "p").splitlines()
    assert lines[0] == "p"
    tree = "\n".join(lines)
    assert "Service db\n│  └─ Container p-db-1  Running: no change" in tree
    app = tree[tree.index("Service app") : tree.index("Service web")]
    assert "Container p-app-2" in app
    assert app.count("Creating: it does not exist yet") == 2
    assert "(when db is healthy)" in app
    web = tree[tree.index("Service web") :]
    assert web.count("Container ") == 1, "the one that is replaced is shown with its replacement"
    assert "Recreate: " in web
    assert "after p-app-1, p-app-2" in web
    assert "Removing: it is replaced" in web
    assert "Waiting" not in tree


def test_colours_are_put_around_words_and_nothing_else() -> None:
    plain, coloured = to_tree(planned(), "p"), to_tree(planned(), "p", colour=True)
    assert "\x1b[32mCreating\x1b[0m" in coloured
    for code in (32, 33, 31, 1, 2, 0):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain


def test_names_from_elsewhere_do_not_steer_the_terminal() -> None:
    shop = project(DB)
    plan = Plan()
    plan.kept = [container(DB, name="evil\x1b]0;x\x07")]
    assert "\x1b" not in to_tree(plan, shop.name)
    assert "Nothing to do." in to_tree(plan, shop.name)


def test_an_image_comes_before_the_containers_that_are_made_of_it() -> None:
    built = service("web", image="img", build=Build(context="."))
    shop = project(built)
    images = Plan()
    images.add(BuildImage(id="build:img", cause="it is missing", service="web", image="img"))
    whole = joined(shop, [images, plan_up(shop, state(), Up())])
    (create,) = [o.id for o in whole if o.id.startswith("create:")]
    assert whole.before(create)["build:img"] is True
    stays = Plan()
    stays.kept = [container(built)]
    assert "recreated if its image" in to_tree(joined(shop, [images, stays]), "p")


def test_programs_get_every_operation_with_its_cause_and_what_it_waits_for() -> None:
    plan = planned()
    found = json.loads(to_json(plan, "p"))
    assert [one["id"] for one in found["operations"]] == [operation.id for operation in plan]
    assert found["unchanged"] == [{"service": "db", "name": "p-db-1", "status": "running"}]
    for one in found["operations"]:
        assert one["after"] == dict(plan.before(one["id"]))
        assert one["cause"]
    dot, mermaid = to_dot(plan, "p"), to_mermaid(plan, "p")
    edges = sum(len(plan.before(operation.id)) for operation in plan)
    assert dot.count(" -> ") == edges
    assert mermaid.count("-->") + mermaid.count("-.->") == edges
    assert dot.count("fillcolor") == mermaid.count(":::") == len(plan)
