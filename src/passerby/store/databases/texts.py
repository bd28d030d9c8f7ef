"""The check that both databases can hold a text."""

from passerby.ports import StoreError
from passerby.text import is_storable


def check_texts(what: str, *texts: str) -> None:
    """Raises StoreError where a text cannot be stored; `what` names the row in the message."""
    for text in texts:
        if not is_storable(text):
            raise StoreError(
                f"{what}: {text[:80]!a} holds a character that is none, and cannot be stored. Leave it out"
            )
