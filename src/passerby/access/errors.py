"""The errors of access; none of their texts holds a secret, or a name as it was typed."""

from passerby.domain.errors import PasserbyError


class AccessError(PasserbyError):
    """Something that was not let in, or not changed."""


class LogInRefusedError(AccessError):
    """A log-in that was refused; the text is the same whatever was wrong."""


class TooManyAttemptsError(AccessError):
    """Too many log-ins were tried.

    Attributes:
        retry_after_s: when it may be tried again.
        first: whether this is the first one refused of its time.
    """

    def __init__(self, retry_after_s: int, *, first: bool = False) -> None:
        super().__init__(f"too many log-ins were tried from here or for this name. Try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s
        self.first = first


class NotAllowedError(AccessError):
    """An act that this principal may not do."""


class RecentLogInNeededError(NotAllowedError):
    """An act that needs a log-in of a short while ago."""

    def __init__(self) -> None:
        super().__init__("this change needs a new log-in first: the last one is too long ago")


class UnknownIdentityError(AccessError):
    """A log-in at a provider that succeeded, with an identity that no account is tied to."""

    def __init__(self, issuer: str, subject: str) -> None:
        super().__init__(
            f"{issuer} knows you as {subject!a}, and no account here is tied to that. Ask the administrator for an "
            "invitation, or to tie it: `passerby users tie SITE.yaml NAME --issuer ISSUER --subject SUBJECT`"
        )
        self.issuer = issuer
        self.subject = subject


class ProviderError(AccessError):
    """A single sign-on provider that does not answer, or not as it should."""


class InputError(AccessError):
    """A name, a password, a group, a time or a text that cannot be taken."""
