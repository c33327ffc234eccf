"""Loads a project: the canonical mapping that ``config`` prints, and what is known about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from composer.errors import ComposerError, Position
from composer.spec.consistency import Model, check_consistency, check_resources
from composer.spec.conventions import DOCKER, Conventions, conventions, unknown_variables
from composer.spec.discovery import Discovery, discover
from composer.spec.environment import FILES_LIMIT, resolve_files
from composer.spec.interpolate import Variables
from composer.spec.lost import longest_key
from composer.spec.naming import name_of
from composer.spec.normalise import (
    RESOURCES,
    agree_on_scale,
    normalise,
    used_resources,
    without_networks,
)
from composer.spec.options import DEFAULTS, Options
from composer.spec.order import in_natural_order
from composer.spec.pipeline import Pipeline
from composer.spec.podman import PREFIX, podman_extensions, says_podman
from composer.spec.profiles import select
from composer.spec.render import in_order, render
from composer.spec.schema import FILE
from composer.spec.tree import Map, Mark, entries
from composer.spec.variables import truth

if TYPE_CHECKING:
    from composer.spec.pods import Pods


class Canonical:
    """A loaded project in the form that ``config`` prints."""

    def __init__(self, name: str, discovery: Discovery, tree: Map, mapping: dict[str, Any]) -> None:
        self.name = name
        self.working_dir = discovery.directory
        self.files = tuple(source.path for source in discovery.files)
        self.env_files = discovery.env_files
        self.environment: Mapping[str, str] = discovery.environment
        self.profiles = discovery.profiles
        self.mapping = mapping
        """Active services and the resources that they use; keys in the order that is printed."""
        self.disabled: dict[str, Any] = {}
        """The services of which no profile is active, in the same form."""
        self.all_resources = False
        """Whether what no service uses is kept."""
        self.conventions: Conventions = DOCKER
        """How its parts are named, and where its services are that do not say."""
        self.pods: Pods | None = None
        """The pods that services are in; None when there are none."""
        self.resources: Mapping[str, Any] = {}
        """All networks and volumes that the files define: pods may use further ones."""
        self.warnings: tuple[str, ...] = ()
        self.env_file_variables: dict[str, frozenset[str]] = {}
        """By service: the variables that only its env files set."""
        self._tree = tree

    def selected(self, names: Iterable[str]) -> dict[str, Any]:
        """``mapping`` with only the services ``names``, those that they depend on, and the
        resources of these; all of it when ``names`` is empty."""
        services = self.mapping["services"]
        wanted: dict[str, None] = {}
        pending = list(names)
        if not pending:
            return self.mapping
        while pending:
            name = pending.pop()
            if name in services and name not in wanted:
                wanted[name] = None
                pending += services[name].get("depends_on", ())
        active = {name: service for name, service in services.items() if name in wanted}
        return _chosen(self.mapping, active, everything=self.all_resources)

    def where(self, path: str) -> Position | None:
        """The place of ``path`` (``services.web.ports[0]``), else of its nearest parent."""
        mark = locate(self._tree, path)
        return Position(*mark) if mark else None

    @property
    def positions(self) -> dict[str, Position]:
        """The place of each path. Worked out when asked for, as only error messages need it."""
        found: dict[str, Position] = {}
        _collect(self._tree, "", found)
        if self.pods is not None:
            _collect(self.pods.tree, f"{PREFIX}.pods", found)
        return found


def _collect(value: Any, path: str, found: dict[str, Position]) -> None:
    if isinstance(value, Map):
        for key, entry in value.items():
            here = f"{path}.{key}" if path else key
            mark = value.marks.get(key)
            if mark is not None:
                found[here] = Position(*mark)
            _collect(entry, here, found)
    elif isinstance(value, list):
        for index, (entry, mark) in enumerate(entries(value)):
            here = f"{path}[{index}]"
            if mark is not None:
                found[here] = Position(*mark)
            _collect(entry, here, found)


def locate(tree: Any, path: str) -> Mark | None:
    """The mark of ``path`` in ``tree``, else of its nearest parent that has one.

    Keys may hold dots: at each mapping the longest key that fits is taken.
    """
    found: Mark | None = None
    rest = path
    while rest:
        if isinstance(tree, list) and rest.startswith("["):
            index, _, rest = rest[1:].partition("]")
            marks = getattr(tree, "marks", ())
            number = int(index)
            if number >= len(tree):
                break
            found = (marks[number] if number < len(marks) else None) or found
            tree = tree[number]
        elif isinstance(tree, Map):
            rest = rest.removeprefix(".")
            key = longest_key(tree, rest)
            if key is None:
                break
            found = tree.marks.get(key) or found
            tree, rest = tree[key], rest[len(key) :]
        else:
            break
    return found


def load_canonical(options: Options = DEFAULTS) -> Canonical:
    """Load the project that ``options`` mean, up to what ``config`` prints.

    Raises ``ComposerError``; ``FileError`` with all the problems of a file where one is at fault.
    """
    try:
        return _load(options)
    except RecursionError:
        raise ComposerError("the files are nested too deeply") from None


def _load(options: Options) -> Canonical:
    discovery = discover(options)
    pipeline = Pipeline(options)
    pipeline.problems.files = tuple(source.shown for source in discovery.files)
    try:
        name = name_of(options, discovery, pipeline.text)
    except ComposerError:  # what is wrong with the files comes first
        pipeline.model(discovery.files, discovery.directory, Variables(discovery.environment))
        pipeline.problems.check()
        raise
    environment = {**discovery.environment, "COMPOSE_PROJECT_NAME": name}
    discovery = discovery._replace(environment=environment)
    variables = Variables(environment)

    def warnings() -> tuple[str, ...]:
        said = (*discovery.warnings, *variables.warnings(), *pipeline.problems.warnings)
        if options.dialect == "podman":
            said = (*said, *unknown_variables(environment))
        return tuple(dict.fromkeys(said))

    try:
        canonical = _canonical(options, discovery, pipeline, variables, name)
    except ComposerError as error:
        error.warnings = warnings()
        raise
    canonical.warnings = warnings()
    return canonical


def _canonical(
    options: Options,
    discovery: Discovery,
    pipeline: Pipeline,
    variables: Variables,
    name: str,
) -> Canonical:
    """The model of the project ``name``, complete and checked. Raises ``ComposerError``."""
    tree = pipeline.model(discovery.files, discovery.directory, variables)
    problems, lost = pipeline.problems, pipeline.lost
    if lost.all:
        problems.check()
    if options.normalize or not options.raw:
        tree["name"] = name
    unattached = without_networks(tree)
    canonical = Canonical(name, discovery, tree, {})
    canonical.conventions = _conventions(options, name, tree, discovery.environment)
    if options.normalize:
        normalise(tree, name, discovery.environment, canonical.conventions)
    resources = {section: tree.get(section) or {} for section in RESOURCES}
    check_resources(resources, problems, lambda path: locate(tree, path), lost)
    if options.raw:
        problems.check()
        canonical.mapping = in_order(tree)
    else:
        try:
            _complete(canonical, tree, options, pipeline, unattached)
        except ComposerError:
            problems.check()  # what is wrong with the files comes first
            raise
    return canonical


def _conventions(
    options: Options, name: str, tree: Map, environment: Mapping[str, str]
) -> Conventions:
    return conventions(
        options.dialect,
        name,
        podman_extensions(tree),
        environment,
        in_pod=options.in_pod,
        pod_args=options.pod_args,
        compatibility=options.compatibility or truth(environment.get("COMPOSE_COMPATIBILITY")),
    )


def _complete(
    canonical: Canonical,
    tree: Map,
    options: Options,
    pipeline: Pipeline,
    unattached: frozenset[str],
) -> None:
    """Choose the active services, read their files, and check that everything fits."""
    problems, lost = pipeline.problems, pipeline.lost
    selection = select(tree.get("services") or {}, canonical.profiles, options.services)
    if options.resolve_environment:
        found = 0
        for name in selection.active:
            service = tree["services"][name]
            resolved = resolve_files(name, service, canonical.environment, problems)
            if resolved.variables:
                canonical.env_file_variables[name] = resolved.variables
            found += resolved.total
            if found > FILES_LIMIT:
                raise ComposerError(f"the env files set more than {FILES_LIMIT} variables")
    if options.consistency:
        agree_on_scale(tree.get("services") or {})
    rendered = render(tree, FILE)
    services = rendered.get("services", {})
    active = {name: services[name] for name in in_natural_order(selection.active)}
    canonical.resources = {key: rendered.get(key, {}) for key in ("networks", "volumes")}
    if pipeline.pods or says_podman(tree) or canonical.conventions.pod:
        from composer.spec.pods import gather, with_common_pod

        written = with_common_pod(pipeline.pods, canonical.conventions, problems)
        pods = gather(tree, written, active, unattached, canonical.conventions.pod)
        canonical.pods = pods.without_profiles(canonical.profiles, options.services)
    if options.consistency:

        def where(path: str) -> Mark | None:
            return locate(tree, path)

        resources = {section: tree.get(section) or {} for section in (*RESOURCES, "models")}
        model = Model(active, frozenset(selection.inactive), resources, lost)
        check_consistency(model, where, problems)
        if canonical.pods is not None:
            from composer.spec.pod_checks import check_pods, check_project_keys

            check_project_keys(tree, where, problems)
            check_pods(canonical.pods, model, where, problems)
    problems.check()
    canonical.all_resources = options.all_resources
    canonical.mapping = _chosen(rendered, active, everything=options.all_resources)
    canonical.disabled = {name: services[name] for name in selection.inactive}


def _chosen(
    rendered: dict[str, Any], active: dict[str, Any], *, everything: bool
) -> dict[str, Any]:
    """What is printed: the active services and the resources that they use, or all of these."""
    used = used_resources(active)
    chosen: dict[str, Any] = {}
    for key, value in {"name": None, "services": None, **rendered}.items():
        if key == "services":
            chosen[key] = active
        elif key in used and not everything:
            kept = {name: value[name] for name in value if name in used[key]}
            if kept:
                chosen[key] = kept
        else:
            chosen[key] = value
    return chosen
