"""A real MQTT broker (mosquitto) of our own: in a temporary folder, on ports of its own, gone at the end."""

import getpass
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from passerby.domain.service import TlsFiles
from testing.ports import free_ports
from testing.servers.programs import found, own_environment
from testing.waiting import until

USER, PASSWORD = "passerby", "S3cret-of-the-broker"
WATCHER, WATCHER_PASSWORD = "watcher", "An0ther-of-the-broker"
FORBIDDEN = "forbidden"
"""A topic below which `USER` may not publish."""


def missing() -> str | None:
    """Why there can be no broker here, or None."""
    absent = [name for name in ("mosquitto", "mosquitto_passwd") if found(name) is None]
    return f"no {' and no '.join(absent)}: install mosquitto" if absent else None


@dataclass
class Broker:
    """A broker that may be stopped and started.

    Attributes:
        folder: its files.
        port, tls_port: where it listens, on 127.0.0.1.
    """

    folder: Path
    port: int
    tls_port: int
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> None:
        """Starts it; returns when it answers."""
        command = [_program("mosquitto"), "-c", str(self.folder / "mosquitto.conf")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=own_environment()
            )
        until(lambda: _listens(self.port) and _listens(self.tls_port))

    def stop(self) -> None:
        """Ends it, and waits for that."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None

    @contextmanager
    def subscribed(self, topic: str = "#") -> Iterator[list[MQTTMessage]]:
        """What subscribers of a topic get from now on."""
        got: list[MQTTMessage] = []
        ready = threading.Event()
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        client.username_pw_set(WATCHER, WATCHER_PASSWORD)
        client.on_message = lambda _client, _data, message: got.append(message)

        def subscribe(client: Client, *_: Any) -> None:
            client.subscribe(topic, qos=1)

        client.on_connect = subscribe
        client.on_subscribe = lambda *_: ready.set()
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        try:
            assert ready.wait(60)
            yield got
        finally:
            client.disconnect()
            client.loop_stop()


@contextmanager
def broker(folder: Path, files: TlsFiles) -> Iterator[Broker]:
    """A broker that runs.

    Args:
        folder: for its files.
        files: its certificate and key.
    """
    port, tls_port = free_ports(2)
    made = Broker(folder, port, tls_port)
    passwords = folder / "passwords"
    passwords.touch(0o600)
    for user, password in ((USER, PASSWORD), (WATCHER, WATCHER_PASSWORD)):
        subprocess.run(
            [_program("mosquitto_passwd"), "-b", str(passwords), user, password], check=True, env=own_environment()
        )
    allowed = "topic write {0}/#\ntopic write {0}\n"
    topics = "\n".join(allowed.format(topic) for topic in ("city/passerby", "passerby/v1", "homeassistant/device"))
    (folder / "acl").write_text(f"user {USER}\n{topics}\nuser {WATCHER}\ntopic read #\n", encoding="utf-8")
    (folder / "mosquitto.conf").write_text(
        f"user {getpass.getuser()}\nallow_anonymous false\npassword_file {passwords}\nacl_file {folder / 'acl'}\n"
        f"listener {made.port} 127.0.0.1\n"
        f"listener {made.tls_port} 127.0.0.1\ncertfile {files.certificate}\nkeyfile {files.key}\n",
        encoding="utf-8",
    )
    made.start()
    try:
        yield made
    finally:
        made.stop()


def _program(name: str) -> str:
    program = found(name)
    assert program is not None, missing()
    return program


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
