"""The lines for a site file that let passerby watch what was found."""

import re
from collections.abc import Sequence

from passerby.onvif.choice import Choice


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
        choices: one stream a lens.
        name: of the camera; each lens gets a number when there are several.
        user: whom the camera knows; empty for nobody.
        password_from: the environment variable that will hold the password.
    """
    lines = ["cameras:"] if choices else []
    for number, choice in enumerate(choices, start=1):
        address = choice.profile.address
        if address is None:
            continue
        fields = [f"rtsp: {_quoted(address.shown)}"]
        if user:
            fields += [f"user: {_quoted(user)}", f"password_from: {password_from}"]
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


def _quoted(text: str) -> str:
    r"""A double-quoted YAML text. JSON's will not do: it writes letters beyond U+FFFF as two halves.

    >>> _quoted('a "b"')
    '"a \\x22b\\x22"'
    """
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return '"' + "".join(each if each.isprintable() and each not in '"\\' else _escaped(each) for each in whole) + '"'


def _escaped(letter: str) -> str:
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\U{code:08x}"
