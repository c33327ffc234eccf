"""A recording fake of the engine: state in memory, safe in threads, and failing when told to.

Tests of the planner's callers and of the scheduler use it in place of Podman. Every call that
changes something is recorded in ``calls`` as ``(method, subject)``, in the order in which it ended.
"""

from __future__ import annotations

from tests.fake_engine.behaviour import Behaviour
from tests.fake_engine.containers import Containers
from tests.fake_engine.looking import Looking
from tests.fake_engine.pods import Pods
from tests.fake_engine.resources import Resources


class FakeEngine(Looking, Resources, Pods, Containers):
    """Implements ``composer.engine.api.Engine`` without a Podman."""


__all__ = ["Behaviour", "FakeEngine"]
