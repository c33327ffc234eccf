"""The API of the test engine, past composer and past the podman program.

It takes no process to look at something. And it is exact: the podman program of a remote engine
loses what a command writes in the moment in which its session begins, now and then.
"""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import time
from contextlib import closing
from http.client import HTTPConnection
from typing import Any


class TestbedError(RuntimeError):
    """The test engine cannot be started, refused something, or something of it was left behind."""

    __test__ = False


class EngineApi:
    """Asks the engine that listens on a Unix socket."""

    def __init__(self, path: str) -> None:
        self._path = path

    def get(self, path: str) -> Any:
        """The answer to GET ``/libpod`` + ``path``. Raises ``TestbedError``."""
        return json.loads(self._call("GET", path))

    def execute(self, container: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a container (``/exec``): its outcome and both of its streams.

        A container that does not run, or is gone, is exit code 125, as from the podman program.
        """
        wanted = {"AttachStdout": True, "AttachStderr": True, "Cmd": words}
        try:
            session = json.loads(self._call("POST", f"/containers/{container}/exec", wanted))["Id"]
            data = self._call("POST", f"/exec/{session}/start", {"Detach": False, "Tty": False})
            code = self._exit_code(session)
        except TestbedError as error:
            return subprocess.CompletedProcess(words, 125, "", str(error))
        output = {1: b"", 2: b""}
        while data:
            stream, length = struct.unpack(">BxxxI", data[:8])
            output[1 if stream == 1 else 2] += data[8 : 8 + length]
            data = data[8 + length :]
        texts = (output[number].decode(errors="replace") for number in (1, 2))
        return subprocess.CompletedProcess(words, code, *texts)

    def _exit_code(self, session: str) -> int:
        """The exit code of a command whose streams have ended: Podman notes it after that."""
        while (known := self.get(f"/exec/{session}/json"))["Running"]:
            time.sleep(0.01)
        return int(known["ExitCode"])

    def _call(self, method: str, path: str, body: Any = None) -> bytes:
        with closing(HTTPConnection("engine", timeout=60)) as connection:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.connect(self._path)
            text = None if body is None else json.dumps(body)
            connection.request(
                method, f"/v4.0.0/libpod{path}", text, {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            data = answer.read()
        if answer.status >= 400:
            said = data.decode(errors="replace")
            raise TestbedError(f"{method} {path}: {answer.status} {said}")
        return data
