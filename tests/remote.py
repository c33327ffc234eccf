"""A machine that is reached over ssh: a server of the tests' own, on the loopback.

The server runs in the testbed's namespaces, as the testbed's user and for that user only, with
keys that are made for it. What logs in sees the files of this machine, but composer does not know.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.scenarios.steps import free_port
from tests.testbed import Testbed, wait_until

SERVER = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
"""The program, None where it is not installed."""

_SETTINGS = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
SetEnv PATH={path} CONTAINER_HOST={engine}
"""


@contextmanager
def far_machine(engine: Testbed, folder: Path) -> Iterator[dict[str, str]]:
    """The environment for programs that know the engine through ssh only.

    Keys and settings are written into ``folder``.
    """
    assert SERVER, "there is no ssh server"
    for name in ("host", "key"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    port = free_port()
    environ = engine.environ()
    settings = _SETTINGS.format(
        port=port, folder=folder, path=environ["PATH"], engine=environ["CONTAINER_HOST"]
    )
    (folder / "sshd_config").write_text(settings)
    log = folder / "sshd.log"
    words = [SERVER, "-D", "-f", str(folder / "sshd_config"), "-E", str(log)]
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # it demands this folder of root
    with subprocess.Popen(words, stdin=subprocess.DEVNULL) as server:
        try:
            wait_until(lambda: _answers(port), what=f"an answer of sshd (see {log})")
            yield environ | _client(folder, port, environ["PATH"], engine.socket)
        finally:
            server.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _client(folder: Path, port: int, path: str, engine: str) -> dict[str, str]:
    """Variables with which ``ssh`` knows the server and Podman's programs the engine."""
    programs = folder / "bin"
    programs.mkdir()
    known = folder / "known_hosts"
    host_key = (folder / "host.pub").read_text().strip()
    known.write_text(f"[127.0.0.1]:{port} {host_key}\n")
    real = shutil.which("ssh")
    # ssh looks for its files in the home that the system knows, whatever HOME says.
    command = f"{real} -F none -o UserKnownHostsFile={known} -o BatchMode=yes"
    (programs / "ssh").write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    (programs / "ssh").chmod(0o755)
    return {
        "PATH": f"{programs}{os.pathsep}{path}",
        "CONTAINER_HOST": f"ssh://{getpass.getuser()}@127.0.0.1:{port}{engine}",
        "CONTAINER_SSHKEY": str(folder / "key"),
    }
