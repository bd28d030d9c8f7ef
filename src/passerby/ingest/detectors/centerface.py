"""CenterFace, which finds faces so that they can be hidden: where one is and how large, and nothing else about it.

Xu et al. 2019, arXiv:1911.03599. The network's fourth output, the places of eyes, nose and mouth, is cut out of the
file.
"""

import numpy as np
import numpy.typing as npt

from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors.detector import Boxes, suppressed
from passerby.ingest.detectors.network_input import clipped, padded
from passerby.ingest.detectors.registry import face_finder, ready_path
from passerby.ingest.detectors.session import Session, open_session
from passerby.ingest.raw import Picture

CELL_PX = 4
MULTIPLE_PX = 32
BORDER_BGR = (0, 0, 0)
FACE_IOU = 0.3
"""Two boxes that overlap more are one face; as its authors have it."""


class CenterFace:
    """A finder of faces in pictures of any size; each is given as the box of the person's face, of class pedestrian."""

    def __init__(self, session: Session, floor: float) -> None:
        """Checks a loaded model, and sets the lowest score to report.

        Raises:
            ModelError: it is another model.
        """
        session.demand("centerface", ["picture"], ["heat", "log_size", "shift"])
        self._session, self._floor = session, floor

    def find(self, picture: Picture) -> Boxes:
        """Returns the faces in one picture: uint8 (H, W, 3), BGR."""
        fitted = padded(picture, MULTIPLE_PX, BORDER_BGR)
        heat, log_size, shift = self._session.run({"picture": fitted[None]}, ["heat", "log_size", "shift"])
        return decoded(heat[0, 0], log_size[0], shift[0], self._floor, (picture.shape[1], picture.shape[0]))


def decoded(
    heat: npt.NDArray[np.float32],
    log_size: npt.NDArray[np.float32],
    shift: npt.NDArray[np.float32],
    floor: float,
    size_px: tuple[int, int],
) -> Boxes:
    """Returns one picture's output as boxes.

    Args:
        heat: float32 (h, w), 0-1, where the middle of a face is.
        log_size: float32 (2, h, w), logarithm of height and width in cells.
        shift: float32 (2, h, w), of the middle within its cell, down and right.
        floor: lowest score.
        size_px: width and height of the picture.
    """
    rows, columns = np.nonzero(heat >= floor)
    height_px, width_px = CELL_PX * np.exp(log_size[:, rows, columns])
    middle_y_px, middle_x_px = CELL_PX * (np.stack([rows, columns]) + shift[:, rows, columns] + np.float32(0.5))
    edges_px = [
        middle_x_px - width_px / 2,
        middle_y_px - height_px / 2,
        middle_x_px + width_px / 2,
        middle_y_px + height_px / 2,
    ]
    kind = np.full(len(rows), RoadUser.PEDESTRIAN, np.int16)
    boxes = clipped(np.stack(edges_px, axis=1).astype(np.float32), size_px)
    return suppressed(boxes, heat[rows, columns], kind, FACE_IOU)


def open_face_finder(*, seldom: bool = False) -> CenterFace:
    """Returns the face finder that comes with passerby.

    Args:
        seldom: see `open_session`.

    Raises:
        ModelError: its file is missing or wrong.
    """
    model = face_finder()
    return CenterFace(open_session(ready_path(model), seldom=seldom), model.start_confidence)
