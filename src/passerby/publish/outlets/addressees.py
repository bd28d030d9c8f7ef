"""E-mail addresses and topics that notices may go to."""

import re
from typing import Final

MAX_ADDRESS_LETTERS: Final = 254
"""RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets."""

_ATOMS = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_ADDRESS = re.compile(_ATOMS + r"@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*")
"""A mailbox of RFC 5321 whose local part is a dot-string, not quoted."""

MAX_TOPIC_BYTES: Final = 500
"""Of the configured part; what is added to it is at most two names."""


def is_address(text: str) -> bool:
    r"""Returns whether it is one plain e-mail address in ASCII, which every mail server takes.

    >>> is_address("duty@example.org"), is_address("a@b.org, c@d.org"), is_address("a@b.org\r\nBcc: c@d.org")
    (True, False, False)
    """
    return bool(_ADDRESS.fullmatch(text)) and len(text) <= MAX_ADDRESS_LETTERS


def is_topic(text: str) -> bool:
    """Returns whether notices can be published below it: levels that are not empty, without wildcards and controls.

    >>> is_topic("city/passerby"), is_topic("city/#"), is_topic("/city"), is_topic("$SYS/x"), is_topic("")
    (True, False, False, False, False)
    """
    levels = text.split("/")
    plain = text.isprintable() and not set(text) & set("+#") and not text.startswith("$")
    return plain and all(levels) and len(text.encode("utf-8", "replace")) <= MAX_TOPIC_BYTES
