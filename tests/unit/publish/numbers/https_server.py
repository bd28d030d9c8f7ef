"""Attempts to send bins to a server of a test's own over HTTPS."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from passerby.domain.publish_plan import HttpsServer
from passerby.domain.service import TlsFiles
from passerby.publish.numbers.channel import CounterBin
from passerby.publish.numbers.https import Form, HttpsChannel
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.posting import Limits
from testing.servers.webhook_receiver import Answer, Receiver, receiving
from testing.web.authority import Authority

HOST = "server.example"
NOW_NS = 1_793_500_000_000_000_000
QUICK = Limits(connect_s=1.0, answer_s=0.3, total_s=2.0)


class Https:
    """A server's certificate, and what is sent to it.

    Args:
        folder: for its files.
    """

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.files = self.authority.certificate(HOST)

    def send(
        self,
        make: Callable[[HttpsServer], Form],
        bins: Sequence[CounterBin],
        *answers: Answer,
        served: TlsFiles | None = None,
        addresses: Sequence[str] = ("127.0.0.1",),
        **server: Any,
    ) -> tuple[Receiver, DeliveryError | None]:
        """Sends bins once to a server that answers so; returns it, and how it failed."""

        async def resolve(host: str, port: int) -> Sequence[str]:
            assert host == HOST
            return addresses

        async def run() -> tuple[Receiver, DeliveryError | None]:
            async with receiving(served or self.files, answers) as receiver:
                keys = {"secret": "t0ken", "inside": True, "ca_file": str(self.authority.file), **server}
                reached = HttpsServer(f"https://{HOST}:{receiver.port}", **keys)
                channel = HttpsChannel(
                    "server", reached, make(reached), clock=lambda: NOW_NS, resolve=resolve, limits=QUICK
                )
                assert not await channel.open([])
                try:
                    await channel.send(bins)
                except DeliveryError as fault:
                    return receiver, fault
                finally:
                    await channel.end([])
                    await channel.close()
                return receiver, None

        return asyncio.run(run())
