"""The logs of pods as ``composer.logs`` takes them: one stream for each container.

GET /api/v1/namespaces/NAMESPACE/pods/NAME/log. The API does not tell standard error apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import msgspec

from composer.background import never
from composer.engine.api import ContainerEvent, LogLine
from composer.engine.log_file import between
from composer.engine.log_frames import TimeNormaliser
from composer.engine.log_source import moment, normal_time
from composer.kube.cluster.api import Query
from composer.kube.cluster.belongings import Place
from composer.kube.cluster.failures import ClusterError
from composer.kube.cluster.kinds import POD
from composer.kube.cluster.pods import Member, members_of
from composer.state import PROJECT, SERVICE, Container, Detail

_NOT_YET = ("waiting to start", "PodInitializing", "ContainerCreating")
"""Parts of what the API says of containers that have not run."""
_PAUSE_SECONDS = 0.5
"""Before pods are listed anew: a watch may be ended as soon as it has begun."""


def as_container(member: Member, project: str) -> Container:
    """A container of a pod as ``composer.logs`` knows it: by its label and its service."""
    return Container(
        id=member.id,
        name=member.label,
        status=member.state,
        labels={PROJECT: project, SERVICE: member.name},
    )


class ClusterLogs:
    """A ``composer.logs.source.LogSource``: the containers of the pods in ``place``."""

    def __init__(self, place: Place, project: str) -> None:
        self._place = place
        self._project = project

    def logs(
        self,
        container: str,
        *,
        follow: bool = False,
        since: str | None = None,
        until: str | None = None,
        tail: int | None = None,
        timestamps: bool = False,
        stop: Callable[[], bool] | None = None,
    ) -> Iterator[list[LogLine]]:
        """Batches of whole lines. A container that has not run has none. See ``Engine.logs``."""
        pod, _, name = container.partition("/")
        now = time.time()
        begin, end = moment(since, now), moment(until, now)
        # Servers cut the time to whole seconds: what came before in that second is dropped here.
        timed = timestamps or bool(begin or end)
        goes_on = follow and not (end and end <= normal_time(now))
        query: Query = {
            "container": name,
            "follow": goes_on or None,
            "sinceTime": begin.decode() if begin else None,
            "tailLines": tail,
            "timestamps": timed,
        }
        path = f"{POD.path(self._place.namespace, pod)}/log"
        what = f"read the log of pod {pod}"
        line_of = _timed() if timed else _untimed
        rest = b""

        def over() -> bool:
            late = goes_on and end and end < normal_time(time.time())
            return bool(late) or (stop or never)()

        try:
            for data in self._place.api.stream(path, query, over, what=what):
                *whole, rest = (rest + data).split(b"\n")
                lines = [line_of(text) for text in whole]
                if kept := between(lines, begin or b"", end or b""):
                    yield kept
                if end and lines and lines[-1].time > end:
                    return
        except ClusterError as error:
            if not any(part in error.message for part in _NOT_YET):
                raise
        if rest:
            yield [line_of(rest)]

    def events(self, _project: str, stop: Callable[[], bool], /) -> Iterator[ContainerEvent]:
        """A ``start`` for each container that has started, and again after each restart.

        What has started before is told of at first, and what has ended as well: nobody need have
        seen it run. Lists pods, and watches them from there on.
        """
        told: dict[str, str] = {}
        path = POD.path(self._place.namespace)
        what = f"watch the pods of namespace {self._place.namespace}"
        while not stop():
            listed = self._place.api.get(path, {"labelSelector": self._place.members}, what=what)
            for pod in listed.get("items") or ():
                yield from self._starts(pod, told)
            query: Query = {
                "labelSelector": self._place.members,
                "watch": True,
                "resourceVersion": listed["metadata"]["resourceVersion"],
            }
            rest = b""
            for data in self._place.api.stream(path, query, stop, what=what):
                *whole, rest = (rest + data).split(b"\n")
                for line in filter(None, whole):
                    news = msgspec.json.decode(line)
                    if news["type"] in ("ADDED", "MODIFIED"):
                        yield from self._starts(news["object"], told)
            time.sleep(_PAUSE_SECONDS)

    def _starts(self, pod: dict[str, object], told: dict[str, str]) -> Iterator[ContainerEvent]:
        for member in members_of(pod):
            if member.state != "created" and told.get(member.id) != member.instance:
                told[member.id] = member.instance
                known = as_container(member, self._project)
                yield ContainerEvent("start", member.id, member.label, known.labels, time.time())

    def inspect(self, container: str) -> Detail:
        """The container's state. Raises ``ClusterError`` 404 when its pod is gone."""
        pod, _, name = container.partition("/")
        found = self._place.api.get(POD.path(self._place.namespace, pod), what=f"look at pod {pod}")
        for member in members_of(found):
            if member.name == name:
                return Detail(
                    id=container,
                    name=member.label,
                    status=member.state,
                    exit_code=member.exit_code,
                    restart_policy=member.policy,
                )
        raise ClusterError(f"pod {pod} has no container {name}", status=404)


def _untimed(text: bytes) -> LogLine:
    return LogLine("stdout", text)


def _timed() -> Callable[[bytes], LogLine]:
    """What reads lines that begin with their time."""
    time_of = TimeNormaliser()

    def line(text: bytes) -> LogLine:
        begin, _, said = text.partition(b" ")
        return LogLine("stdout", said, time_of(begin))

    return line
