"""What every set of keys in a site file has in common, and the kinds of text that several of them hold."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from passerby.config.points import fault

MAX_NAME_LETTERS = 80
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]+://", re.IGNORECASE)


class Keys(BaseModel):
    """A set of keys: unknown ones are errors, and text is never taken for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _name(text: str) -> str:
    if not text or text != text.strip() or not text.isprintable() or len(text) > MAX_NAME_LETTERS:
        raise fault(f"a name needs 1 to {MAX_NAME_LETTERS} printable letters, without spaces around it")
    return text


def _path(text: str) -> str:
    if _ADDRESS.match(text):
        raise fault("this is an address, not a path. A camera's address goes to rtsp or http")
    if not text.strip() or not text.isprintable() or len(text) > 1000:
        raise fault("a path is needed: 1 to 1000 printable letters")
    return text


Name = Annotated[str, AfterValidator(_name)]
FilePath = Annotated[str, AfterValidator(_path)]
