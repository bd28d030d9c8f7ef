"""What is wrong with a request."""

from passerby.domain.errors import PasserbyError


class WrongRequestError(PasserbyError):
    """A path or an option that cannot be understood, or that is not offered; says where, and what is."""


class NotFoundError(PasserbyError):
    """There is no such entity, or it has no such property."""
