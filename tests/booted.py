"""A machine with systemd for tests: Debian 13 and its Podman, booted in a container of the engine.

Its system is made of Debian's packages once, by ``provide``, and kept as a folder; each machine
that is booted from it has a layer of its own above. Inside, systemd is process 1 with control
groups of version 2, and Podman runs as root (on the images of the test engine, which it sees
without a copy) and for the user ``dev`` without rights, who lingers. The checkout and the Python
that runs the tests are mounted where they are on this machine, so that ``composer`` is the
program that is tested.

What is missing there: the controllers of version 2 for memory, processors and processes, where
the host uses them in version 1; limits of containers cannot be tested in it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.testbed import CHECKOUT, Testbed, wait_until

SYSTEM = CHECKOUT / ".engine" / "cache" / "booted"
"""The files of the machine. Every engine of a checkout uses the same."""
SUITE = "trixie"
PACKAGES = (
    *("systemd", "systemd-sysv", "dbus", "dbus-user-session", "libpam-systemd"),
    *("podman", "netavark", "aardvark-dns", "catatonit", "nftables", "passt", "uidmap"),
)
USER = "dev"
IMAGES = "/images"
"""The store of the test engine, which is read by the machine's Podman."""
WORK = Path("/work")
"""A folder of this machine, with what a test brings along."""

_BOOT = """\
#!/bin/sh
# Podman's containers of this kernel have version 1 of control groups, or both; systemd and Podman
# shall find what current machines have. Devices are for users without rights, too.
chmod 666 /dev/net/tun /dev/fuse
mount --make-rshared /
umount -R /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
# A group below the container's is systemd's root: in its own, where systemd hands controllers on,
# no process of `podman exec` could be put.
group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/machine
mkdir "$group"
echo $$ > "$group/cgroup.procs"
umount /sys/fs/cgroup
exec unshare --cgroup /usr/local/sbin/boot-there
"""
_FILES = {
    # The limits of the outer container cannot be raised, and there may be no controller of pids.
    "etc/containers/containers.conf": """\
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
pids_limit = 0
""",
    "etc/containers/storage.conf": f"""\
[storage]
driver = "overlay"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
[storage.options]
additionalimagestores = ["{IMAGES}"]
""",
    # What opens a session of a user: with a runtime folder, and a slice of the user's own.
    "etc/pam.d/login": "@include common-account\n@include common-session\n",
    "usr/local/sbin/boot": _BOOT,
    "usr/local/sbin/boot-there": """\
#!/bin/sh
mount -t cgroup2 cgroup2 /sys/fs/cgroup
exec /sbin/init
""",
}
_LINKS = {
    "etc/systemd/system/sockets.target.wants/podman.socket": (
        "/usr/lib/systemd/system/podman.socket"
    ),
    "etc/systemd/user/sockets.target.wants/podman.socket": "/usr/lib/systemd/user/podman.socket",
    # Nothing here needs a network to come up, and users' units of Podman wait for it.
    "etc/systemd/system/multi-user.target.wants/network-online.target": (
        "/usr/lib/systemd/system/network-online.target"
    ),
    "etc/systemd/system/systemd-modules-load.service": "/dev/null",
    "etc/systemd/system/apt-daily.timer": "/dev/null",
    "etc/systemd/system/apt-daily-upgrade.timer": "/dev/null",
}
_FOLDERS = ("var/log/journal", "var/lib/systemd/linger")
_COMMANDS = ("useradd -m -s /bin/bash dev", "chmod 755 /root /home/dev")
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")


def _recipe() -> str:
    said = (SUITE, PACKAGES, _FILES, _LINKS, _FOLDERS, _COMMANDS, _LEFT_OUT)
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def provide(folder: Path = SYSTEM) -> None:
    """Make the machine's system in ``folder``, if it is not there. Needs root and the network.

    Raises ``CalledProcessError`` and ``RuntimeError``.
    """
    stamp = folder / "recipe"
    if stamp.exists() and stamp.read_text() == _recipe():
        return
    if not shutil.which("mmdebstrap"):
        raise RuntimeError("mmdebstrap is missing here: run `make setup`")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    root = folder / "root"
    options = [f"--dpkgopt=path-exclude={pattern}" for pattern in _LEFT_OUT]
    options += [f"--customize-hook=chroot {root} {command}" for command in _COMMANDS]
    command = ["mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(PACKAGES)}"]
    subprocess.run([*command, *options, SUITE, str(root)], check=True)
    for name in _FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    for name, text in _FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if text.startswith("#!") else 0o644)
    for name, target in _LINKS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
    (root / "var/lib/systemd/linger" / USER).touch()
    stamp.write_text(_recipe())


