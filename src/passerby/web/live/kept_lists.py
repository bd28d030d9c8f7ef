"""Lists of all cameras as they are sent: thousands of rows that are written once for all who ask, whole or in pages."""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import islice
from operator import is_
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from passerby.web.problems import bad_value

ROWS_AT_ONCE: Final = 250
"""Some 10 ms of rows."""

AGAIN_S: Final = 1.5
"""A list of more rows than that is written no sooner again, as the page of all cameras is."""

OLD_S: Final = 10.0
"""What was written so long ago is shown to nobody."""

MAX_KEPT: Final = 4
"""A city's list takes some 5 MB; people of one role see the same."""

UNCHANGED: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "It is as `If-None-Match` names it."}}


class KeptRows:
    """Rows as JSON, each written anew only when what it is made of is not the same object any more.

    Lists of a city's cameras are asked for again and again, and little of them changes in between.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[object, ...], str]] = {}

    def row(self, name: str, made_of: tuple[object, ...], write: Callable[[], str]) -> str:
        """Returns a row.

        Args:
            name: its name.
            made_of: what it is made of; none of it may change within itself.
            write: writes it.
        """
        known = self._kept.get(name)
        if known is None or not all(map(is_, known[0], made_of)):
            known = self._kept[name] = (made_of, write())
        return known[1]

    def trim(self, limit: int) -> None:
        """Forgets all rows where more than that many are kept: some of them are of cameras that there are no more."""
        if len(self._kept) > limit:
            self._kept.clear()


@dataclass(frozen=True, slots=True)
class WrittenList:
    """A list as it is sent.

    Attributes:
        content: JSON, UTF-8.
        tag: names it in `ETag`.
        written_s: when it was written, by the event loop's clock.
    """

    content: bytes
    tag: str
    written_s: float


class KeptLists:
    """What all cameras are sent as; of more than 250 it is written at most every 1.5 s, for all who may see the same.

    While it is written anew, everybody gets what was written last, if that is no older than 10 s.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, WrittenList] = OrderedDict()
        self._turn = asyncio.Lock()
        self._soon: dict[Hashable, asyncio.Task[WrittenList]] = {}

    async def whole(self, key: Hashable, count: int, made: Callable[[], Awaitable[bytes]]) -> WrittenList:
        """Returns a list.

        Args:
            key: what it is of; another one when other rows are to be seen.
            count: how many rows it has at the most.
            made: writes it.
        """
        kept = self._kept.get(key)
        age_s = None if kept is None else asyncio.get_running_loop().time() - kept.written_s
        if kept is None or age_s is None or count <= ROWS_AT_ONCE or age_s >= OLD_S:
            return await self._written(key, kept, made)
        if age_s >= AGAIN_S and key not in self._soon:
            task = self._soon[key] = asyncio.create_task(self._written(key, kept, made))
            task.add_done_callback(partial(self._done, key))
        self._kept.move_to_end(key)
        return kept

    async def _written(
        self, key: Hashable, before: WrittenList | None, made: Callable[[], Awaitable[bytes]]
    ) -> WrittenList:
        async with self._turn:  # many may want it at once; one writes it
            kept = self._kept.get(key)
            if kept is None or kept is before:
                content = await made()
                kept = self._kept[key] = WrittenList(content, _tag(content), asyncio.get_running_loop().time())
            self._kept.move_to_end(key)
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
            return kept

    def _done(self, key: Hashable, task: "asyncio.Task[WrittenList]") -> None:
        del self._soon[key]
        if not task.cancelled():
            task.exception()  # who asks once the list is old gets it


def page_of(names: Sequence[str], limit: int | None, after: str | None) -> tuple[Sequence[str], str | None]:
    """Returns the names of one page, and what is to be passed back for the next one; None when there is none.

    Args:
        names: of all rows, in order.
        limit: most rows of the page; None for all that are left.
        after: the last name of the page before; None for the first page.

    Raises:
        ProblemError: there is no such name, or none any more.
    """
    start = 0
    if after is not None:
        if after not in names:
            raise bad_value("query.after", "`after` of the page before; no camera has that name any more", after)
        start = names.index(after) + 1
    page = names[start:] if limit is None else names[start : start + limit]
    return page, page[-1] if page and start + len(page) < len(names) else None


async def one_page(request: Request, rows: Iterable[str], after: str | None) -> Response:
    """Returns the answer of one page of a list: `ListOf`."""
    content = await written(rows, after)
    return list_answer(request, content, _tag(content))


def list_answer(request: Request, content: bytes, tag: str) -> Response:
    """Returns a list as an answer; 304 without it where who asks has this one already."""
    headers = {"ETag": tag}
    # Compared weakly, as RFC 9110 (13.1.2) says of If-None-Match.
    asked = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if tag in asked:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


async def written(rows: Iterable[str], after: str | None = None) -> bytes:
    """Writes a list a part at a time, between which others are answered; rows of ours are not held to their model."""
    each, parts = iter(rows), []
    while some := list(islice(each, ROWS_AT_ONCE)):
        parts.append(",".join(some))
        await asyncio.sleep(0)
    return f'{{"rows":[{",".join(parts)}],"after":{json.dumps(after)}}}'.encode()


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:20]}"'
