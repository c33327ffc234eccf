"""The scheduler: order, parallelism, failures, interruption. The engine is a recording fake."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import msgspec
import pytest

from composer.errors import ComposerError, EngineError, Interrupted, OperationsFailed
from composer.plan import operations as op
from composer.plan.down import plan_down
from composer.plan.intent import Down
from composer.plan.plan import Plan
from composer.scheduler import Scheduler, execute
from composer.scheduler.events import Event, Failed, Finished, Planned, Skipped, Started, Warned
from composer.scheduler.execute import Executor
from composer.spec.model import Build, Dependency, Project
from tests.fake_engine import Behaviour, FakeEngine
from tests.unit.projects import planned, project, service, state

LIMIT = 10.0


class Run:
    """A plan run on a fake engine, with the events that it gave."""

    def __init__(
        self, p: Project, plan: Plan, engine: FakeEngine, parallel: int | None = 4
    ) -> None:
        self.events: list[Event] = []
        self.stopped = threading.Event()
        self.scheduler = Scheduler(
            engine, p, self.events.append, parallel=parallel, stopped=self.stopped
        )
        self._plan = plan

    def run(self) -> None:
        self.scheduler.run(self._plan)

    def of(self, kind: type[Event]) -> list[str]:
        return [e.subject for e in self.events if isinstance(e, kind)]  # type: ignore[attr-defined]


def up(p: Project, engine: FakeEngine, parallel: int = 4, **intent: object) -> Run:
    return Run(p, planned(p, state(), **intent), engine, parallel)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(images=["busybox"])


def test_dependencies_start_first(engine: FakeEngine) -> None:
    p = project(
        service("web", ["app"]), service("app", ["db", "redis"]), service("db"), service("redis")
    )
    up(p, engine).run()
    started = engine.subjects("start")
    assert set(started[:2]) == {"p-db-1", "p-redis-1"}
    assert started[2:] == ["p-app-1", "p-web-1"]


def test_what_is_independent_runs_at_the_same_time(engine: FakeEngine) -> None:
    """Both starts have begun before either may end: only parallel work gets past this."""
    both = threading.Barrier(2, timeout=LIMIT)

    def meet(method: str, subject: str) -> None:
        if method == "start":
            both.wait()

    engine.on_call = meet
    up(project(service("a"), service("b")), engine).run()
    assert set(engine.subjects("start")) == {"p-a-1", "p-b-1"}


def test_no_more_than_asked_for_at_once(engine: FakeEngine) -> None:
    up(project(*(service(f"s{n}") for n in range(12))), engine, parallel=3).run()
    assert len(engine.subjects("start")) == 12
    assert engine.most_at_once <= 3


def down(engine: FakeEngine, count: int, parallel: int | None) -> Run:
    """A plan that takes ``count`` running containers away."""
    p = project(*(service(f"s{n}") for n in range(count)))
    up(p, engine).run()
    there = state(*engine.containers())
    return Run(p, plan_down(p, there, Down()), engine, parallel)


def test_containers_end_all_at_once(engine: FakeEngine) -> None:
    """Thirty ends have begun before any may end: each may take its whole grace period."""
    run = down(engine, 30, parallel=None)
    all_of_them = threading.Barrier(30, timeout=LIMIT)

    def meet(method: str, subject: str) -> None:
        if method == "remove":
            all_of_them.wait()

    engine.on_call = meet
    run.run()
    assert len(engine.subjects("remove")) == 30


def test_a_limit_counts_for_ends_too(engine: FakeEngine) -> None:
    run = down(engine, 12, parallel=3)
    engine.most_at_once = 0
    run.run()
    assert len(engine.subjects("remove")) == 12
    assert engine.most_at_once <= 3


def test_what_the_longest_chain_waits_for_goes_first(engine: FakeEngine) -> None:
    """With one worker, the chain is under way before services that nobody needs are made."""
    p = project(service("z"), service("c", ["b"]), service("b", ["a"]), service("a"))
    up(p, engine, parallel=1).run()
    made = engine.subjects("create_container")
    assert made[0] == "p-a-1"
    calls = engine.calls
    assert calls.index(("start", "p-a-1")) < calls.index(("create_container", "p-z-1"))


def test_a_wait_takes_no_slot(engine: FakeEngine) -> None:
    """With one slot, ``slow`` turns healthy only after ``other`` has started."""
    engine.behaviours["slow"] = Behaviour(healthy_after=1)
    engine.probe_results["p-slow-1"] = [False]

    def note(method: str, subject: str) -> None:
        if (method, subject) == ("start", "p-other-1"):
            engine.probe_results["p-slow-1"] = [True]

    engine.on_call = note
    healthy = Dependency(condition="service_healthy")
    p = project(service("app", {"slow": healthy}), service("slow"), service("other", ["slow"]))
    up(p, engine, parallel=1).run()
    assert engine.subjects("start")[-1] == "p-app-1"


def test_a_failure_skips_what_needs_it_and_nothing_else(engine: FakeEngine) -> None:
    engine.fail("start", "p-db-1", EngineError("no space left", status=500))
    p = project(service("web", ["app"]), service("app", ["db"]), service("db"), service("other"))
    run = up(p, engine)
    with pytest.raises(OperationsFailed) as caught:
        run.run()
    assert [e.message for e in caught.value.failures] == ["no space left"]
    assert engine.subjects("start") == ["p-other-1"]
    assert set(run.of(Skipped)) == {"p-app-1", "p-web-1"}
    assert run.of(Failed) == ["p-db-1"]


def test_what_fails_or_is_skipped_is_told_of_once(engine: FakeEngine) -> None:
    p = project(service("app", ["db"]), service("db"))
    engine.fail("create_container", "p-db-1")
    run = up(p, engine)
    with pytest.raises(OperationsFailed):
        run.run()
    # Neither has its start told of, which is skipped as well.
    assert (run.of(Failed), run.of(Skipped)) == (["p-db-1"], ["p-app-1"])


def test_what_others_have_removed_meanwhile_is_down(engine: FakeEngine) -> None:
    p = project(service("db"))
    up(p, engine).run()
    (db,) = engine.containers()
    plan = plan_down(p, engine.observe("p"), Down())
    gone = EngineError("no such container", status=404)
    engine.fail("stop", db.id, gone)
    Run(p, plan, engine).run()
    assert engine.containers() == []


def test_errors_name_containers_that_plans_know_by_their_ids(engine: FakeEngine) -> None:
    p = project(service("db"))
    up(p, engine).run()
    (db,) = engine.containers()
    refused = f"stop {db.id[:12]}: container {db.id} is odd"
    engine.fail("stop", db.id, EngineError(refused, status=500))
    plan = Plan()
    plan.add(op.StopContainer(id="stop", cause="", container=db.id, name="p-db-1"))
    with pytest.raises(OperationsFailed, match=r"^stop p-db-1: container p-db-1 is odd$"):
        Run(p, plan, engine).run()


def test_all_failures_are_reported_together(engine: FakeEngine) -> None:
    engine.fail("create_container")
    with pytest.raises(OperationsFailed) as caught:
        up(project(service("a"), service("b")), engine).run()
    assert len(caught.value.failures) == 2


def test_an_optional_dependency_may_fail(engine: FakeEngine) -> None:
    engine.fail("start", "p-db-1")
    p = project(service("app", {"db": Dependency(required=False)}), service("db"))
    with pytest.raises(OperationsFailed):
        up(p, engine).run()
    assert engine.subjects("start") == ["p-app-1"]


def test_an_unhealthy_optional_dependency_is_a_warning(engine: FakeEngine) -> None:
    engine.behaviours["db"] = Behaviour(healthy_after=99, exits_with=3)
    optional = Dependency(condition="service_healthy", required=False)
    run = up(project(service("app", {"db": optional}), service("db")), engine)
    run.run()
    assert any("db" in e.text for e in run.events if isinstance(e, Warned))
    assert "p-app-1" in engine.subjects("start")


def test_a_finished_job_lets_its_dependant_start_and_a_failed_one_does_not(
    engine: FakeEngine,
) -> None:
    done = Dependency(condition="service_completed_successfully")
    p = project(service("app", {"job": done}), service("job"))
    engine.behaviours["job"] = Behaviour(exits_with=0, exits_after=2)
    up(p, engine).run()
    assert engine.subjects("start") == ["p-job-1", "p-app-1"]

    second = FakeEngine(images=["busybox"])
    second.behaviours["job"] = Behaviour(exits_with=7, logs=[b"cannot reach the \x1b[31mtable"])
    with pytest.raises(OperationsFailed) as caught:
        up(p, second).run()
    text = str(caught.value)
    assert "exit code 7" in text
    assert "cannot reach the \\x1b[31mtable" in text, "its last output, made harmless"
    assert second.subjects("start") == ["p-job-1"]


def test_a_container_that_dies_at_once_is_reported_with_its_output(engine: FakeEngine) -> None:
    engine.behaviours["app"] = Behaviour(exits_with=1, logs=[b"no such file"])
    run = up(project(service("app"), service("ok")), engine, check_started=True)
    with pytest.raises(OperationsFailed) as caught:
        run.run()
    assert "container p-app-1 exited with code 1" in str(caught.value)
    assert "no such file" in str(caught.value)
    assert "p-ok-1" not in str(caught.value)


@pytest.mark.parametrize(("load", "times"), [(0.1, 1), (4.0, 2), (900.0, 10), (None, 1)])
def test_a_busy_machine_is_given_longer_to_see_an_end(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, load: float | None, times: int
) -> None:
    def loads() -> tuple[float, float, float]:
        if load is None:
            raise OSError("no such figure here")
        return load, 0.0, 0.0

    monkeypatch.setattr(os, "getloadavg", loads)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    stopped = _Pauses()
    executor = Executor(engine, project(service("app")), lambda _: None, stopped, lambda: 7.0)
    executor.run(op.CheckStarted(id="check", cause="", containers=("p-app-1",)))
    assert stopped.pauses == [pytest.approx(execute.SETTLE * times)]


class _Pauses(threading.Event):
    """An event that nobody waits for; ``pauses`` has how long they would have."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout or 0.0)
        return False


