"""A picture as it goes to viewers: its header, then the JPEG; put together once for all of them."""

import json

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

    def forget(self, camera: str) -> None:
        """Lets go of a camera's picture when nobody looks at it any more."""
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
