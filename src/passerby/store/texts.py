"""Which texts both databases can hold."""

from passerby.ports import StoreError


def is_storable(text: str) -> bool:
    """Whether the text holds no zero character, which PostgreSQL cannot store, and no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def check_texts(what: str, *texts: str) -> None:
    """Raises a StoreError if a text cannot be stored."""
    for text in texts:
        if not is_storable(text):
            raise StoreError(
                f"{what}: {text[:80]!a} holds a character that is none, and cannot be stored. Leave it out"
            )
