"""The containers of pods, as the cluster tells of them."""

from __future__ import annotations

from typing import Any

import pytest

from composer.kube.cluster.pods import Member, members_of

Object = dict[str, Any]
BEGUN = "2026-01-31T12:00:00Z"


def pod(*told: Object, **more: Any) -> Object:
    """A pod of two containers, ``web`` and ``side``, prepared by ``init``."""
    spec = {
        "nodeName": "n1",
        "initContainers": [{"name": "init", "image": "i"}],
        "containers": [{"name": "web", "image": "w"}, {"name": "side", "image": "s"}],
    }
    status = {"phase": "Pending", "containerStatuses": list(told)}
    metadata = {"name": "web-1", "creationTimestamp": BEGUN}
    return {"metadata": metadata, "spec": spec, "status": status, **more}


def web(found: Object) -> Member:
    (member,) = [one for one in members_of(found) if one.name == "web"]
    return member


def container(state: Object, **more: Any) -> Object:
    return {"name": "web", "state": state, **more}


ENDED = {"terminated": {"exitCode": 3, "reason": "Error"}}
DONE = {"terminated": {"exitCode": 0, "reason": "Completed"}}
BACK_OFF = {"waiting": {"reason": "CrashLoopBackOff"}}


@pytest.mark.parametrize(
    ("told", "status", "state", "code"),
    [
        (container({"running": {}}), "Running", "running", 0),
        (container(ENDED), "Exited (3)", "exited", 3),
        (container(DONE), "Completed", "exited", 0),
        (container({"waiting": {"reason": "ErrImagePull"}}), "ErrImagePull", "created", 0),
        (container({"waiting": {}}), "Waiting", "created", 0),
        (container({}), "Pending", "created", 0),
        # One that waits to run again has ended.
        (container(BACK_OFF, restartCount=2, lastState=ENDED), "CrashLoopBackOff", "exited", 3),
        (container(BACK_OFF, restartCount=2), "CrashLoopBackOff", "exited", 0),
    ],
)
def test_how_a_container_is(told: Object, status: str, state: str, code: int) -> None:
    found = web(pod(told))
    assert (found.status, found.state, found.exit_code) == (status, state, code)


def test_a_container_that_nobody_has_told_of_is_as_its_pod_is() -> None:
    assert web(pod()).status == "Pending"
    evicted = pod(status={"phase": "Failed", "reason": "Evicted"})
    assert web(evicted).status == "Evicted"
    unscheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    assert web(pod(status={"conditions": [unscheduled]})).status == "Unschedulable"


def test_a_pod_that_is_on_its_way_out() -> None:
    metadata = {"name": "web-1", "deletionTimestamp": BEGUN}
    ending = pod(container({"running": {}}), metadata=metadata)
    assert web(ending).status == "Terminating"
    assert web(ending).created == 0.0


def test_what_all_containers_of_a_pod_have() -> None:
    init, main, side = members_of(pod(container({"running": {}}, ready=True, containerID="c:1")))
    assert [init.init, main.init, side.init] == [True, False, False]
    assert (main.id, main.label, main.node) == ("web-1/web", "web-1/web", "n1")
    assert (main.created, main.instance, main.policy) == (1769860800.0, "c:1", "always")
    alone = pod()
    alone["spec"] = {"containers": [{"name": "web", "image": "w"}], "restartPolicy": "Never"}
    assert (web(alone).label, web(alone).policy) == ("web-1", "no")


def test_what_has_done_its_work() -> None:
    init, main, _ = members_of(
        pod(
            container({"running": {}}),
            status={
                "initContainerStatuses": [{"name": "init", "state": DONE, "ready": True}],
                "containerStatuses": [container(DONE)],
            },
        )
    )
    assert init.finished
    assert main.finished
    assert not web(pod(container(ENDED))).finished
    assert not web(pod(container({"running": {}}))).finished
