"""Lists of thousands of rows: written once for all who ask, whole or in pages."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.web.live.kept_lists import MAX_KEPT, ROWS_AT_ONCE, KeptLists, KeptRows, page_of, written
from passerby.web.problems import ProblemError
from testing.waiting import until_true


class Rows:
    """Rows that say how often they were written."""

    def __init__(self, count: int) -> None:
        self.count, self.written, self.fault = count, 0, False

    async def made(self) -> bytes:
        self.written += 1
        if self.fault:
            raise LookupError("the store does not answer")
        return await written(json.dumps({"number": number, "time": self.written}) for number in range(self.count))


async def asked(lists: KeptLists, rows: Rows, times: int, key: str = "cameras") -> list[str]:
    found = await asyncio.gather(*(lists.whole(key, rows.count, rows.made) for _ in range(times)))
    assert [len(json.loads(each.content)["rows"]) for each in found] == [rows.count] * times
    return [each.tag for each in found]


def test_a_long_list_is_written_once_for_all_who_ask_at_the_same_time() -> None:
    async def trial() -> None:
        lists, rows = KeptLists(), Rows(2 * ROWS_AT_ONCE + 1)
        assert len(set(await asked(lists, rows, 5))) == 1
        assert rows.written == 1
        await asked(lists, rows, 1, "of another role")
        assert rows.written == 2

    asyncio.run(trial())


def test_a_long_list_is_written_anew_while_everybody_gets_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.web.live.kept_lists.AGAIN_S", 0.0)

    async def trial() -> None:
        lists, rows = KeptLists(), Rows(ROWS_AT_ONCE + 1)
        (first,) = await asked(lists, rows, 1)
        assert set(await asked(lists, rows, 3)) == {first}
        await until_true(lambda: rows.written == 2 and not lists._soon)
        assert await asked(lists, rows, 1) != [first]

    asyncio.run(trial())


def test_an_old_list_is_shown_to_nobody_and_a_fault_is_once_it_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.web.live.kept_lists.AGAIN_S", 0.0)

    async def trial() -> None:
        lists, rows = KeptLists(), Rows(ROWS_AT_ONCE + 1)
        (first,) = await asked(lists, rows, 1)
        rows.fault = True
        assert await asked(lists, rows, 1) == [first]
        await until_true(lambda: rows.written == 2 and not lists._soon)
        assert await asked(lists, rows, 1) == [first]
        monkeypatch.setattr("passerby.web.live.kept_lists.OLD_S", 0.0)
        with pytest.raises(LookupError):
            await lists.whole("cameras", rows.count, rows.made)
        rows.fault = False
        assert await asked(lists, rows, 1) != [first]

    asyncio.run(trial())


@pytest.mark.parametrize("count", [0, ROWS_AT_ONCE])
def test_a_short_list_is_of_this_moment(count: int) -> None:
    async def trial() -> None:
        lists, rows = KeptLists(), Rows(count)
        for _ in range(3):
            await asked(lists, rows, 1)
        assert rows.written == 3

    asyncio.run(trial())


def test_few_lists_are_kept() -> None:
    async def trial() -> None:
        lists, rows = KeptLists(), Rows(ROWS_AT_ONCE + 1)
        for number in (*range(MAX_KEPT + 1), 0):
            await asked(lists, rows, 1, str(number))
        assert rows.written == MAX_KEPT + 2

    asyncio.run(trial())


@given(st.lists(st.text("abc", min_size=1, max_size=5), unique=True), st.integers(1, 7))
def test_pages_together_are_the_list(names: list[str], limit: int) -> None:
    found: list[str] = []
    after: str | None = None
    while True:
        page, after = page_of(names, limit, after)
        assert len(page) <= limit
        found += page
        if after is None:
            break
    assert found == names


def test_a_page_after_a_camera_that_is_gone_is_refused() -> None:
    with pytest.raises(ProblemError, match="no camera has that name any more"):
        page_of(["square"], None, "gate")


def test_a_row_is_written_anew_when_what_it_is_made_of_is_another() -> None:
    kept, written = KeptRows(), []

    def write() -> str:
        written.append("")
        return str(len(written))

    first, second = object(), object()
    assert [kept.row("square", (first, None), write) for _ in range(2)] == ["1", "1"]
    assert kept.row("square", (second, None), write) == "2"
    assert kept.row("gate", (second, None), write) == "3"
    kept.trim(2)
    assert kept.row("square", (second, None), write) == "2"
    kept.trim(1)
    assert kept.row("square", (second, None), write) == "4"
