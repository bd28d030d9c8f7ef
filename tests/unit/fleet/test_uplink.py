"""Within a node's bandwidth the urgent goes first, however much waits; no message is cut or lost but old previews."""

import asyncio
from typing import Any, cast

import pytest

from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.preview import Preview
from passerby.fleet.uplink import MAX_PIECE_BYTES, Bandwidth, Uplink, Urgency
from passerby.messages.codec import CodecError
from passerby.messages.columns import columns_of
from passerby.messages.hub_messages import TO_HUB, Delivery, NewestHealth, ToHub, WorkerCameras
from testing.waiting import hastened
from tests.unit.engine.hub.test_client_to_server import flow, picture

RATE = 100_000


class Sent:
    """Takes what is written, and when."""

    def __init__(self) -> None:
        self.content = bytearray()

    def write(self, piece: bytes) -> None:
        self.content += piece

    async def drain(self) -> None:
        await asyncio.sleep(0)

    def messages(self) -> list[ToHub]:
        left = bytearray(self.content)
        found = list(TO_HUB.take_whole(left))
        assert not left
        return found


def health(number: int) -> NewestHealth:
    return NewestHealth(CameraHealth("square", number, CameraState.ONLINE, number, "it answers"))


def delivery(number: int, minutes: int) -> Delivery:
    return Delivery(number, columns_of([flow(minute) for minute in range(minutes)]), (), ())


def carried(rate: int, *messages: ToHub) -> tuple[list[ToHub], float, Uplink]:
    """What was sent of messages that all wait at once, after how many seconds, and the uplink."""

    async def play() -> tuple[list[ToHub], float, Uplink]:
        loop = asyncio.get_running_loop()
        reader, sent = asyncio.StreamReader(), Sent()
        for message in messages:
            reader.feed_data(TO_HUB.frame(message))
        reader.feed_eof()
        uplink, begin_s = Uplink(Bandwidth(rate, loop.time)), loop.time()
        await uplink.carry(reader, cast("Any", sent))
        return sent.messages(), loop.time() - begin_s, uplink

    return hastened(play())


def test_live_values_come_before_deliveries_that_waited_before_them_and_previews_last() -> None:
    waiting = [delivery(number, 400) for number in (1, 2, 3)]
    found, _, _ = carried(RATE, waiting[0], picture(1), *waiting[1:], health(5), WorkerCameras("w", ("square",)))
    kinds = [type(message) for message in found]
    assert kinds[-4:] == [Delivery, Delivery, Delivery, Preview]
    assert set(kinds[:2]) == {WorkerCameras, NewestHealth}
    assert [message.number for message in found if isinstance(message, Delivery)] == [1, 2, 3]


def test_no_more_is_sent_than_the_rate_and_nothing_waits_without_one() -> None:
    messages = [delivery(number, 2000) for number in range(8)]
    size = sum(len(TO_HUB.frame(message)) for message in messages)
    found, took_s, _ = carried(RATE, *messages)
    assert len(found) == 8
    assert size / RATE - 1.01 <= took_s <= size / RATE + 0.5
    assert carried(0, *messages)[1] == 0


def test_of_previews_that_wait_the_newest_are_sent() -> None:
    found, _, uplink = carried(RATE, delivery(1, 2000), *(picture(number) for number in range(10)))
    assert len(found) == 1 + 10 - uplink.previews_dropped
    assert uplink.previews_dropped >= 7


def test_a_worker_that_sends_much_does_not_keep_another_s_live_values_waiting() -> None:
    async def play() -> float:
        loop = asyncio.get_running_loop()
        bandwidth = Bandwidth(RATE, loop.time)
        busy, quiet = asyncio.StreamReader(), asyncio.StreamReader()
        for number in range(50):
            busy.feed_data(TO_HUB.frame(delivery(number, 2000)))
        busy.feed_eof()
        carrying = asyncio.create_task(Uplink(bandwidth).carry(busy, cast("Any", Sent())))
        await asyncio.sleep(5)
        begin_s = loop.time()
        quiet.feed_data(TO_HUB.frame(health(1)))
        quiet.feed_eof()
        await Uplink(bandwidth).carry(quiet, cast("Any", Sent()))
        waited_s = loop.time() - begin_s
        assert not carrying.done()
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)
        return waited_s

    assert hastened(play()) <= 2 * MAX_PIECE_BYTES / RATE


def test_a_rate_that_the_hub_changes_holds_from_then_on() -> None:
    async def play() -> float:
        loop = asyncio.get_running_loop()
        bandwidth = Bandwidth(RATE, loop.time)
        bandwidth.bytes_per_s = 10 * RATE
        for _ in range(20):
            await bandwidth.take(RATE, Urgency.LIVE)
        return loop.time()

    assert hastened(play()) == pytest.approx(2, abs=0.2)


def test_what_is_no_message_ends_the_connection() -> None:
    async def play() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(b"GET / HTTP/1.1\r\n\r\n" * 4)
        with pytest.raises(CodecError):
            await Uplink(Bandwidth()).carry(reader, cast("Any", Sent()))

    hastened(play())
