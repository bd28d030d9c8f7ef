"""The keys of web push, through which operators are reached in their browsers."""

from typing import Annotated

from pydantic import AfterValidator, Field

from passerby.config.validation import shown
from passerby.config.values import FilePath, Keys, fault
from passerby.publish.outlets.addressees import is_address
from passerby.publish.outlets.push_services import is_service


def _service(text: str) -> str:
    if not is_service(text):
        raise fault(f"the host of a push service such as fcm.googleapis.com is needed, got {shown(text)}")
    return text


def _contact(text: str) -> str:
    plain = text.isascii() and text.isprintable() and len(text) <= 200 and not set(text) & set(" \"'<>\\")
    mail = text.startswith("mailto:") and is_address(text.removeprefix("mailto:"))
    if not plain or not (mail or (text.startswith("https://") and "." in text)):
        raise fault(f"mailto:... or https://... is needed, where push services reach you, got {shown(text)}")
    return text


class PushKeys(Keys):
    """Web push to the browsers in which operators have switched it on."""

    contact: Annotated[str, AfterValidator(_contact)]
    services: Annotated[tuple[Annotated[str, AfterValidator(_service)], ...], Field(min_length=1, max_length=20)]
    inside: bool = False
    authority: FilePath | None = None