def test_an_interruption_finishes_what_runs_and_starts_nothing_new(engine: FakeEngine) -> None:
    p = project(service("app", ["db"]), service("db"))
    run = up(p, engine)

    def interrupt(method: str, subject: str) -> None:
        if (method, subject) == ("start", "p-db-1"):
            run.stopped.set()

    engine.on_call = interrupt
    with pytest.raises(Interrupted):
        run.run()
    assert engine.subjects("start") == ["p-db-1"]


def test_an_interruption_leaves_what_waits_for_a_worker(engine: FakeEngine) -> None:
    run = up(project(service("a"), service("b"), service("c")), engine, parallel=1)
    engine.on_call = lambda method, subject: run.stopped.set()
    with pytest.raises(Interrupted):
        run.run()
    assert len(engine.calls) == 1


def test_an_interruption_gives_up_pulls_builds_and_pushes(engine: FakeEngine) -> None:
    p = project(msgspec.structs.replace(service("app"), build=Build(context="/c")))
    plan = Plan()
    plan.add(op.PullImage(id="pull", cause="", service="app", image="busybox"))
    plan.add(op.BuildImage(id="build", cause="", service="app", image="busybox"))
    plan.add(op.PushImage(id="push", cause="", service="app", image="busybox"))
    run = Run(p, plan, engine)
    together = threading.Barrier(3, action=run.stopped.set)
    engine.on_call = lambda method, subject: (together.wait(LIMIT), None)[1]
    with pytest.raises(Interrupted):
        run.run()
    assert len(engine.attempts) == 3
    assert engine.calls == []


