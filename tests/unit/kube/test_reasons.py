"""Why a workload does not come up: what is told of its pods, and their last words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from composer.kube.cluster.api import Api, Query
from composer.kube.cluster.belongings import Key, Place
from composer.kube.cluster.failures import ClusterError
from composer.kube.cluster.kinds import DEPLOYMENT, POD
from composer.kube.cluster.reasons import belongs, state_of, why

Object = dict[str, Any]
WEB = Key(DEPLOYMENT, "web")
LABELS = {"app": "web"}


class Answers:
    """An API that has logs and events, and remembers what was asked of logs."""

    def __init__(self) -> None:
        self.logs: dict[str, bytes] = {}
        self.events: list[Object] | None = []
        self.asked: list[Query] = []

    def get(self, path: str, query: Query, *, what: str) -> Object:
        assert path == "/api/v1/namespaces/shop/events"
        assert query == {"fieldSelector": "type=Warning"}
        if self.events is None:
            raise ClusterError(f"cannot {what}", status=403)
        return {"items": self.events}

    def stream(
        self, path: str, query: Query, stop: Callable[[], bool], *, what: str
    ) -> Iterator[bytes]:
        self.asked.append(query)
        name = path.removeprefix("/api/v1/namespaces/shop/pods/").removesuffix("/log")
        if name not in self.logs:
            raise ClusterError(f"cannot {what}", status=404)
        yield self.logs[name]


def workload(*conditions: Object) -> Object:
    spec = {"selector": {"matchLabels": LABELS}}
    return {"metadata": {"name": "web"}, "spec": spec, "status": {"conditions": list(conditions)}}


def pod(name: str, *containers: Object, ready: bool = False, **status: Any) -> Object:
    """A pod of ``web`` with what ``containers`` say of themselves."""
    told = [{"type": "Ready", "status": str(ready)}]
    status.setdefault("conditions", told)
    return {
        "metadata": {"name": name, "labels": LABELS},
        "spec": {"initContainers": [{"name": "init"}, {"name": "side", "restartPolicy": "Always"}]},
        "status": {**status, "containerStatuses": list(containers)},
    }


def ended(code: int, reason: str = "Error") -> Object:
    return {"terminated": {"exitCode": code, "reason": reason}}


def waits(reason: str, message: str = "") -> Object:
    return {"waiting": {"reason": reason, "message": message}}


def told(answers: Answers, found: Object, *pods: Object) -> list[str]:
    place = Place(cast("Api", answers), "shop", "shop")
    return why(place, WEB, found, pods).splitlines()


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ({"state": waits("ContainerCreating")}, ""),
        ({"state": waits("PodInitializing")}, ""),
        ({"state": waits("ErrImagePull", "no such tag")}, "ErrImagePull: no such tag"),
        ({"state": waits("InvalidImageName")}, "InvalidImageName"),
        (
            {"state": waits("CrashLoopBackOff", "back-off"), "lastState": ended(137, "OOMKilled")},
            "CrashLoopBackOff: back-off (exited with code 137, OOMKilled)",
        ),
        ({"state": ended(3)}, "exited with code 3"),
        ({"state": ended(0, "Completed")}, ""),
        ({"state": {"running": {}}, "ready": True}, ""),
        ({"state": {"running": {}}, "ready": False}, "runs, and is not ready"),
        ({}, ""),
    ],
)
def test_what_keeps_a_container_from_being_ready(container: Object, expected: str) -> None:
    assert state_of(container, once=False) == expected


def test_what_runs_once_is_waited_for() -> None:
    running = {"name": "init", "state": {"running": {}}, "ready": False}
    assert state_of(running, once=True) == "runs, and has not ended"
    held = pod("web-1", initContainerStatuses=[running, {**running, "name": "side"}])
    assert told(Answers(), workload(), held) == [
        "pod web-1, container init: runs, and has not ended",
        "pod web-1, container side: runs, and is not ready",
    ]


def test_last_words_are_those_of_the_run_that_failed() -> None:
    answers = Answers()
    answers.logs = {"web-1": b"one\ntwo \xff\n", "web-2": b"three"}
    crashing = {
        "name": "web",
        "state": waits("CrashLoopBackOff"),
        "lastState": ended(1),
    }
    unready = {"name": "web", "state": {"running": {}}, "ready": False}
    unpulled = {"name": "web", "state": waits("ErrImagePull")}
    lines = told(
        answers, workload(), pod("web-1", crashing), pod("web-2", unready), pod("web-3", unpulled)
    )
    assert lines == [
        "pod web-1, container web: CrashLoopBackOff (exited with code 1)",
        "  | one",
        "  | two \N{REPLACEMENT CHARACTER}",
        "pod web-2, container web: runs, and is not ready",
        "  | three",
        "pod web-3, container web: ErrImagePull",
    ]
    assert [(query["previous"], query["tailLines"]) for query in answers.asked] == [
        (True, 5),
        (None, 5),
    ]


def test_a_log_that_cannot_be_read_is_left_out() -> None:
    lines = told(Answers(), workload(), pod("web-1", {"name": "web", "state": ended(1)}))
    assert lines == ["pod web-1, container web: exited with code 1"]


def test_three_pods_are_told_of_and_the_others_are_counted() -> None:
    bad = {"name": "web", "state": waits("ErrImagePull")}
    fine = pod("web-0", {"name": "web", "state": {"running": {}}, "ready": True}, ready=True)
    done = pod("web-6", phase="Succeeded")
    others = [pod(f"web-{number}", bad) for number in range(1, 6)]
    foreign = pod("db-0", bad)
    foreign["metadata"]["labels"] = {"app": "db"}
    lines = told(Answers(), workload(), fine, foreign, done, *others)
    assert [line.split(",")[0] for line in lines] == [
        *("pod web-1", "pod web-2", "pod web-3"),
        "and 2 more pods",
    ]


def test_what_a_pod_says_of_itself() -> None:
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/3 nodes are available",
    }
    lines = told(
        Answers(),
        workload(),
        pod("web-1", conditions=[condition]),
        pod("web-2", phase="Failed", reason="Evicted", message="low on memory"),
    )
    assert lines == [
        "pod web-1: Unschedulable: 0/3 nodes are available",
        "pod web-2: Evicted: low on memory",
    ]


def test_pods_that_cannot_even_be_made() -> None:
    failure = {"type": "ReplicaFailure", "reason": "FailedCreate", "message": "exceeded quota"}
    assert told(Answers(), workload({**failure, "status": "True"})) == [
        "FailedCreate: exceeded quota"
    ]
    assert told(Answers(), workload({**failure, "status": "False"})) == []


def test_events_are_asked_for_when_nothing_else_tells() -> None:
    def event(name: str, message: str) -> Object:
        return {"involvedObject": {"name": name}, "reason": "Failed", "message": message}

    answers = Answers()
    answers.events = [
        event("web", "first"),
        event("webby", "of another"),
        event("web-5f9", "a quota"),
        event("web-5f9", "a quota"),
        event("web-1", "second"),
        event("web-1", "third"),
    ]
    assert told(answers, workload()) == ["Failed: a quota", "Failed: second", "Failed: third"]
    creating = {"name": "web", "state": waits("ContainerCreating")}
    answers.events = [event("web-1", "no volume")]
    assert told(answers, workload(), pod("web-1", creating)) == ["Failed: no volume"]
    answers.events = None
    assert told(answers, workload()) == []


def test_whose_pods_they_are() -> None:
    own, other = pod("web"), pod("other")
    assert belongs(own, WEB, workload())
    assert belongs(other, WEB, workload())
    assert not belongs(own, WEB, {"spec": {}})
    assert belongs(own, Key(POD, "web"), own)
    assert not belongs(other, Key(POD, "web"), own)
