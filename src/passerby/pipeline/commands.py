"""Reads what a sandbox is asked to do, from its standard input: one plan, then commands while it works."""

import os
import select

from passerby.messages.codec import CodecError
from passerby.messages.sandbox_orders import (
    TO_SANDBOX,
    Command,
    Order,
    Plan,
)

READ_BYTES = 1 << 16


class Orders:
    """The orders of one sandbox. Its process ends at once when the worker is gone."""

    def __init__(self, descriptor: int) -> None:
        """Args: descriptor: where the orders are read from."""
        self._descriptor = descriptor
        self._buffer = bytearray()

    def plan(self) -> Plan:
        """Waits for the plan, the first message, and returns it.

        Raises:
            CodecError: what came first is no plan.
        """
        with os.fdopen(self._descriptor, "rb", buffering=0, closefd=False) as source:
            order: Order = TO_SANDBOX.receive(source)
        if not isinstance(order, Plan):
            raise CodecError(f"a plan is needed first, got {type(order).__name__}")
        return order

    def commands(self) -> list[Command]:
        """Returns the commands that have come since the last call; does not wait.

        Raises:
            CodecError: what came is no command.
        """
        while select.select([self._descriptor], [], [], 0)[0]:
            got = os.read(self._descriptor, READ_BYTES)
            if not got:
                os._exit(1)  # the worker is gone: there is no process left to report to
            self._buffer += got
        found: list[Command] = []
        for order in TO_SANDBOX.take_whole(self._buffer):
            if isinstance(order, Plan):
                raise CodecError(f"a command is needed, got {type(order).__name__}")
            found.append(order)
        return found
