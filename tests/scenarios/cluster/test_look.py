"""``kube ps`` and ``kube logs`` with ``--cluster``: what they show of the project's pods."""

from __future__ import annotations

import json
from typing import Any

from tests.fake_cluster import controllers
from tests.fake_cluster.server import FakeCluster
from tests.scenarios.on_cluster import ClusterScenario
from tests.testbed import wait_until

TWO_IN_A_POD = """
services:
  web: {image: example.org/web:1, expose: [80], deploy: {replicas: 2}}
  side: {image: example.org/side:1, network_mode: "service:web"}
  fill:
    image: example.org/fill:1
    deploy: {mode: replicated-job}
"""


def rows(project: ClusterScenario, *arguments: str) -> list[dict[str, Any]]:
    """What ``kube ps --cluster --format json`` lists."""
    done = project.ok("ps", "--cluster", "--format", "json", *arguments)
    return [json.loads(line) for line in done.stdout.splitlines()]


def pods_of(project: ClusterScenario, service: str) -> list[str]:
    names = project.client.names("pods", project.name)
    return sorted(name for name in names if name.startswith(f"{service}-"))


# --- ps -----------------------------------------------------------------------------------------


def test_ps_shows_every_container_of_every_pod(project: ClusterScenario) -> None:
    project.write(TWO_IN_A_POD)
    project.controllers.containers["fill"] = controllers.DONE
    project.ok("apply")
    first, second = pods_of(project, "web")
    listed = [(row["Pod"], row["Service"], row["Status"], row["Ready"]) for row in rows(project)]
    assert listed == [
        (first, "web", "Running", True),
        (first, "side", "Running", True),
        (second, "web", "Running", True),
        (second, "side", "Running", True),
    ]
    (job,) = pods_of(project, "fill")
    assert [(row["Pod"], row["Status"]) for row in rows(project, "--all", "fill")] == [
        (job, "Completed")
    ]
    assert {row["Service"] for row in rows(project, "-c", "side")} == {"side"}
    assert project.ok("ps", "--cluster", "-q").stdout.split() == [first, second]
    table = project.ok("ps", "--cluster").stdout.splitlines()
    assert table[0].split()[:4] == ["POD", "SERVICE", "IMAGE", "STATUS"]
    assert table[1].split()[:4] == [first, "web", "example.org/web:1", "Running"]
    template = project.ok("ps", "--cluster", "--format", "{{.Service}} on {{.Node}}", "web")
    assert template.stdout == f"web on {controllers.NODE}\n" * 2


def test_ps_tells_what_a_container_waits_for(project: ClusterScenario) -> None:
    project.controllers.containers |= {
        "web": controllers.BAD_IMAGE,
        "db": controllers.CRASHING,
    }
    project.ok("apply", "--no-wait")

    def told() -> dict[str, tuple[str, bool, int]]:
        return {r["Service"]: (r["Status"], r["Ready"], r["Restarts"]) for r in rows(project)}

    wanted = {"web": ("ImagePullBackOff", False, 0), "db": ("CrashLoopBackOff", False, 4)}
    wait_until(lambda: told() == wanted, what="the states of both")


def test_ps_needs_no_file_and_looks_where_it_is_told_to(project: ClusterScenario) -> None:
    place = f"{project.name}-other"
    project.ok("apply", "-n", place)
    (project.folder / "compose.yaml").unlink()
    assert {row["Service"] for row in rows(project, "-n", place)} == {"web", "db"}
    assert f"project {project.name} has no service none" in project.refused(
        "ps", "--cluster", "-n", place, "none"
    )
    nothing = project.ok("ps", "--cluster", "-q")
    assert nothing.stdout == ""
    assert f"there is no namespace {project.name}" in nothing.stderr
    project.client.call("DELETE", f"/api/v1/namespaces/{place}")


def test_what_is_no_service_is_refused(project: ClusterScenario) -> None:
    project.ok("apply")
    for command in ("ps", "logs"):
        said = project.refused(command, "--cluster", "wed")
        assert "no such service: wed" in said
        assert "Did you mean 'web'?" in said


def test_a_cluster_is_named_only_to_look_at_one(project: ClusterScenario) -> None:
    for command in ("ps", "logs"):
        said = project.refused(command, "--context", "admin")
        assert "are for --cluster" in said


def test_a_user_who_may_not_look(project: ClusterScenario) -> None:
    project.ok("apply")
    for command in ("ps", "logs"):
        said = project.refused(command, "--cluster", "--context", "nobody")
        assert f"cannot list pods of namespace {project.name}" in said
        assert "ask who administers the cluster" in said


