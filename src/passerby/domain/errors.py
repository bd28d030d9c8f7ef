"""The errors that passerby raises on purpose; each with what, where, got, do."""

from collections.abc import Sequence


class PasserbyError(Exception):
    """Something a user can mend; shown as its text, never as a traceback."""


class SiteFileError(PasserbyError):
    """Everything that is wrong with a site file, at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class SourceError(PasserbyError):
    """A camera or a video file that cannot be read at all."""


class AddressRefusedError(SourceError):
    """A camera's address that passerby will not connect to: outside of what the site allows, or a redirect to it."""


class ModelError(PasserbyError):
    """A detector model that is missing, damaged or not what it claims to be."""


class OutputError(PasserbyError):
    """A result that could not be written whole."""


class CalibrationError(PasserbyError):
    """Ground points that do not fix a ground plane."""


class WorkerError(PasserbyError):
    """The sandbox process that reads the pictures ended without a result, or sent a message that it may not send."""
