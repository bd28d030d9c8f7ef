"""The lines for a site file that let passerby watch what was found."""

import re
from collections.abc import Sequence

from passerby.onvif.choice import Choice
from passerby.text import quoted, storable


def camera_name(text: str) -> str:
    """A name that a site file takes for a camera, made of what the camera is called.

    >>> camera_name("Square (north) 2")
    'square-north-2'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].rstrip("-")
    return slug or "camera"


def site_lines(choices: Sequence[Choice], name: str, user: str, password_from: str) -> str:
    """The `cameras` part of a site file, ready to paste; empty where nothing can be watched as it is.

    Args:
        choices: one a lens, with its smaller streams.
        name: of the camera; each lens gets a number when there are several.
        user: the user name at the camera; empty for access without one.
        password_from: the environment variable that will hold the password.
    """
    lines = ["cameras:"] if choices else []
    for number, choice in enumerate(choices, start=1):
        address = choice.profile.address
        if address is None:
            continue
        fields = [f"rtsp: {quoted(storable(address.shown))}"]
        smaller = [each.address.shown for each in choice.smaller if each.address is not None]
        if smaller:
            fields.append(f"streams: [{', '.join(quoted(storable(shown)) for shown in smaller)}]")
        if user:
            fields += [f"user: {quoted(storable(user))}", f"password_from: {password_from}"]
        lines += [
            f"  {name if len(choices) == 1 else f'{name}-{number}'}:",
            f"    source: {{{', '.join(fields)}}}",
        ]
    return "".join(f"{line}\n" for line in lines)


def password_variable(name: str) -> str:
    """The environment variable to keep a camera's password in, where the user has named none.

    >>> password_variable("square-north")
    'SQUARE_NORTH_PASSWORD'
    """
    word = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
    return f"CAMERA_{word}_PASSWORD" if word[:1].isdigit() else f"{word}_PASSWORD"