# --- logs ---------------------------------------------------------------------------------------


def test_logs_come_in_the_order_of_their_times(project: ClusterScenario, stub: FakeCluster) -> None:
    project.write(TWO_IN_A_POD)
    project.controllers.containers["fill"] = controllers.DONE
    project.ok("apply")
    first, second = pods_of(project, "web")
    for number, (pod, container) in enumerate(
        [(first, "web"), (second, "web"), (first, "side"), (first, "web")]
    ):
        stub.write_log(project.name, pod, container, f"line {number}")
    shown = project.ok("logs", "--cluster").stdout.splitlines()
    assert [line.partition("| ")[2] for line in shown] == [f"line {n}" for n in range(4)]
    assert shown[0].partition("|")[0].strip() == f"{first}/web"
    plain = project.ok("logs", "--cluster", "--no-log-prefix", "side")
    assert plain.stdout == "line 2\n"
    tail = project.ok("logs", "--cluster", "--no-log-prefix", "-n", "1", "-c", "web")
    assert tail.stdout.splitlines() == ["line 1", "line 3"]
    (timed,) = project.ok("logs", "--cluster", "-t", "side").stdout.splitlines()
    time = timed.partition("| ")[2].split()[0]
    since = project.ok("logs", "--cluster", "--no-log-prefix", "--since", time)
    assert since.stdout.splitlines() == ["line 2", "line 3"]
    until = project.ok("logs", "--cluster", "--no-log-prefix", "--until", time, "-f")
    assert set(until.stdout.splitlines()) == {"line 0", "line 1", "line 2"}


def test_following_goes_on_over_restarts_and_with_new_pods(
    project: ClusterScenario, stub: FakeCluster
) -> None:
    project.ok("apply")
    (pod,) = pods_of(project, "web")
    stub.write_log(project.name, pod, "web", "before")
    # It ends with the last container that it follows: db runs all the time.
    with project.running("logs", "--cluster", "-f", "web", "db") as process:
        wait_until(lambda: "before" in project.output())
        stub.write_log(project.name, pod, "web", "while")
        wait_until(lambda: "while" in project.output())
        # A restart: the container ends, and is another one when it runs again.
        project.controllers.containers["web"] = controllers.CRASHING
        wait_until(lambda: rows(project, "web")[0]["Status"] == "CrashLoopBackOff")
        again = {"restartCount": 5, "containerID": "test://again"}
        project.controllers.containers["web"] = {**controllers.RUNNING, **again}
        wait_until(lambda: rows(project, "web")[0]["Status"] == "Running")
        stub.write_log(project.name, pod, "web", "again")
        wait_until(lambda: "again" in project.output())
        project.ok("scale", "web=2")
        (other,) = set(pods_of(project, "web")) - {pod}
        stub.write_log(project.name, other, "web", "of another")
        wait_until(lambda: "of another" in project.output())
        assert project.interrupt(process) == 130
    lines = [line.partition("| ")[2] for line in project.output().splitlines()]
    assert lines == ["before", "while", "again", "of another"]


def test_following_shows_what_ended_before_it_was_seen_to_run(
    project: ClusterScenario, stub: FakeCluster
) -> None:
    project.ok("apply")
    del stub.requests[:]
    with project.running("logs", "--cluster", "-f") as process:
        wait_until(lambda: any(one.query.get("watch") for one in stub.requests))
        project.controllers.containers["short"] = controllers.DONE
        labels = {"app.kubernetes.io/part-of": project.name}
        spec = {"containers": [{"name": "short", "image": "x"}], "restartPolicy": "Never"}
        manifest = {"metadata": {"name": "short", "labels": labels}, "spec": spec}
        stub.write_log(project.name, "short", "short", "done")
        project.client.create("pods", project.name, {"apiVersion": "v1", "kind": "Pod", **manifest})
        wait_until(lambda: "| done" in project.output())
        assert project.interrupt(process) == 130


def test_following_ends_with_what_it_follows(project: ClusterScenario, stub: FakeCluster) -> None:
    project.write("services: {fill: {image: example.org/fill:1, deploy: {mode: replicated-job}}}")
    project.ok("apply", "--no-wait")
    wait_until(lambda: [row["Status"] for row in rows(project)] == ["Running"])
    (pod,) = pods_of(project, "fill")
    with project.running("logs", "--cluster", "--follow") as process:
        stub.write_log(project.name, pod, "fill", "filled")
        wait_until(lambda: "filled" in project.output())
        project.controllers.containers["fill"] = controllers.DONE
        assert process.wait(60) == 0
