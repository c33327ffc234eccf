"""Which unit waits for which, when units start again, and what runs beside their containers."""

from __future__ import annotations

from typing import Any

import pytest

from composer.errors import ComposerError
from composer.spec.model import (
    Dependency,
    Deploy,
    Healthcheck,
    Hook,
    Nanoseconds,
    Port,
    RestartPolicy,
)
from composer.systemd.units import Machine
from tests.unit.projects import service
from tests.unit.systemd.made import NEW, OLD, said, text, units

SECOND = 1_000_000_000
CHECK = Healthcheck(
    test=("CMD", "ready", "now"),
    interval=Nanoseconds(2 * SECOND),
    retries=5,
    timeout=Nanoseconds(SECOND),
)


def test_a_service_starts_after_what_it_needs_and_not_without() -> None:
    made = units(service("db"), service("web", ["db"]))
    for key in ("Requires", "After"):
        assert said(made, "p-web-1.container", key) == ["p-db-1.service"]
    assert said(made, "p-db-1.container", "Requires") == []


def test_what_is_not_required_is_only_wanted() -> None:
    made = units(service("db"), service("web", {"db": Dependency(required=False)}))
    assert said(made, "p-web-1.container", "Wants") == ["p-db-1.service"]
    assert said(made, "p-web-1.container", "Requires") == []
    assert said(made, "p-web-1.container", "After") == ["p-db-1.service"]


def test_all_replicas_are_waited_for() -> None:
    made = units(service("app", scale=2), service("web", ["app"]))
    assert said(made, "p-web-1.container", "Requires") == ["p-app@1.service", "p-app@2.service"]


def test_the_target_starts_all_and_stops_all() -> None:
    made = units(service("app", scale=2), service("web"))
    assert sorted(said(made, "p.target", "Wants")) == [
        "p-app@1.service",
        "p-app@2.service",
        "p-web-1.service",
    ]
    assert said(made, "p-app@.container", "PartOf") == ["p.target"]
    assert said(made, "p.target", "WantedBy") == ["multi-user.target"]
    mine = units(service("web"), machine=NEW._replace(user=True))
    assert said(mine, "p.target", "WantedBy") == ["default.target"]


class TestHealth:
    NEEDS: Any = {"db": Dependency(condition="service_healthy")}

    def test_a_new_podman_says_when_a_container_is_healthy(self) -> None:
        made = units(service("db", healthcheck=CHECK), service("web", self.NEEDS))
        assert said(made, "p-db-1.container", "Notify") == ["healthy"]
        assert said(made, "p-db-1.container", "HealthCmd") == ['["ready", "now"]']
        assert said(made, "p-db-1.container", "TimeoutStartSec") == [str(900 + 5 * 3)]

    def test_an_old_one_is_asked(self) -> None:
        made = units(service("db", healthcheck=CHECK), service("web", self.NEEDS), machine=OLD)
        (loop,) = said(made, "p-db-1.service", "ExecStartPost")
        assert "until /usr/bin/podman healthcheck run p-db-1 " in loop
        assert "do /usr/bin/podman container exists p-db-1 || exit 1; sleep 1; done" in loop

    def test_hooks_run_before_the_health_that_they_may_bring_is_waited_for(self) -> None:
        hook = Hook(command=("touch", "/ready"))
        waiting = service("db", healthcheck=CHECK, post_start=(hook,))
        for machine, file in ((NEW, "p-db-1.container"), (OLD, "p-db-1.service")):
            made = units(waiting, service("web", self.NEEDS), machine=machine)
            first, then = said(made, file, "ExecStartPost")
            assert "touch /ready" in first
            assert "healthcheck run" in then
            assert said(made, file, "Notify") == []

    def test_checks_that_end_a_container_come_no_more_often_than_said(self) -> None:
        ended = {"x-podman": {"on_unhealthy": "kill"}}
        made = units(
            service("db", healthcheck=CHECK, extensions=ended),
            service("web", self.NEEDS),
            machine=OLD,
        )
        assert "sleep 2;" in said(made, "p-db-1.service", "ExecStartPost")[0]

    def test_nobody_waits_for_the_health_that_nobody_asked_for(self) -> None:
        made = units(service("db", healthcheck=CHECK), service("web", ["db"]))
        assert said(made, "p-db-1.container", "Notify") == []

    def test_without_a_check_there_is_nothing_to_wait_for(self) -> None:
        made = units(service("db"), service("web", self.NEEDS))
        assert said(made, "p-db-1.container", "Notify") == []


class TestOneShots:
    NEEDS: Any = {"migrate": Dependency(condition="service_completed_successfully")}

    @pytest.mark.parametrize(
        ("machine", "file"), [(NEW, "p-migrate-1.container"), (OLD, "p-migrate-1.service")]
    )
    def test_what_has_to_end_well_is_a_oneshot(self, machine: Machine, file: str) -> None:
        made = units(service("migrate"), service("web", self.NEEDS), machine=machine)
        assert said(made, file, "Type") == ["oneshot"]
        assert said(made, file, "RemainAfterExit") == ["yes"]
        assert said(made, file, "TimeoutStartSec") == []
        assert "-d" not in text(made, file).split()

    def test_it_cannot_start_again_always(self) -> None:
        made = units(service("migrate", restart="always"), service("web", self.NEEDS))
        assert said(made, "p-migrate-1.container", "Restart") == ["on-failure"]
        assert any("services.migrate.restart" in warning for warning in made.warnings)


