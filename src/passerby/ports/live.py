"""The protocol of the live state: what is known of this moment, and the previews."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from passerby.domain.draft_trial import Draft, DraftState
from passerby.domain.event_rules import ProfileSwitch
from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.observations import Observation
from passerby.domain.place_events import PlaceEvent
from passerby.domain.preview import Preview


class Live(Protocol):
    """The live state of the hub; nothing of it is stored."""

    @property
    def change(self) -> int:
        """Number that grows with every change."""
        ...

    async def changed(self, after: int, timeout_s: float) -> int:
        """Waits until `change` is past `after`, or for the time-out; returns `change`."""
        ...

    def health(self) -> tuple[CameraHealth, ...]:
        """Returns the newest report of each camera that has sent one since the start, by name."""
        ...

    def isolations(self) -> dict[str, Isolation]:
        """Returns camera -> how far the process that sees its pixels is isolated."""
        ...

    def open_observations(self, camera: str) -> tuple[Observation, ...]:
        """Returns the values so far of minutes that the store does not hold yet; the same tuple until they change."""
        ...

    def events(self) -> tuple[PlaceEvent, ...]:
        """Returns the events that go on, and those that were closed a short while ago, each as it was reported last."""
        ...

    @property
    def profiles_by_hand(self) -> ProfileSwitch:
        """The profiles that an operator has switched on; `until_ns` may be over."""
        ...

    def switch_profiles(self, by_hand: ProfileSwitch) -> None:
        """Switches profiles on for a while at all cameras, those of workers that come later, too."""
        ...

    def previews(self, camera: str, *, tally: bool = False) -> AbstractAsyncContextManager[AsyncIterator[Preview]]:
        """Returns the camera's pictures while the block lasts; a slow reader misses some.

        Pictures are drawn only while there is a reader.

        Args:
            camera: its name.
            tally: those for a person who counts by hand, at least ten a second where the camera sends as many.

        Raises:
            KeyError: there is no such camera.
        """
        ...

    def draft(self, camera: str) -> DraftState | None:
        """Returns the newest draft of a camera and what has come of it; None where there was none since the start."""
        ...

    def try_draft(self, camera: str, draft: Draft, now_ns: int) -> bool:
        """Tries a draft at a camera, in place of the one before; False where its worker is not connected."""
        ...

    def withdraw_draft(self, camera: str) -> None:
        """Ends a camera's draft."""
        ...

    async def confirm_view(self, camera: str) -> bool:
        """Confirms that the lines and zones of a moved camera are right; False where its worker is not connected."""
        ...
