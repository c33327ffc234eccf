"""How long planning takes, in this process, without an engine."""

from __future__ import annotations

import gc
import time

from composer.plan.intent import Up
from composer.plan.up import plan_up
from composer.spec.model import Dependency, Project, Service
from composer.state import State


def seconds(count: int) -> float:
    """Seconds to plan ``up`` of ``count`` services with three dependencies each."""
    services = {}
    for number in range(count):
        name = f"s{number:05}"
        needs = {f"s{other:05}": Dependency() for other in range(max(0, number - 3), number)}
        services[name] = Service(name=name, image="busybox", depends_on=needs, config_hash=name)
    project = Project(name="p", working_dir="/", services=services)
    gc.collect()
    begun = time.perf_counter()
    plan = plan_up(project, State(project="p"), Up())
    taken = time.perf_counter() - begun
    assert len(plan) == 3 * count - 1
    return taken
