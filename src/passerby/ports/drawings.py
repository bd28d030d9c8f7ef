"""The protocol of what is drawn on cameras' pictures, and how a change of it is refused."""

from collections.abc import Mapping
from typing import Protocol

from passerby.domain.drawings import CameraDrawing, DrawingCheck, DrawingVersion, GroundFit
from passerby.domain.errors import PasserbyError


class DrawingConflictError(PasserbyError):
    """The drawing was changed by another person in the meantime; nothing was written.

    Attributes:
        current: the drawing as it is now.
    """

    def __init__(self, current: CameraDrawing) -> None:
        super().__init__(f"what is drawn at {current.camera} was changed by another person in the meantime")
        self.current = current


class Drawings(Protocol):
    """What is drawn on the picture of each camera, in the site file."""

    async def drawing(self, camera: str) -> CameraDrawing:
        """Returns what is drawn now.

        Raises:
            KeyError: there is no such camera.
        """
        ...

    async def check(self, camera: str, keys: Mapping[str, object]) -> DrawingCheck:
        """Returns what is wrong with a drawing, and what is probably not meant; nothing is kept.

        Raises:
            KeyError: there is no such camera.
        """
        ...

    async def change(self, camera: str, keys: Mapping[str, object], author: str, base: str | None) -> CameraDrawing:
        """Writes a drawing into the site file, and runs it; comments and all else stay as they are.

        Args:
            camera: the camera's name.
            keys: the whole drawing, each key as in a site file; those that are missing hold nothing.
            author: who changes it.
            base: the tag of the drawing that it was made from, None to overwrite whatever there is.

        Raises:
            KeyError: there is no such camera.
            DraftError: it has faults.
            DrawingConflictError: `base` is not what is drawn now.
            ConfigurationConflictError: the site file was edited by hand.
            ConfigurationRefusedError: the site file as a whole has faults with it.
            PasserbyError: it cannot be written; what ran goes on running.
        """
        ...

    async def versions(self, camera: str) -> tuple[DrawingVersion, ...]:
        """Returns the newest versions of a camera's drawing, the newest first; the first of them is what is drawn now.

        Raises:
            KeyError: there is no such camera.
        """
        ...

    async def fit(self, keys: Mapping[str, object]) -> GroundFit:
        """Returns the ground plane of a calibration; nothing is kept.

        Args:
            keys: `ground` as in a site file; a point may have `map`, its latitude and longitude, in place of `metres`.

        Raises:
            DraftError: it has faults, or fixes no plane.
        """
        ...
