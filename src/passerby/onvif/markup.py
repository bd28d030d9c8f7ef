"""XML and texts from cameras that are not trusted: bounded, without entities, and safe to print."""

from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from passerby.domain.errors import SourceError
from passerby.text import printable, shortened

MAX_ANSWER_BYTES = 500_000
"""Longest answer that is read: more than 64 full profiles, and no more than some 2.5 s of work to read."""

MAX_TEXT_LETTERS = 200


def sound_xml(content: bytes, where: str) -> Any:
    """Returns the root element of an XML document that a camera sent.

    Documents with a DTD are refused whole: SOAP forbids them, and entities that grow without end stand in them.

    Args:
        content: the document.
        where: the address that it came from, for the error.

    Raises:
        SourceError: too long, no XML, or with a DTD.
    """
    if len(content) > MAX_ANSWER_BYTES:
        raise SourceError(f"{where}: an answer of more than {MAX_ANSWER_BYTES} bytes; no camera needs that many.")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{where}: the answer is no XML. Is this a camera, and is this its ONVIF port?") from error
    if root.getroottree().docinfo.doctype:
        raise SourceError(f"{where}: the answer holds a document type, which SOAP forbids; it was not read.")
    return root


def plain(text: object, max_letters: int = MAX_TEXT_LETTERS) -> str:
    r"""Returns what a camera calls something, on one line, shortened, without control characters; empty if not a text.

    >>> plain(" Gate\x1b[31m\n 2 ")
    'Gate?[31m 2'
    """
    if not isinstance(text, str):
        return ""
    shown = printable(" ".join(text[: 4 * max_letters].split()))
    return shown if len(shown) <= max_letters else shortened(shown, max_letters - 1)
