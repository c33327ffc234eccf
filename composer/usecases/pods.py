"""``pod start`` and the other commands that change pods which exist; and which pods are meant."""

from __future__ import annotations

from collections.abc import Sequence

from composer.errors import ComposerError, NoComposeFile
from composer.plan.intent import Images, Lifecycle, Up
from composer.spec import load
from composer.spec.model import Project
from composer.state import PROJECT, PodState
from composer.usecases import managed
from composer.usecases.context import Context
from composer.usecases.lifecycle import confirmed


def project_pods(ctx: Context, name: str) -> list[PodState]:
    """All pods of project ``name``, in the order of their keys and numbers."""
    found = ctx.engine.pods({"label": [f"{PROJECT}={name}"]})
    return sorted(found, key=lambda pod: (pod.key, pod.number, pod.name))


def chosen_pods(ctx: Context, names: Sequence[str]) -> list[PodState]:
    """The pods that ``names`` mean, all of the project without names. They need no Compose file.

    Raises ``ComposerError`` for a name that no pod has.
    """
    from composer.plan.pod_commands import find_pods, names_of

    pods = project_pods(ctx, ctx.project_name)
    known = {name for pod in pods for name in names_of(pod)}
    return find_pods(pods, names, () if known.issuperset(names) else planned_pods(ctx))


def planned_pods(ctx: Context) -> tuple[str, ...]:
    """The keys of the pods that the file has; none without a file."""
    try:
        return tuple(load(ctx.options()).pods)
    except NoComposeFile:
        return ()


def change_pods(
    ctx: Context, names: Sequence[str], intent: Lifecycle, *, confirm: bool = False
) -> int:
    """Run ``intent`` on the pods that ``names`` mean (all without names). Returns the exit code.

    With ``confirm`` the user is asked before anything is removed.
    """
    project, name = ctx.find_project()
    if intent.action in ("start", "stop", "restart", "rm"):
        managed.refuse(ctx, name)
    with ctx.lock(name):
        state = ctx.observe_soon(name)
        from composer.plan.operations import RemovePod
        from composer.plan.pod_commands import find_pods, plan_pods

        seen = state()
        pods = find_pods(seen.pods, names, tuple(project.pods) if project else ())
        plan = plan_pods(project, seen, pods, intent)
        removed = [o.name for o in plan if isinstance(o, RemovePod)]
        if intent.action == "rm" and not plan:
            ctx.warn("No stopped pods")
            return 0
        if confirm and not ctx.settings.dry_run and not confirmed(removed, "pod rm"):
            return 0
        ctx.run(project or Project(name=name, working_dir=""), plan)
    return 0


def update_pods(
    ctx: Context, names: Sequence[str], *, cpus: float | None, memory: int | None
) -> int:
    """Change the limits of the pods that ``names`` mean. Returns the exit code."""
    project, name = ctx.find_project()
    with ctx.lock(name):
        state = ctx.observe_soon(name)
        from composer.plan.pod_commands import find_pods, plan_update

        pods = find_pods(state().pods, names, tuple(project.pods) if project else ())
        plan = plan_update(pods, cpus=cpus, memory=memory)
        ctx.run(project or Project(name=name, working_dir=""), plan)
    return 0


def create_pods(ctx: Context, names: Sequence[str], images: Images) -> int:
    """Create the pods ``names`` of the file (all without names), with their containers.

    Nothing is started. Returns the exit code.
    """
    from composer.plan.pod_commands import unknown_pod
    from composer.usecases.up import up

    project = load(ctx.options())
    for name in names:
        if name not in project.pods:
            raise unknown_pod(name, (), tuple(project.pods))
    chosen = names or tuple(project.pods)
    if not chosen:
        raise ComposerError(
            "this project has no pods",
            hint="Put services into one with `x-podman: {pod: NAME}`.",
        )
    members = tuple(member for name in chosen for member in project.pods[name].members)
    return up(ctx, images, Up(services=members, start=False, ignore_orphans=True))