RESTARTS: list[tuple[dict[str, Any], str, list[str], list[str]]] = [
    ({}, "no", [], []),
    ({"restart": "no"}, "no", [], []),
    ({"restart": "always"}, "always", ["0"], []),
    ({"restart": "unless-stopped"}, "always", ["0"], []),
    ({"restart": "on-failure"}, "on-failure", ["0"], []),
    ({"restart": "on-failure:3"}, "on-failure", ["3600"], ["4"]),
    ({"deploy": Deploy(restart_policy=RestartPolicy(condition="none"))}, "no", [], []),
    (
        {
            "deploy": Deploy(
                restart_policy=RestartPolicy(
                    condition="on-failure", max_attempts=2, window=Nanoseconds(60 * SECOND)
                )
            )
        },
        "on-failure",
        ["60"],
        ["3"],
    ),
]


@pytest.mark.parametrize(("says", "policy", "interval", "burst"), RESTARTS)
def test_restart_policies(
    says: dict[str, Any], policy: str, interval: list[str], burst: list[str]
) -> None:
    for machine, file in ((NEW, "p-web-1.container"), (OLD, "p-web-1.service")):
        made = units(service("web", **says), machine=machine)
        assert said(made, file, "Restart") == [policy]
        assert said(made, file, "StartLimitIntervalSec") == interval
        assert said(made, file, "StartLimitBurst") == burst
        direct = ["direct"] if machine is NEW and policy != "no" else []
        assert said(made, file, "RestartMode") == direct
        assert "--restart" not in text(made, file)


def test_the_pause_between_restarts() -> None:
    policy = RestartPolicy(condition="any", delay=Nanoseconds(5 * SECOND // 2))
    made = units(service("web", deploy=Deploy(restart_policy=policy)))
    assert said(made, "p-web-1.container", "RestartSec") == ["2.5"]


@pytest.mark.parametrize(
    ("stop_signal", "status"), [(None, ["143"]), ("SIGINT", ["130"]), ("SIGKILL", [])]
)
def test_who_ends_by_its_signal_has_not_failed(stop_signal: str | None, status: list[str]) -> None:
    made = units(service("web", stop_signal=stop_signal))
    assert said(made, "p-web-1.container", "SuccessExitStatus") == status


def test_hooks_run_in_the_container() -> None:
    hook = Hook(command=("say", "100%"), user="app", environment={"A": "1"})
    made = units(service("web", post_start=(hook,), pre_stop=(hook,)))
    said_twice = "/usr/bin/podman exec --user app --env A=1 p-web-1 say 100%%"
    assert said(made, "p-web-1.container", "ExecStartPost") == [said_twice]
    assert said(made, "p-web-1.container", "ExecStop") == [f"-{said_twice}"]


def test_who_shares_a_namespace_goes_with_its_owner() -> None:
    made = units(service("vpn", scale=2), service("app", network_mode="service:vpn"))
    assert said(made, "p-app-1.container", "BindsTo") == ["p-vpn@1.service"]
    assert said(made, "p-app-1.container", "Network") == ["container:p-vpn-1"]


class TestTemplates:
    def test_replicas_that_differ_in_their_number_share_one(self) -> None:
        made = units(service("app", scale=3))
        assert [file.name for file in made.files] == ["p.target", "p-app@.container"]
        assert [replica.unit for replica in made.replicas] == [
            f"p-app@{n}.service" for n in (1, 2, 3)
        ]
        assert said(made, "p-app@.container", "ContainerName") == ["p-app-%i"]
        assert "com.docker.compose.container-number=%i" in text(made, "p-app@.container")

    def test_those_with_ports_of_their_own_do_not(self) -> None:
        ports = (Port(target=80, published="8000-8001"),)
        made = units(service("app", scale=2, ports=ports))
        names = [file.name for file in made.files]
        assert names == ["p.target", "p-app-1.container", "p-app-2.container"]
        published = [said(made, name, "PublishPort") for name in names[1:]]
        assert published == [["8000:80"], ["8001:80"]]

    def test_a_range_is_dealt_out_around_ports_of_others(self) -> None:
        ranged = service("app", scale=2, ports=(Port(target=80, published="8000-8002"),))
        made = units(ranged, service("web", ports=(Port(target=80, published="8000"),)))
        published = [said(made, f"p-app-{n}.container", "PublishPort") for n in (1, 2)]
        assert published == [["8001:80"], ["8002:80"]]

    def test_a_range_that_is_too_small_is_an_error(self) -> None:
        with pytest.raises(ComposerError, match=r"services\.app\.ports: no port is left in 8000"):
            units(service("app", scale=3, ports=(Port(target=80, published="8000-8001"),)))