def test_an_interruption_ends_a_wait(engine: FakeEngine) -> None:
    engine.behaviours["db"] = Behaviour(healthy_after=10**9)
    healthy = Dependency(condition="service_healthy")
    run = up(project(service("app", {"db": healthy}), service("db")), engine)
    timer = threading.Timer(0.2, run.stopped.set)
    timer.start()
    with pytest.raises(Interrupted):
        run.run()


def test_events_tell_the_whole_story(engine: FakeEngine) -> None:
    run = up(project(service("app")), engine)
    run.run()
    assert run.events[0] == Planned(1)
    told = [
        (type(e), e.id, getattr(e, "doing", None) or getattr(e, "done", None))
        for e in run.events
        if isinstance(e, Started | Finished)
    ]
    assert told == [
        (Started, "create:p-app-1", "Creating"),
        (Finished, "create:p-app-1", "Created"),
        (Started, "start:p-app-1", "Starting"),
        (Finished, "start:p-app-1", "Started"),
    ]


@pytest.mark.parametrize("method", ["remove_network", "remove_volume"])
def test_what_others_use_stays_with_a_warning(engine: FakeEngine, method: str) -> None:
    engine.fail(method, "n", EngineError("in use", status=409))
    plan = Plan()
    kinds: dict[str, Callable[..., op.Operation]] = {
        "remove_network": op.RemoveNetwork,
        "remove_volume": op.RemoveVolume,
    }
    plan.add(kinds[method](id="x", cause="down", name="n"))
    run = Run(project(), plan, engine)
    run.run()
    assert any("n stays" in e.text for e in run.events if isinstance(e, Warned))
    assert [e.done for e in run.events if isinstance(e, Finished)] == ["Still in use"]


@pytest.mark.parametrize(
    ("method", "operation"),
    [
        ("pull", op.PullImage(id="x", cause="c", service="a", image="i", optional=True)),
        ("push", op.PushImage(id="x", cause="c", service="a", image="i", optional=True)),
    ],
)
def test_an_image_that_may_fail_is_not_said_to_be_done(
    engine: FakeEngine, method: str, operation: op.Operation
) -> None:
    plan = Plan()
    plan.add(operation)
    engine.fail(method)
    run = Run(project(service("a")), plan, engine)
    run.run()
    (warned,) = (e for e in run.events if isinstance(e, Warned))
    assert "goes on without" in warned.text
    assert [e.done for e in run.events if isinstance(e, Finished)] == ["Skipped"]


def test_an_error_of_our_own_is_not_swallowed(engine: FakeEngine) -> None:
    def broken(method: str, subject: str) -> None:
        raise ZeroDivisionError

    engine.on_call = broken
    with pytest.raises(ZeroDivisionError):
        up(project(service("a")), engine).run()


def test_a_failed_image_says_so() -> None:
    engine = FakeEngine()
    engine.fail("pull", "nothing:1", EngineError("image nothing:1 was not found", status=404))
    plan = Plan()
    plan.add(op.PullImage(id="pull", cause="missing", service="a", image="nothing:1"))
    with pytest.raises(ComposerError, match="nothing:1 was not found"):
        Run(project(), plan, engine).run()
