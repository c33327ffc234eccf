"""Engines behind TCP, and services that composer starts by itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from composer.engine.autostart import ensure_service
from composer.engine.connect import connect
from composer.engine.podman_engine import PodmanEngine
from composer.engine.unix import listening
from composer.spec.model import FileObject, FileReference, Project
from tests.integration.conftest import Workbench, service, wait_until
from tests.scenarios.steps import free_port
from tests.testbed import Testbed

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def remote(engine: Testbed) -> Iterator[PodmanEngine]:
    """The same store behind a TCP port of the loopback."""
    port = free_port()
    url = f"tcp://127.0.0.1:{port}"
    environ = engine.environ()
    del environ["CONTAINER_HOST"]
    command = ["podman", *engine.store_options, "system", "service", "--time=0", url]
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as server:
        try:
            wait_until(lambda: _answers(port))
            connected = connect({**environ, "CONTAINER_HOST": url})
            yield connected
            connected.close()
        finally:
            server.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class TestTcp:
    @pytest.fixture
    def far(self, remote: PodmanEngine, engine: Testbed) -> Iterator[Workbench]:
        made = Workbench(remote, engine)
        yield made
        engine.remove_project(made.name)

    def test_a_life_of_a_container(self, far: Workbench) -> None:
        project = far.project(
            service(
                "a",
                "n",
                command=("sh", "-c", "cat /run/secrets/s; exec sleep 300"),
                secrets=(FileReference(source="s"),),
            ),
            networks={"n": False},
            secrets={"s": FileObject(key="s", name="s", content="a secret\n")},
        )
        container = far.up(project, "a")
        (seen,) = far.engine.observe(far.name).containers
        assert (seen.id, seen.status) == (container, "running")
        assert far.engine.probe(container, ["true"])
        assert not far.engine.probe(container, ["false"])
        lines = wait_until(lambda: [x for b in far.engine.logs(container) for x in b])
        assert [line.text for line in lines] == [b"a secret"]
        far.engine.stop(container, timeout=0)
        assert far.engine.wait_exit(container, lambda: False) is not None
        far.engine.remove(container)

    def test_silent_streams_can_be_left(self, far: Workbench) -> None:
        project = far.project(service("a", network_mode="none", networks={}))
        container = far.up(project, "a")
        stop = _after(3)
        assert list(far.engine.logs(container, follow=True, stop=stop)) == []
        assert list(far.engine.events(far.name, _after(3))) == []
        assert far.engine.wait_exit(container, _after(3)) is None

    def test_capabilities(self, far: Workbench) -> None:
        known = far.engine.capabilities()
        assert known.version
        assert known.rootless is far.testbed.rootless


def _after(count: int) -> Callable[[], bool]:
    """A ``stop`` that says so when it was asked ``count`` times."""
    asked = iter(range(count))
    return lambda: next(asked, None) is None


class TestAutostart:
    @pytest.fixture
    def folder(self) -> Iterator[Path]:
        """A folder with a short name: Podman takes no longer ones."""
        with tempfile.TemporaryDirectory(prefix="ct-") as made:
            yield Path(made)

    @pytest.fixture
    def environ(self, engine: Testbed, folder: Path) -> Iterator[dict[str, str]]:
        """No socket anywhere, and a store of its own."""
        environ = engine.environ()
        del environ["CONTAINER_HOST"]
        options = " ".join(engine.options_for(folder))
        environ |= {"XDG_RUNTIME_DIR": str(folder), "COMPOSER_PODMAN_ARGS": options}
        yield environ
        for process in _services(str(folder)):
            os.kill(process, signal.SIGTERM)
        wait_until(lambda: not _services(str(folder)))
        subprocess.run(["umount", "-q", str(folder / "root/overlay")], check=False)

    def test_a_service_is_started_and_shared(self, environ: dict[str, str], folder: Path) -> None:
        first, second = connect(environ), connect(environ)
        assert first.url == second.url
        assert "podman" in first.observe("x").networks
        assert len(_services(str(folder))) == 1
        private = Path(first.url.removeprefix("unix://")).parent
        assert private.stat().st_mode & 0o777 == 0o700
        first.close()
        second.close()

    def test_those_that_need_one_at_once_get_the_same(
        self, environ: dict[str, str], folder: Path
    ) -> None:
        found: list[str] = []
        arguments = environ["COMPOSER_PODMAN_ARGS"].split()
        threads = [
            threading.Thread(target=lambda: found.append(ensure_service(environ, arguments)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4
        assert len(set(found)) == 1
        assert len(_services(str(folder))) == 1

    def test_it_ends_when_idle_and_comes_back(self, environ: dict[str, str]) -> None:
        arguments = environ["COMPOSER_PODMAN_ARGS"].split()
        path = ensure_service(environ, arguments, idle_seconds=1)
        engine = connect(environ)
        assert engine.url == f"unix://{path}"
        # Asking whether it listens would keep it alive.
        wait_until(lambda: not _services(path), 30)
        assert not listening(path)
        assert engine.observe("x").containers == ()
        engine.close()

    def test_a_service_that_cannot_start_says_why(self, environ: dict[str, str]) -> None:
        from composer.errors import EngineError

        environ["COMPOSER_PODMAN_ARGS"] += " --no-such-flag"
        with pytest.raises(EngineError, match="no-such-flag") as caught:
            connect(environ)
        assert "system service" in (caught.value.hint or "")


def _services(word: str) -> list[int]:
    """Process ids of Podman services whose command line has ``word``.

    Without rights each is two processes, of which the first is told.
    """
    found: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                line = (entry / "cmdline").read_bytes().decode(errors="replace")
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            if "system\0service" in line and word in line:
                found[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    return [process for process, parent in found.items() if parent not in found]


def test_a_build(bench: Workbench, tmp_path: Path) -> None:
    from composer.spec.model import Build, BuildSecret, Service

    (tmp_path / "Dockerfile").write_text(
        "FROM docker.io/library/busybox:latest AS one\n"
        "ARG WORD\n"
        "RUN --mount=type=secret,id=key cp /run/secrets/key /got && echo $WORD > /word\n"
        'CMD ["cat", "/got", "/word"]\n'
        "FROM one AS two\n"
        "RUN false\n"
    )
    image = f"{bench.name}-app"
    build = Build(
        context=str(tmp_path),
        target="one",
        args={"WORD": "hello"},
        secrets=(BuildSecret(source="key"),),
    )
    project = Project(
        name=bench.name,
        working_dir=str(tmp_path),
        services={"app": Service(name="app", build=build, network_mode="none")},
        secrets={"key": FileObject(key="key", name="k", content="a key\n")},
    )
    lines: list[str] = []
    identity = bench.engine.build(
        project, "app", image=image, progress=lambda text, **_: lines.append(text)
    )
    seen = bench.engine.observe(bench.name)
    assert seen.image_id(image) == identity
    assert any("STEP" in line for line in lines)
    container = bench.up(project, "app")
    bench.engine.wait_exit(container, lambda: False)
    output = [line.text for batch in bench.engine.logs(container) for line in batch]
    assert output == [b"a key", b"hello"]
