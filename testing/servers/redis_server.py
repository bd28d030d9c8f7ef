"""A Redis server of our own: in a temporary folder, on a port of its own, gone at the end."""

import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from testing.ports import free_port
from testing.servers.programs import found, own_environment
from testing.waiting import until


def missing() -> str | None:
    """Why there can be no server here, or None."""
    return None if found("redis-server") else "no redis-server: install redis-server"


@dataclass(frozen=True, slots=True)
class RedisServer:
    """A server that runs.

    Attributes:
        port: where it listens, on 127.0.0.1.
        password: of its only account.
    """

    port: int
    password: str

    def asked(self, *words: str) -> str:
        """Returns the first line of what it says to a command.

        Raises:
            OSError: it does not answer.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as stream, stream.makefile("rb") as answers:
            for command in (("AUTH", self.password), words):
                parts = "".join(f"${len(word)}\r\n{word}\r\n" for word in command)
                stream.sendall(f"*{len(command)}\r\n{parts}".encode())
                answer = answers.readline().decode().strip()
            return answer


@contextmanager
def serving() -> Iterator[RedisServer]:
    """A server that is empty at first."""
    folder = Path(tempfile.mkdtemp(prefix="redis-", dir="/tmp"))
    server = RedisServer(free_port(), secrets.token_hex(16))
    settings = folder / "redis.conf"
    settings.touch(mode=0o600)
    settings.write_text(f"bind 127.0.0.1\nport {server.port}\ndir {folder}\nsave ''\nrequirepass {server.password}\n")
    program = found("redis-server")
    assert program is not None, missing()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, str(settings)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=own_environment()
        )
    try:
        until(lambda: _answers(server))
        yield server
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _answers(server: RedisServer) -> bool:
    with suppress(OSError):
        return server.asked("PING") == "+PONG"
    return False
