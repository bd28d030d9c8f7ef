"""Pages that were made: once for a stamp, one at a time, and not too many."""

import asyncio

from passerby.web.edge.kept_pages import MAX_KEPT, KeptPages


def test_a_page_is_made_once_for_a_stamp() -> None:
    pages = KeptPages()
    made: list[int] = []

    async def page() -> bytes:
        made.append(len(made))
        await asyncio.sleep(0)
        return str(len(made)).encode()

    async def asked() -> list[bytes]:
        together = await asyncio.gather(*(pages.page("a", 1, page) for _ in range(5)))
        return [*together, await pages.page("a", 2, page), await pages.page("b", 2, page)]

    assert asyncio.run(asked()) == [b"1"] * 5 + [b"2", b"3"]


def test_only_so_many_are_kept() -> None:
    pages = KeptPages()
    made: list[int] = []

    async def asked() -> None:
        for number in (*range(MAX_KEPT + 1), MAX_KEPT, 0):

            async def page(number: int = number) -> bytes:
                made.append(number)
                return b""

            await pages.page(number, 1, page)

    asyncio.run(asked())
    assert made == [*range(MAX_KEPT + 1), 0]


def test_what_could_not_be_made_is_tried_again() -> None:
    pages = KeptPages()

    async def failing() -> bytes:
        raise OSError

    async def working() -> bytes:
        return b"x"

    async def asked() -> bytes:
        try:
            await pages.page("a", 1, failing)
        except OSError:
            return await pages.page("a", 1, working)
        return b""

    assert asyncio.run(asked()) == b"x"
