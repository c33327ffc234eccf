"""Refusals of Podman that pass, after which composer asks again, and others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from composer.engine import passing
from composer.engine.libpod import Libpod
from composer.engine.passing import ENDING, insist
from composer.engine.podman_engine import PodmanEngine
from composer.engine.program import Program
from composer.engine.transport import Response
from composer.errors import EngineError

IMPROPER = (
    "cannot remove container app as it could not be stopped: sending SIGKILL to container app: "
    "container state improper: stopped"
)
BUSY = (
    "removing container app root filesystem: 1 error occurred:\n"
    "\t* unlinkat /store/app/userdata/shm: device or resource busy\n\n"
)
NEEDED = (
    "container vpn has dependent containers which must be removed before it: e3a812ef0419: "
    "container already exists"
)
DONE = Response(200, b"[]", "4.3.1")
GONE = Response(404, b'{"cause":"no such container","message":"no container with that name"}')


def refusal(message: str, status: int = 500) -> Response:
    cause = message.rsplit(": ", 1)[-1]
    return Response(status, json.dumps({"cause": cause, "message": message}).encode(), "4.3.1")


class Podman:
    """A transport to a Podman that gives ``answers`` one after the other, the last one for ever."""

    url = "tcp://elsewhere"

    def __init__(self, *answers: Response) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def request(self, method: str, path: str, body: bytes = b"", **_: Any) -> Response:
        self.asked.append(f"{method} {path.removeprefix('/v4.0.0/libpod').partition('?')[0]}")
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def stream(self, *_: object) -> Any:
        raise NotImplementedError

    def upload(self, *_: object) -> Response:
        raise NotImplementedError

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "PAUSE", 0.0)


def engine(podman: Podman) -> PodmanEngine:
    return PodmanEngine(podman, Program(podman.url))


CALLS: dict[str, Callable[[PodmanEngine], None]] = {
    "POST /containers/app/stop": lambda e: e.stop("app", timeout=1),
    "POST /containers/app/restart": lambda e: e.restart("app", timeout=1),
    "DELETE /containers/app": lambda e: e.remove("app", force=True),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("text", [IMPROPER, BUSY, NEEDED])
def test_what_passes_is_tried_again(call: str, text: str) -> None:
    podman = Podman(refusal(text), refusal(text), DONE)
    CALLS[call](engine(podman))
    assert podman.asked == [call] * 3


@pytest.mark.parametrize("verb", ["start", "init"])
def test_a_member_starts_once_its_pod_does(verb: str) -> None:
    text = "cannot get namespace path unless container infra is running: container is stopped"
    podman = Podman(refusal(text), DONE)
    getattr(engine(podman), verb)("app")
    assert podman.asked == [f"POST /containers/app/{verb}"] * 2
    podman = Podman(refusal(IMPROPER))
    with pytest.raises(EngineError):
        engine(podman).start("app")
    assert len(podman.asked) == 1


def test_what_is_gone_after_a_refusal_is_removed() -> None:
    """Podman has removed the container although it says that a mount was busy."""
    podman = Podman(refusal(BUSY), GONE)
    engine(podman).remove("app", force=True)
    assert len(podman.asked) == 2


def test_a_pod_whose_members_end_by_themselves() -> None:
    done = Response(200, b'{"InfraContainerID": ""}', "4.3.1")
    podman = Podman(Response(409, b'{"Errs":[{}],"Id":"p"}', "4.3.1"), done)
    engine(podman).stop_pod("p")
    assert podman.asked == ["POST /pods/p/stop"] * 2 + ["GET /pods/p/json"]
    podman = Podman(DONE, refusal(BUSY), DONE)
    engine(podman).remove_pod("p")
    assert podman.asked == ["POST /pods/p/kill"] + ["DELETE /pods/p"] * 2


def test_a_refusal_that_does_not_pass_is_an_error_after_a_while() -> None:
    podman = Podman(refusal(NEEDED))
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += 1.0

    with pytest.raises(EngineError, match="dependent containers") as caught:
        insist(
            Libpod(podman),
            "DELETE",
            "/containers/vpn",
            passing=ENDING,
            ok=(404,),
            what="remove vpn",
            clock=lambda: now[0],
            sleep=sleep,
        )
    assert len(podman.asked) == 1 + ENDING.seconds
    assert "share its namespaces" in (caught.value.hint or "")


def test_another_refusal_is_an_error_at_once() -> None:
    podman = Podman(refusal("no space left on device"))
    with pytest.raises(EngineError, match="no space left"):
        engine(podman).remove("app", force=True)
    assert len(podman.asked) == 1


@pytest.mark.parametrize("status", [500, 409])
def test_no_signal_reaches_what_has_just_ended(status: int) -> None:
    text = "can only kill running containers. app is in state exited: container state improper"
    engine(Podman(refusal(text, status))).kill("app")
    with pytest.raises(EngineError, match="invalid signal"):
        engine(Podman(refusal("invalid signal: NONSENSE"))).kill("app", "NONSENSE")
