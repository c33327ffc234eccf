"""What becomes of a network or volume that differs: nobody loses data without having agreed."""

from __future__ import annotations

import io
import os

import msgspec
import pytest

from composer.errors import ComposerError
from composer.plan.intent import Up
from composer.spec.definitions import definition_digests
from composer.spec.model import Mount, Network, Project
from composer.state import DEFINITION, PROJECT, State, packed
from composer.usecases.context import Context, Settings
from composer.usecases.differences import decide
from tests.fake_engine import FakeEngine
from tests.unit.projects import attached, container, project, service, state, volume

APP = service(
    "app",
    networks=attached("back"),
    volumes=(Mount(type="volume", source="data", target="/data"),),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shop(*, internal: bool = False, kind: str = "one") -> Project:
    return project(
        APP,
        networks={"back": Network(key="back", name="p_back", internal=internal)},
        volumes={"data": volume("data", labels={"kind": kind})},
    )


def seen() -> State:
    """``shop`` as it was first made, with its container."""
    before = shop()
    found = state(container(APP), networks=["p_back"], volumes=["p_data"])

    def marked(known: msgspec.Struct, definition: dict[str, str]) -> msgspec.Struct:
        return msgspec.structs.replace(known, labels={PROJECT: "p", DEFINITION: packed(definition)})

    return msgspec.structs.replace(
        found,
        networks={
            n: marked(s, definition_digests(before.networks["back"]))
            for n, s in found.networks.items()
        },
        volumes={
            n: marked(s, definition_digests(before.volumes["data"]))
            for n, s in found.volumes.items()
        },
    )


@pytest.fixture
def ctx() -> Context:
    found = Context(Settings(progress="quiet"), {"PATH": os.environ["PATH"]})
    engine = FakeEngine()
    engine.add_container(container(APP))
    found.__dict__["engine"] = engine
    return found


def decided(ctx: Context, p: Project, *, yes: bool = False, **intent: object) -> Up:
    return decide(ctx, p, ["app"], seen(), Up(**intent), yes=yes)  # type: ignore[arg-type]


def test_what_is_as_it_was_needs_nothing(ctx: Context) -> None:
    assert decided(ctx, shop()) == Up()


def test_a_network_is_made_anew_unless_others_are_on_it(
    ctx: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    assert decided(ctx, shop(internal=True)).anew_networks == ("p_back",)
    stranger = container(
        service("x"), name="stranger", networks=("p_back",), labels={PROJECT: "other"}
    )
    ctx.engine.add_container(stranger)  # type: ignore[attr-defined]
    assert decided(ctx, shop(internal=True)).anew_networks == ()
    warning = capsys.readouterr().err
    assert "network p_back exists, but not as the file says (internal)" in warning
    assert "stranger" in warning


def test_nothing_is_made_anew_when_nothing_is_to_be_recreated(ctx: Context) -> None:
    found = decided(ctx, shop(internal=True, kind="two"), recreate="never")
    assert not found.anew_networks
    assert not found.anew_volumes


def test_a_volume_is_refused_without_a_terminal(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(ComposerError, match=r"volume p_data exists.*\(labels\).*lose its data"):
        decided(ctx, shop(kind="two"))


@pytest.mark.parametrize(("answer", "agreed"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_a_volume_is_asked_about_on_a_terminal(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, answer: str, agreed: bool
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert bool(decided(ctx, shop(kind="two")).anew_volumes) is agreed


def test_yes_agrees_and_names_the_containers(ctx: Context) -> None:
    (user,) = ctx.engine.containers()
    found = decided(ctx, shop(kind="two"), yes=True)
    assert found.anew_volumes == {"p_data": (user.id,)}
    assert found.inherited == {user.id: {}}
