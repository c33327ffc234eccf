"""A project on a cluster: what apply, diff, scale and delete do there, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.fake_cluster import controllers
from tests.fake_cluster.server import FakeCluster
from tests.scenarios.on_cluster import EVERYTHING, ClusterScenario


def test_apply_makes_all_of_it_and_waits_until_it_runs(project: ClusterScenario) -> None:
    done = project.ok("apply")
    assert project.all() == EVERYTHING
    namespace = project.client.namespace(project.name)
    assert namespace is not None
    assert namespace["metadata"]["labels"]["app.kubernetes.io/part-of"] == project.name
    pods = project.client.objects("pods", project.name)
    assert {pod["status"]["phase"] for pod in pods} == {"Running"}
    for line in ("Namespace", "Deployment web  Created", "Deployment web  Available"):
        assert line in done.stderr
    assert "StatefulSet db  Ready" in done.stderr


def test_a_second_apply_changes_nothing(project: ClusterScenario) -> None:
    project.ok("apply")
    before = project.client.get("deployments", project.name, "web")
    done = project.ok("apply")
    after = project.client.get("deployments", project.name, "web")
    assert before is not None
    assert after is not None
    assert after["metadata"]["generation"] == before["metadata"]["generation"]
    assert "Deployment web  Unchanged" in done.stderr
    assert "Created" not in done.stderr
    assert "Configured" not in done.stderr


def test_a_change_is_rolled_out(project: ClusterScenario) -> None:
    project.ok("apply")
    project.change("web:1", "web:2")
    done = project.ok("apply")
    assert project.image("deployments", "web") == "example.org/web:2"
    assert "Deployment web  Configured" in done.stderr
    assert "StatefulSet db  Unchanged" in done.stderr


def test_a_dry_run_tells_and_changes_nothing(project: ClusterScenario) -> None:
    new = project.ok("apply", "--dry-run=server")
    assert f"namespace/{project.name} created (server dry run)" in new.stdout
    assert project.client.namespace(project.name) is None
    project.ok("apply")
    project.change("web:1", "web:2")
    project.change("  db:\n", "  database:\n")
    project.change("[db]", "[database]")
    lines = project.ok("apply", "--dry-run=server").stdout.splitlines()
    assert "deployment.apps/web configured (server dry run)" in lines
    assert "statefulset.apps/database created (server dry run)" in lines
    assert "statefulset.apps/db pruned (server dry run)" in lines
    assert "networkpolicy.networking.k8s.io/front unchanged (server dry run)" in lines
    assert project.image("deployments", "web") == "example.org/web:1"
    assert project.all() == EVERYTHING


def test_diff_shows_what_apply_would_change_and_hides_secrets(project: ClusterScenario) -> None:
    new = project.run("diff")
    assert new.returncode == 1
    assert "+kind: Deployment" in new.stdout
    assert project.client.namespace(project.name) is None
    project.ok("apply")
    same = project.run("diff")
    assert (same.returncode, same.stdout) == (0, "")
    project.change("web:1", "web:2")
    project.change("first-secret", "second-secret")
    other = project.run("diff")
    assert other.returncode == 1
    for sign, image in (("-", "example.org/web:1"), ("+", "example.org/web:2")):
        assert [line for line in other.stdout.splitlines() if image in line and line[0] == sign]
    assert "-  DB_PASSWORD: '*** (before)'" in other.stdout
    assert "+  DB_PASSWORD: '*** (after)'" in other.stdout
    for secret in ("Zmlyc3Qtc2VjcmV0", "c2Vjb25kLXNlY3JldA", "first-secret", "second-secret"):
        assert secret not in other.stdout
    assert project.image("deployments", "web") == "example.org/web:1"


def test_what_the_file_lacks_is_pruned_but_no_data(
    project: ClusterScenario, wait_until: Callable[..., object]
) -> None:
    service = "services:\n  web: {image: example.org/web:1, volumes: ['data:/d']}\n"
    project.write(f"{service}volumes: {{data: }}\n")
    project.ok("apply", "--kind", "deployment")
    assert "data" in project.client.names("persistentvolumeclaims", project.name)
    project.write("services:\n  api: {image: example.org/api:1}\n")
    kept = project.ok("apply", "--no-prune")
    assert {"deployments/web", "deployments/api"} <= project.all()
    assert "Pruned" not in kept.stderr
    done = project.ok("apply")
    assert "Deployment web  Pruned" in done.stderr
    assert "deployments/web" not in project.all()
    assert "data" in project.client.names("persistentvolumeclaims", project.name)
    project.ok("apply", "--prune-volumes")
    # A cluster protects claims until it has looked who uses them.
    wait_until(lambda: not project.client.names("persistentvolumeclaims", project.name))


def test_what_others_made_is_never_pruned(project: ClusterScenario) -> None:
    project.ok("apply")
    other = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "others"}}
    project.client.create("configmaps", project.name, other)
    project.ok("apply")
    assert "others" in project.client.names("configmaps", project.name)


def test_a_field_of_somebody_else_is_a_conflict_and_nothing_changes(
    project: ClusterScenario,
) -> None:
    project.ok("apply")
    container = [{"name": "web", "image": "example.org/web:hotfix"}]
    patch = {"spec": {"template": {"spec": {"containers": container}}}}
    path = project.client.path("deployments", project.name, "web") + "?fieldManager=colleague"
    project.client.call("PATCH", path, patch, media="application/strategic-merge-patch+json")
    project.change("web:1", "web:2")
    project.change("db:1", "db:2")
    said = project.refused("apply")
    assert 'conflict with "colleague"' in said
    assert "image" in said
    assert "--force-conflicts" in said
    assert project.image("deployments", "web") == "example.org/web:hotfix"
    assert project.image("statefulsets", "db") == "example.org/db:1"
    project.ok("apply", "--force-conflicts")
    assert project.image("deployments", "web") == "example.org/web:2"


def test_scale_lasts_until_the_next_apply(project: ClusterScenario) -> None:
    project.ok("apply")
    done = project.ok("scale", "web=3")
    assert project.replicas("web") == 3
    assert "Deployment web  Available" in done.stderr
    assert "next apply" in done.stderr
    assert len([n for n in project.client.names("pods", project.name) if n.startswith("web-")]) == 3
    project.ok("apply")
    assert project.replicas("web") == 1


def test_scale_checks_names_and_kinds_first(project: ClusterScenario) -> None:
    project.change(
        "image: example.org/web:1", "image: example.org/web:1\n    deploy: {mode: global}"
    )
    project.ok("apply")
    assert "no such service: nobody" in project.refused("scale", "nobody=2")
    assert "DaemonSet web cannot be scaled" in project.refused("scale", "db=2", "web=2")
    found = project.client.get("statefulsets", project.name, "db")
    assert found is not None
    assert found["spec"]["replicas"] == 1


def test_a_time_out_tells_why_a_pod_does_not_come_up(project: ClusterScenario) -> None:
    project.controllers.containers["web"] = controllers.BAD_IMAGE
    said = project.refused("apply", "--timeout", "2")
    assert "Deployment web is not up after 2 seconds" in said
    assert "container web: ImagePullBackOff: Back-off pulling image" in said
    assert f"kubectl -n {project.name} describe deployment.apps/web" in said
    assert "StatefulSet db  Ready" in said


def test_a_job_that_fails_ends_the_wait_at_once(project: ClusterScenario) -> None:
    project.controllers.containers |= {"web": controllers.FAILED, "db": controllers.DONE}
    said = project.refused("apply", "--kind", "job", "--timeout", "100")
    assert "Job web: Job has reached its limit" in said
    assert "container web: exited with code 5" in said


def test_a_changed_job_takes_the_place_of_the_old_one(project: ClusterScenario) -> None:
    project.controllers.containers |= {"web": controllers.DONE, "db": controllers.DONE}
    project.ok("apply", "--kind", "job")
    before = project.client.get("jobs", project.name, "web")
    project.change("web:1", "web:2")
    assert (
        "job.batch/web replaced" in project.ok("apply", "--kind", "job", "--dry-run=server").stdout
    )
    done = project.ok("apply", "--kind", "job")
    after = project.client.get("jobs", project.name, "web")
    assert "Job web  Replaced" in done.stderr
    assert project.image("jobs", "web") == "example.org/web:2"
    assert before is not None
    assert after is not None
    assert before["metadata"]["uid"] != after["metadata"]["uid"]


def test_pods_of_their_own_are_applied_and_replaced(project: ClusterScenario) -> None:
    project.ok("apply", "--kind", "pod")
    project.change("    networks: [back]", "    networks: [back]\n    command: [sleep, '9']")
    done = project.ok("apply", "--kind", "pod")
    assert "Pod db  Replaced" in done.stderr
    assert "Pod web  Unchanged" in done.stderr
    found = project.client.get("pods", project.name, "db")
    assert found is not None
    assert found["spec"]["containers"][0]["args"] == ["sleep", "9"]


def test_what_must_not_change_is_refused_before_anything_does(project: ClusterScenario) -> None:
    project.ok("apply")
    project.change("volumes: {data: {}}", "volumes: {data: {x-kubernetes: {size: 9Gi}}}")
    project.change("web:1", "web:2")
    said = project.refused("apply")
    assert "cannot apply StatefulSet db" in said
    assert "forbidden" in said
    assert project.image("deployments", "web") == "example.org/web:1"


def test_delete_asks_and_keeps_data(project: ClusterScenario) -> None:
    project.ok("apply")
    project.client.create("persistentvolumeclaims", project.name, _claim("data-db-0", project.name))
    assert "without being asked" in project.refused("delete")
    assert project.all() == EVERYTHING
    done = project.ok("delete", "--yes")
    assert project.all() == set()
    assert project.client.names("pods", project.name) == []
    assert project.client.names("persistentvolumeclaims", project.name) == ["data-db-0"]
    assert "persistentvolumeclaim/data-db-0 is in it" in done.stderr
    assert project.client.namespace(project.name) is not None
    project.ok("delete", "--yes", "--volumes")
    assert project.client.namespace(project.name) is None


def _claim(name: str, project: str) -> dict[str, object]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    labels = {"app.kubernetes.io/part-of": project, "app.kubernetes.io/name": "db"}
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}


def test_delete_leaves_a_namespace_that_is_not_its_own(project: ClusterScenario) -> None:
    project.client.make_namespace(project.name)
    project.ok("apply")
    project.ok("delete", "--yes")
    assert project.all() == set()
    assert project.client.namespace(project.name) is not None


def test_delete_leaves_a_namespace_that_others_use(project: ClusterScenario) -> None:
    project.ok("apply")
    other = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "others"}}
    project.client.create("configmaps", project.name, other)
    done = project.ok("delete", "--yes")
    assert f"namespace {project.name} stays: configmap/others is in it" in done.stderr
    assert project.client.namespace(project.name) is not None


def test_another_namespace(project: ClusterScenario) -> None:
    place = f"{project.name}-other"
    assert f"there is no namespace {place}" in project.refused(
        "apply", "-n", place, "--no-create-namespace"
    )
    assert project.client.namespace(place) is None
    project.ok("apply", "-n", place)
    assert "web" in project.client.names("deployments", place)
    assert project.client.namespace(project.name) is None
    project.ok("delete", "-n", place, "--yes")
    assert project.client.namespace(place) is None
    assert "is no namespace" in project.refused("apply", "-n", "../x")


def test_ctrl_c_ends_it_at_once_and_kubectl_with_it(
    project: ClusterScenario, wait_until: Callable[..., object]
) -> None:
    project.controllers.containers["web"] = controllers.BAD_IMAGE
    with project.running("apply", "--timeout", "100") as process:
        wait_until(lambda: "Deployment web  0 of 1" in project.output())
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == 1
        assert project.interrupt(process) == 130
    assert "Traceback" not in project.output()
    assert not Path(f"/proc/{children[0]}").exists()


def test_a_crash_tells_the_last_words(project: ClusterScenario, stub: FakeCluster) -> None:
    project.ok("apply")
    pod = next(n for n in project.client.names("pods", project.name) if n.startswith("web-"))
    for number in range(8):
        stub.write_log(project.name, pod, "web", f"line {number} \x1b[2J")
    project.controllers.containers["web"] = controllers.CRASHING
    said = project.refused("apply", "--timeout", "1")
    assert "container web: CrashLoopBackOff: back-off 40s (exited with code 3)" in said
    assert "| line 7 \\x1b[2J" in said
    assert "| line 3" in said
    assert "| line 2" not in said
    assert "\x1b[2J" not in said


def test_all_is_rehearsed_before_any_of_it_is_done(
    project: ClusterScenario, stub: FakeCluster
) -> None:
    project.client.make_namespace(project.name)
    del stub.requests[:]
    project.ok("apply", "--no-wait")
    ours = [one for one in stub.requests if one.query.get("fieldManager") == "composer"]
    assert {one.query["fieldValidation"] for one in ours} == {"Strict"}
    assert {one.query["force"] for one in ours} == {"false"}
    rehearsed = [one.query.get("dryRun") == "All" for one in ours]
    assert rehearsed == [True] * len(EVERYTHING) + [False] * len(EVERYTHING)
