"""The one camera of a recording, live: the place that is learned from it, and drafts that are tried on all of it."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import numpy as np
from PIL import Image

from passerby.domain.draft_trial import Draft, DraftCount, DraftNumbers, DraftState
from passerby.domain.errors import PasserbyError
from passerby.domain.layout import Layout
from passerby.domain.preview import Preview
from passerby.domain.progress import Progress
from passerby.domain.report import CountReport, CountResult
from passerby.engine.live_state import LiveState

Enough = Callable[[Progress], bool]
Count = Callable[[Layout, bool, Enough], CountResult]
"""Counts the recording over a layout, with its picture or without, until that is enough."""

LEARNS_S: Final = 180.0
"""Seconds of the recording from which its place is learned: as long as a service takes."""

TRIES_S: Final = 600.0
"""Seconds of the recording that a draft is tried on: as long as a service tries it."""

TOO_LITTLE: Final = "too little of the place could be learned: people hide it, or the recording is too short"
ENDED: Final = "The recording was counted to its end, or for ten minutes of it."
NOTHING: Final = Layout((), (), (), None)
_TELLS_EVERY_S: Final = 0.5
_QUALITY: Final = 85


class RecordingLive(LiveState):
    """The live state of one camera whose pictures are those of a recording.

    Args:
        camera: the camera's name.
        count: counts the recording.
    """

    def __init__(self, camera: str, count: Count) -> None:
        super().__init__(lambda: [camera])
        self._camera, self._count = camera, count
        self._place: Preview | None = None
        self._why = "the empty place is being learned from the recording"
        self._one_at_a_time = asyncio.Lock()
        self._trial: asyncio.Task[None] | None = None
        self._tried: DraftState | None = None
        self._over = False

    async def learn(self) -> None:
        """Learns the empty place; until then, and where that fails, pictures are masked and say why."""
        try:
            async with self._one_at_a_time:
                counted = await asyncio.to_thread(self._count, NOTHING, True, self._learned_enough)
        except PasserbyError as error:
            self._why = str(error)
            return
        scene = counted.empty_scene
        if scene is None:
            self._why = TOO_LITTLE
            return
        encoded = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(scene.image[:, :, ::-1])).save(encoded, "JPEG", quality=_QUALITY)
        self._place = self._masked(encoded.getvalue(), scene.method, (scene.image.shape[1], scene.image.shape[0]))

    def close(self) -> None:
        """Ends whatever is counted."""
        self._over = True
        if self._trial is not None:
            self._trial.cancel()

    @asynccontextmanager
    async def previews(self, camera: str, *, tally: bool = False) -> AsyncIterator[AsyncIterator[Preview]]:
        """See `Live`: the empty place once it is known; nothing is counted by hand on a recording."""
        if camera != self._camera or tally:
            raise KeyError(camera)
        yield self._pictures()

    async def _pictures(self) -> AsyncIterator[Preview]:
        while True:
            yield self._place or self._masked(b"", "masked", (1, 1))
            await asyncio.sleep(_TELLS_EVERY_S)

    def _masked(self, jpeg: bytes, method: str, size_px: tuple[int, int]) -> Preview:
        boxes, classes = np.empty((0, 4), np.float32), np.empty(0, np.int16)
        picture = np.frombuffer(jpeg, np.uint8)
        why = self._why if method == "masked" else ""
        return Preview(self._camera, 0, size_px, picture, method, why, 1.0, boxes, classes)

    def draft(self, camera: str) -> DraftState | None:
        """See `Live`."""
        return self._tried if camera == self._camera else None

    def try_draft(self, camera: str, draft: Draft, now_ns: int) -> bool:
        """See `Live`: counts it over the recording, in place of the one that is being counted."""
        self.withdraw_draft(camera)
        self._tried = DraftState(draft, now_ns)
        self._trial = asyncio.create_task(self._try(draft))
        return True

    def withdraw_draft(self, camera: str) -> None:
        """See `Live`."""
        del camera
        if self._trial is not None and not self._trial.done():
            self._trial.cancel()
            if self._tried is not None:
                self._tried = replace(self._tried, ended="It was withdrawn.")

    async def _try(self, draft: Draft) -> None:
        wanted = True

        def enough(step: Progress) -> bool:
            return not wanted or self._over or step.done_s >= TRIES_S

        try:
            async with self._one_at_a_time:
                counted = await asyncio.to_thread(self._count, draft.layout, False, enough)
        except PasserbyError as error:
            self._end(draft, None, str(error))
        except asyncio.CancelledError:
            wanted = False  # its thread ends with the next step
            raise
        else:
            self._end(draft, numbers_of(draft, counted.report), ENDED)

    def _end(self, draft: Draft, numbers: DraftNumbers | None, why: str) -> None:
        tried = self._tried
        if tried is not None and tried.draft.draft_id == draft.draft_id:
            self._tried = replace(tried, numbers=numbers, ended=why)

    def _learned_enough(self, step: Progress) -> bool:
        share = min(1.0, step.done_s / max(1.0, min(step.duration_s, LEARNS_S)))
        self._why = f"the empty place is being learned from the recording, {share:.0%} is done"
        return self._over or step.done_s >= LEARNS_S


def numbers_of(draft: Draft, report: CountReport) -> DraftNumbers:
    """Returns what has come of a draft over a whole recording; who is in a zone at its end says nothing."""
    counts = tuple(
        DraftCount(total.line.name, road_user, direction, count)
        for total in report.lines
        for road_user, ways in total.counts.items()
        for direction, count in ways.items()
        if count
    )
    return DraftNumbers(draft.draft_id, draft.until_ns, report.coverage, True, counts)
