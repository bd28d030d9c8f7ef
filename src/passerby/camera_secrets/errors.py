"""What goes wrong with encrypted passwords; no error holds a password or a key."""

from passerby.domain.errors import PasserbyError


class CameraSecretError(PasserbyError):
    """A password that cannot be stored, read or encrypted anew, with what to do about it."""
