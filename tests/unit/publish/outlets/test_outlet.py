"""What waits for servers waits in threads of its own."""

import asyncio
import threading

from passerby.publish.outlets.outlet import in_thread
from testing.waiting import WITHIN_S


def test_servers_that_hang_take_no_thread_of_the_pages() -> None:
    end = threading.Event()

    async def run() -> int:
        hung = [asyncio.create_task(in_thread(end.wait, WITHIN_S)) for _ in range(40)]  # more than there are threads
        await asyncio.sleep(0)
        try:
            return await asyncio.wait_for(asyncio.to_thread(threading.active_count), WITHIN_S / 2)
        finally:
            end.set()
            assert all(await asyncio.gather(*hung))

    assert asyncio.run(run()) < 40
