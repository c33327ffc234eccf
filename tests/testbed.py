"""A real Podman of the tests' own: store, networks, socket, and namespaces apart from the user's.

The engine keeps its images between runs in ``.engine/`` of the checkout (``COMPOSER_TEST_ENGINE``
names another folder). While tests run, this process and all that it starts live in network and
mount namespaces of their own: bridges, firewall rules and published ports cannot clash with those
of the user, and nothing that a test does can reach an address outside of the machine.

With ``COMPOSER_TEST_ROOTLESS=1`` the engine belongs to a user without rights (``tests.rootless``),
and so does this process once it has entered the testbed. Its store is in the folder's ``rootless``.

As a program: ``python -m tests.testbed provide`` builds the images, with the machine's network;
``python -m tests.testbed run COMMAND …`` runs a command against the engine, isolated.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, TypeVar

from tests import isolation, machine, rootless
from tests.engine_api import EngineApi, TestbedError

CHECKOUT = Path(__file__).resolve().parent.parent
PROVIDE = CHECKOUT / "samples" / "images" / "provide"
SUBNETS = """\
default_subnet = "10.210.0.0/24"
default_subnet_pools = [{"base" = "10.211.0.0/16", "size" = 24}]
"""

IMAGES = "images.tar"
"""In an engine's folder: what its rootless sibling starts with."""

_FOREIGN = ("COMPOSE_", "COMPOSER_", "PODMAN_", "DOCKER_", "CONTAINER_", "CONTAINERS_", "BUILDAH_")


class _Kind(NamedTuple):
    """How to list (GET) and how to remove a kind of thing that a project has."""

    listing: str
    key: str
    """What it is removed by."""
    removal: tuple[str, ...]


_KINDS = (
    _Kind("/containers/json?all=true", "Id", ("rm", "-f", "-i", "--depend", "-t=0", "--volumes")),
    _Kind("/pods/json", "Id", ("pod", "rm", "-f", "-t=0")),
    _Kind("/networks/json", "name", ("network", "rm", "-f")),
    _Kind("/volumes/json", "Name", ("volume", "rm", "-f")),
    _Kind("/images/json", "Id", ("rmi", "-f")),
)

_T = TypeVar("_T")


def _is_of(thing: Mapping[str, Any], project: str) -> bool:
    """Whether a thing as the engine lists it has the label of ``project``, or that in its name."""
    labels = thing.get("labels") or thing.get("Labels") or {}
    names = [*(thing.get("Names") or ()), *(thing.get("RepoTags") or ())]
    names += [thing.get("Name") or thing.get("name") or ""]
    return labels.get("com.docker.compose.project") == project or any(project in n for n in names)


def wait_until(
    condition: Callable[[], _T], timeout: float = 60.0, *, interval: float = 0.05, what: str = ""
) -> _T:
    """Return the first true value of ``condition``, asked every ``interval`` seconds.

    Raises ``AssertionError`` that says ``what`` when it is not met in ``timeout`` seconds: many,
    since only a fault takes so long, and a machine may be busy with other things.
    """
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            name = what or getattr(condition, "__name__", "condition")
            raise AssertionError(f"not met within {timeout:g} s: {name} (last: {value!r})")
        time.sleep(interval)


def clean_environ() -> dict[str, str]:
    """This process's environment without anything that steers Compose or Podman programs."""
    return {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)}


def store_options(folder: Path, volatile: Path) -> tuple[str, ...]:
    """Options of podman that keep its store below ``folder`` and run-time files in ``volatile``.

    ``volatile`` has to be short: Podman refuses more than 50 characters.
    """
    return (
        f"--root={folder}/root",
        f"--runroot={volatile}/run",
        f"--network-config-dir={folder}/networks",
    )


