"""A camera's process for the tests of what supervises it, without pictures."""

import queue
from collections.abc import Iterator

from passerby.domain.errors import WorkerError
from passerby.messages.sandbox_messages import Message
from passerby.messages.sandbox_orders import Command, Stop
from testing.waiting import WITHIN_S


class ScriptedProcess:
    """Sends what a test puts in, and keeps what it is asked; it stands in for a camera's sandboxed process."""

    pid = 2**22 + 1
    """No process has it: what this test's own takes, which runs many others too, is not held against a camera."""

    def __init__(self) -> None:
        self.to_send: queue.Queue[Message | Exception | None] = queue.Queue()
        self.asked: list[Command] = []

    def messages(self) -> Iterator[Message]:
        while (sent := self.to_send.get(timeout=WITHIN_S)) is not None:
            if isinstance(sent, Exception):
                raise sent
            yield sent

    def with_outside_names(self, text: str) -> str:
        return text.replace("/input/0/", "recordings/")

    def send(self, command: Command) -> None:
        self.asked.append(command)

    def stop(self) -> None:
        self.send(Stop())
        self.to_send.put(None)

    def kill(self) -> None:
        self.to_send.put(WorkerError("it was killed."))