class Machine:
    """One booted machine. ``folder`` of this one is ``/work`` there, and is kept over boots."""

    def __init__(self, testbed: Testbed, folder: Path, name: str) -> None:
        self.testbed = testbed
        self.folder = folder
        self.name = name

    def boot(self) -> None:
        """Start it for the first time, and wait until it is up."""
        self.folder.chmod(0o755)
        programs = self.folder / "bin"
        programs.mkdir()
        for name in ("composer", "podman-compose"):
            program = programs / name
            program.write_text(_program())
            program.chmod(0o755)
        shared = [f"{path}:{path}:ro" for path in (CHECKOUT, *_python())]
        shared += [f"{self.testbed.folder / 'root'}:{IMAGES}:ro", f"{self.folder}:{WORK}"]
        shared += [f"{programs}:/usr/local/bin:ro", "/var/lib/containers", "/home"]
        self.testbed.podman(
            *("run", "-d", "--name", self.name, "--hostname", "booted", "--privileged"),
            *("--systemd=always", "--stop-signal=SIGRTMIN+3"),
            *(f"--volume={volume}" for volume in shared),
            *("--rootfs", f"{SYSTEM / 'root'}:O", "/usr/local/sbin/boot"),
        )
        self.wait()

    def reboot(self) -> None:
        """Shut it down as a machine is, start it again, and wait until it is up."""
        self.testbed.podman("stop", "-t", "60", self.name)
        self.testbed.podman("start", self.name)
        self.wait()

    def wait(self) -> None:
        """Wait until systemd says that it is up, for the machine and for its user."""
        wait_until(lambda: self._up(), 60, what=f"start of {self.name}")
        wait_until(lambda: self._up("--user", user=USER), 60, what=f"start of {USER}'s systemd")

    def remove(self) -> None:
        """Take it away with all that it has."""
        self.testbed.podman("rm", "-f", "-i", "-t", "0", "--volumes", self.name)

    def _up(self, *options: str, user: str = "root") -> bool:
        words = ("systemctl", *options, "is-system-running")
        done = self.run(*words, user=user, check=False)
        return done.stdout.strip() in ("running", "degraded")

    def run(
        self,
        *words: str,
        user: str = "root",
        cwd: Path | str = "/",
        env: Mapping[str, str] | None = None,
        check: bool = True,
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it as ``user``; with ``check`` one that fails is an assertion's."""
        known = {"HOME": "/root"} if user == "root" else {}
        known |= {"TERM": "dumb", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        flags = [f"--setenv={key}={value}" for key, value in (known | dict(env or {})).items()]
        flags += [] if user == "root" else [f"--uid={user}", "--property=PAMName=login"]
        # A process of `podman exec` would be in no control group that systemd knows.
        done = self.testbed.podman(
            *("exec", self.name, "systemd-run", "--quiet", "--pipe", "--wait", "--collect"),
            "--expand-environment=no",
            *(f"--working-directory={cwd}", *flags, "--", *words),
            check=False,
            timeout=timeout,
        )
        if check:
            said = f"{done.stdout}\n{done.stderr}"
            assert done.returncode == 0, f"{words}: {done.returncode}\n{said}\n{self.journal()}"
        return done

    def fetch(self, port: int, path: str = "/") -> str:
        """A page that the machine serves, asked for from outside; empty if there is none."""
        network = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        address = self.testbed.podman("inspect", "-f", network, self.name).stdout.strip()
        try:
            with urllib.request.urlopen(f"http://{address}:{port}{path}", timeout=10) as answer:
                text: str = answer.read().decode()
                return text
        except OSError:
            return ""

    def there(self, path: Path) -> Path:
        """What something in ``folder`` is called in the machine."""
        return WORK / path.relative_to(self.folder)

    def journal(self) -> str:
        """The last lines of the machine's journal, without the kernel's: for messages."""
        return self.run(
            "journalctl",
            "--no-pager",
            "-n",
            "60",
            "_TRANSPORT=journal",
            "+",
            "_TRANSPORT=stdout",
            check=False,
        ).stdout


def _python() -> list[Path]:
    """What has to be mounted for the Python of these tests to run there."""
    prefix = Path(sys.base_prefix).resolve()
    if prefix != Path("/usr"):
        return [prefix, *_environment()]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [prefix / "bin" / version, prefix / "lib" / version, *_environment()]


def _environment() -> list[Path]:
    """The virtual environment, unless it is in the checkout."""
    prefix = Path(sys.prefix).resolve()
    return [] if prefix.is_relative_to(CHECKOUT) or sys.prefix == sys.base_prefix else [prefix]


def _program() -> str:
    """The script that pip makes, but for an interpreter that is found by its real path."""
    site = [path for path in sys.path if path.endswith("site-packages")]
    return f"""\
#!{Path(sys.executable).resolve()} -P
import sys

sys.path[:0] = {[str(CHECKOUT), *site]}
from composer.cli import main

main()
"""


if __name__ == "__main__":
    provide()