class Testbed:
    """One private engine in ``folder``. Use it as a context manager.

    Isolated (the way to run tests), the process that enters it moves into namespaces of its own
    and stays there. Otherwise only the mounts are private and the machine's network stays in
    reach, as building images needs.
    """

    __test__ = False

    def __init__(
        self,
        folder: Path | None = None,
        *,
        isolated: bool = True,
        as_user: bool | None = None,
    ) -> None:
        chosen = folder or Path(os.environ.get("COMPOSER_TEST_ENGINE") or CHECKOUT / ".engine")
        self.engine_folder = chosen.resolve()
        self.rootless = rootless.asked_for() if as_user is None else as_user
        self.folder = self.engine_folder / "rootless" if self.rootless else self.engine_folder
        self.isolated = isolated
        self.volatile = rootless.FOLDER if self.rootless else isolation.VOLATILE
        self.socket = str(self.volatile / "podman.sock")
        self.api = EngineApi(self.socket)
        self._process: subprocess.Popen[bytes] | None = None
        self._names: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def log(self) -> Path:
        """Where the engine's own messages go."""
        return self.folder / "engine.log"

    @property
    def programs(self) -> Path | None:
        """Folder of the engine's own Podman (see ``tests.newer_podman``); None: the system's."""
        own = self.engine_folder / "bin"
        return own if (own / "podman").exists() else None

    @staticmethod
    def options_for(folder: Path) -> tuple[str, ...]:
        """Options of podman for a store of its own that is wholly in ``folder`` (a short path)."""
        return store_options(folder, folder)

    @property
    def store_options(self) -> tuple[str, ...]:
        """Options of podman that name the private store, for a service started by others."""
        options = store_options(self.folder, self.volatile)
        return (*options, "--storage-driver=overlay") if self.rootless else options

    def environ(self) -> dict[str, str]:
        """The environment for programs that shall use this engine and nothing else."""
        path = os.environ.get("PATH", os.defpath)
        return clean_environ() | {
            "PATH": f"{self.programs}{os.pathsep}{path}" if self.programs else path,
            "CONTAINER_HOST": f"unix://{self.socket}",
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
            "TERM": "dumb",
        }

    def podman(
        self, *arguments: str, check: bool = True, timeout: float = 120.0
    ) -> subprocess.CompletedProcess[str]:
        """Run the podman program on this engine, through its socket."""
        done = subprocess.run(
            ["podman", "--url", f"unix://{self.socket}", *arguments],
            env=self.environ(),
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if check and done.returncode != 0:
            raise TestbedError(f"podman {' '.join(arguments)}: {done.stderr.strip()}")
        return done

    def _images(self) -> list[str]:
        """The names of all images."""
        return self.podman("images", "--format={{.Repository}}:{{.Tag}}").stdout.split()

    def restart(self) -> None:
        """Kill the engine's service, as a crash would, and start it again."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)  # both processes of a rootless one
        self._process.wait()
        self._start()

    def __enter__(self) -> Testbed:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "lock").open("w")
        wait_until(self._locked, 240, interval=0.5, what=f"end of another run on {self.folder}")
        self._end_strays()
        if missing := [name for name in ("podman", "iptables", "ip") if not shutil.which(name)]:
            raise TestbedError(f"{', '.join(missing)} missing here: run `make setup`")
        isolation.leave_mounts()
        if self.isolated:
            isolation.leave_network(self.folder / "resolv.conf")
        if self.rootless:
            rootless.prepare(self.folder, CHECKOUT)
            rootless.become(self.folder)
        if self.isolated:
            command = [sys.executable, "-m", "tests.nameserver", isolation.NAMESERVER]
            self._names = subprocess.Popen(
                command, cwd=CHECKOUT, stdin=subprocess.PIPE, start_new_session=True
            )
        settings = f"# The engine in {self.folder}.\n"
        settings += machine.containers_conf(self.volatile / "tmp", self.programs) + SUBNETS
        known = self.folder / "containers.conf"
        if known.exists() and known.read_text() != settings:
            # The database holds paths and refuses others, as in a copy. It knows of no image.
            for name in ("root/libpod/bolt_state.db", "root/db.sql"):
                (self.folder / name).unlink(missing_ok=True)
        known.write_text(settings)
        self._start()
        self.clear()
        wanted = (self.engine_folder / IMAGES).with_suffix(".txt")
        if self.rootless and not set(wanted.read_text().split()) <= set(self._images()):
            self.podman("load", "-q", "-i", str(self.engine_folder / IMAGES), timeout=300)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.clear()
        finally:
            self._stop()
        wait_until(self._all_ended, 30, what=f"end of {self.processes()}")
        if self._lock:
            self._lock.close()

    def _locked(self) -> bool:
        assert self._lock is not None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _start(self) -> None:
        Path(self.socket).unlink(missing_ok=True)
        command = ["podman", *self.store_options, "system", "service", "--time=0"]
        environ = self.environ()
        del environ["CONTAINER_HOST"]
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [*command, f"unix://{self.socket}"],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, 30, what=f"an answer of the engine (see {self.log})")

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise TestbedError(f"the engine ended at once:\n{self.log.read_text()[-2000:]}")
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(self.socket) == 0

    def _stop(self) -> None:
        for process in (self._process, self._names):
            if process is None:
                continue
            # A rootless Podman is two processes: the second has entered the user's namespace.
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        Path(self.socket).unlink(missing_ok=True)
        if self.rootless:
            rootless.end_pause()

    def clear(self) -> None:
        """Remove all that runs or is kept, except images and the engine's own network."""
        self._remove(_KINDS[:-1], lambda thing: thing.get("name") != "podman")

    def remove_project(self, name: str) -> None:
        """Remove the containers, pods, networks, volumes and built images of a project."""
        self._remove(_KINDS, lambda thing: _is_of(thing, name))

    def _remove(self, kinds: Sequence[_Kind], chosen: Callable[[Mapping[str, Any]], bool]) -> None:
        for kind in kinds:
            found = {one[kind.key] for one in self.api.get(kind.listing) if chosen(one)}
            if found:
                self.podman(*kind.removal, *sorted(found))

    def _all_ended(self) -> bool:
        """Whether no process is left; ends those that stay when all containers are gone.

        These are the monitors of exec, for five minutes, and the name server and the way out of
        networks without root's rights, if Podman loses sight of them.
        """
        running = self.processes()
        for number, command in running.items():
            if "--exec-process-spec" in command or Path(command.split()[0]).name in _OF_NETWORKS:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
        return not running

    def _end_strays(self) -> None:
        """End what a run that was killed left: it holds the store, and nobody watches it."""
        for number in self.processes():
            os.kill(number, signal.SIGKILL)
        wait_until(lambda: not self.processes(), 10, what="end of a former run's processes")

    def processes(self) -> dict[int, str]:
        """Living processes of this engine: command line by process id.

        Each has got the engine's settings handed down, whatever namespaces it is in.
        """
        mark = f"CONTAINERS_CONF={self.folder}/containers.conf"
        return {number: command for number, command, env in _podman_processes() if mark in env}


_OF_NETWORKS = ("aardvark-dns", "slirp4netns", "pasta", "pasta.avx2")
_PROGRAMS = ("podman", "conmon", "rootlessport", *_OF_NETWORKS)


def _podman_processes() -> Iterator[tuple[int, str, list[str]]]:
    """Process id, command line and environment of the programs of all Podmans of this machine."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if Path(words[0]).name in _PROGRAMS:
                environ = (entry / "environ").read_bytes().decode(errors="replace").split("\0")
                yield int(entry.name), " ".join(words), environ
        except OSError:
            continue


def provide_images(folder: Path | None = None) -> None:
    """Put the images that samples and tests need into the engine, from Debian's packages alone.

    For a rootless engine they are saved to an archive, which it loads when it is first entered.
    """
    with Testbed(folder, isolated=False, as_user=False) as testbed:
        subprocess.run([str(PROVIDE), "--no-pull"], env=testbed.environ(), check=True)
        archive = testbed.engine_folder / IMAGES
        listing = archive.with_suffix(".txt")
        wanted = sorted(name for name in testbed._images() if name.startswith("docker.io/"))
        held = listing.read_text().split() if listing.exists() else []
        if rootless.asked_for() and held != wanted:
            part = archive.with_suffix(".part")
            part.unlink(missing_ok=True)
            testbed.podman("save", "-q", "-m", "-o", str(part), *wanted, timeout=300)
            part.chmod(0o644)
            part.rename(archive)
            listing.write_text("\n".join(wanted))
            listing.chmod(0o644)


def main(arguments: Sequence[str] | None = None) -> int:
    """The program: ``provide`` or ``run COMMAND …``; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.testbed", description=__doc__)
    commands = parser.add_subparsers(dest="action", required=True)
    commands.add_parser("provide", help="build the images that are missing")
    run = commands.add_parser("run", help="run a command against the engine, isolated")
    run.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    if options.action == "provide":
        provide_images()
        return 0
    with Testbed() as testbed:
        return subprocess.run(options.command, env=os.environ | testbed.environ()).returncode


if __name__ == "__main__":
    sys.exit(main())
