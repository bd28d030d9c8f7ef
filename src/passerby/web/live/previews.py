"""Previews on their way to viewers: one message for all of them, and how many viewers each camera has."""

import json
from collections import Counter

from passerby.domain.preview import Preview
from passerby.domain.road_user import RoadUser

_DIGITS = 4
"""A ten-thousandth of the picture: less than a pixel of any that is shown."""


class ViewMessages:
    """Keeps the newest message of each camera, because many viewers want the same one."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[Preview, bytes]] = {}

    def of(self, preview: Preview, time: str) -> bytes:
        """The message of a picture.

        Args:
            preview: the picture.
            time: its time, as it is shown.
        """
        kept = self._newest.get(preview.camera)
        if kept is not None and kept[0] is preview:
            return kept[1]
        message = view_message(preview, time)
        self._newest[preview.camera] = (preview, message)
        return message

    def drop(self, camera: str) -> None:
        """Drops a camera's picture when its last viewer has left."""
        self._newest.pop(camera, None)


def view_message(preview: Preview, time: str) -> bytes:
    """Four bytes, big-endian, with the length of the JSON; the JSON; the JPEG."""
    boxes = [
        [*(round(float(edge), _DIGITS) for edge in xyxy), RoadUser(int(road_user)).label]
        for xyxy, road_user in zip(preview.xyxy, preview.road_user, strict=True)
    ]
    header = json.dumps(
        {
            "time": time,
            "method": preview.method,
            "why": preview.why,
            "sharp_share": round(float(preview.sharp_share), _DIGITS),
            "size_px": [int(side) for side in preview.size_px],
            "boxes": boxes,
        }
    ).encode("utf-8")
    return len(header).to_bytes(4, "big") + header + preview.jpeg.tobytes()


class Viewers:
    """How many viewers each camera has now."""

    def __init__(self) -> None:
        self._viewers: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """Viewers of all cameras together."""
        return self._viewers.total()

    def come(self, camera: str) -> None:
        """One more."""
        self._viewers[camera] += 1

    def go(self, camera: str) -> bool:
        """One less; True if it was the last."""
        self._viewers[camera] -= 1
        if self._viewers[camera] > 0:
            return False
        del self._viewers[camera]
        return True
