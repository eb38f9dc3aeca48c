"""The embedded Valkey. It carries the doorbell and rate limits: nothing that may not be lost."""

import shutil
import signal
import socket
import subprocess

from config.places import Places
from config.run import binaries, processes
from config.run.errors import RunError

START_SECONDS = 60
STOP_SECONDS = 15


class Valkey:
    """One embedded server on a private socket. The caller holds the set's lock."""

    def __init__(self, found: Places) -> None:
        self.places = found
        self.log = found.data / "valkey.log"
        self.program = binaries.valkey_program()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers. Files it cannot read are put aside: nothing in them matters.

        Raises: RunError when it stops instead, with the end of its log.
        """
        if self._launch():
            return
        aside = self.places.valkey.with_name("valkey.unreadable")
        shutil.rmtree(aside, ignore_errors=True)
        self.places.valkey.rename(aside)
        self.places.valkey.mkdir(mode=0o700)
        if not self._launch():
            raise RunError(
                f"The embedded Valkey did not start; the end of {self.log} says why:\n"
                f"{processes.tail(self.log)}"
            )

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _options(self) -> dict[str, str]:
        return {
            "port": "0",
            "unixsocket": str(self.places.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self.places.valkey),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }

    def _launch(self) -> bool:
        options = [part for key, value in self._options().items() for part in (f"--{key}", value)]
        with processes.open_log(self.log) as log:
            self.process = processes.start(
                [self.program, *options],
                output=log,
                environment={"LC_ALL": "C", "TZ": "UTC"},
                folder=self.places.valkey,
                when_parent_dies=signal.SIGTERM,
            )
        answered = processes.wait_for(
            lambda: self._answers() or not self.is_alive(), seconds=START_SECONDS, pause=0.02
        )
        return answered and self.is_alive()

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as wire:
                wire.settimeout(2)
                wire.connect(str(self.places.valkey_socket))
                wire.sendall(b"PING\r\n")
                return wire.recv(64).startswith(b"+PONG")
        except OSError:
            return False
