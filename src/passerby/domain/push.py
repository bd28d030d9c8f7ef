"""Web push: where a browser of an operator is reached, by its own word."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """A browser in which an operator has switched notices on (W3C Push API).

    Attributes:
        endpoint: the address at the browser's push service; who has it can send to the browser, so no log shows it.
        account: the account that switched it on.
        public_key: the browser's key (`p256dh`): a point on P-256, 65 bytes.
        secret: what only the browser and this service know (`auth`): 16 bytes.
        created_ns: UTC nanoseconds.
    """

    endpoint: str = field(repr=False)
    account: str
    public_key: bytes
    secret: bytes = field(repr=False)
    created_ns: int

    @property
    def service(self) -> str:
        """The host of the push service."""
        return urlsplit(self.endpoint).hostname or ""
