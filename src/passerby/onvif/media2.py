"""The newer media service of ONVIF (ver20), which some cameras have instead of the older one, and some for H.265 alone.

The ONVIF library has no description of it; two questions are written here by hand, signed as all others are.
"""

from collections.abc import Callable
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]

from passerby.domain.errors import SourceError
from passerby.onvif.addresses import without_secret
from passerby.onvif.markup import plain, sound_xml
from passerby.onvif.transport import Credentials, FaultError, RefusedError, Transport, not_let_in

MEDIA2_SPACE: Final = "http://www.onvif.org/ver20/media/wsdl"
PROTOCOLS: Final = ("RTSP", "RtspUnicast")
"""Over TCP, and over UDP; the address is mostly the same, and some cameras know only one of the words."""

_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_MAX_DEPTH: Final = 16
_HEADERS: Final = {"Content-Type": "application/soap+xml; charset=utf-8"}


class Media2Service:
    """Asks the newer media service of one camera; its answers are in the form of the older one's."""

    def __init__(
        self, url: str, where: str, credentials: Credentials, transport: Transport, sign: Callable[[Any], Any]
    ) -> None:
        """Asks nothing yet.

        Args:
            url: of the service, on the host that was given.
            where: the camera, for errors.
            credentials: of the user.
            transport: to the one host.
            sign: adds the user's name and a digest of the password to an envelope.
        """
        self._url, self._where, self._credentials = url, where, credentials
        self._transport, self._sign = transport, sign

    async def profiles(self) -> dict[str, Any]:
        """Returns the answer to GetProfiles.

        Raises:
            SourceError: the camera does not answer, or refuses the credentials.
        """
        answer = await self._ask("GetProfiles", ("Type", "All"))
        found = answer.get("Profiles", [])
        rows = [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]
        return {"Profiles": [_as_older(row) for row in rows]}

    async def stream_uri(self, token: str) -> dict[str, Any]:
        """Returns the answer to GetStreamUri.

        Raises:
            SourceError: as `profiles`.
        """
        refusal = FaultError(f"{self._where}: the camera names no address for a stream")
        for protocol in PROTOCOLS:
            try:
                return await self._ask("GetStreamUri", ("Protocol", protocol), ("ProfileToken", token))
            except FaultError as error:
                refusal = error
        raise refusal

    async def _ask(self, operation: str, *details: tuple[str, str]) -> dict[str, Any]:
        envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"s": _SOAP, "tr2": MEDIA2_SPACE})
        body = etree.SubElement(envelope, f"{{{_SOAP}}}Body")
        question = etree.SubElement(body, f"{{{MEDIA2_SPACE}}}{operation}")
        for name, text in details:
            etree.SubElement(question, f"{{{MEDIA2_SPACE}}}{name}").text = text
        if self._credentials.user:
            envelope = self._sign(envelope)
        answer = await self._transport.post_xml(self._url, envelope, _HEADERS)
        root = sound_xml(answer.content, self._where)
        refused = root.find(".//{*}Body/{*}Fault")  # some fault in SOAP 1.1
        if refused is not None:
            raise self._refusal(operation, " ".join(text.strip() for text in refused.itertext() if text.strip()))
        response = root.find(f".//{{{MEDIA2_SPACE}}}{operation}Response")
        if response is None:
            raise SourceError(f"{self._where}: its answer to {operation} cannot be understood.")
        found = _values(response, 0)
        return found if isinstance(found, dict) else {}

    def _refusal(self, operation: str, reason: str) -> SourceError:
        if "auth" in reason.lower():
            return RefusedError(f"{self._where}: {not_let_in(self._credentials)}")
        shown = plain(without_secret(reason, self._credentials.password), 160)
        return FaultError(f"{self._where}: the camera does not answer {operation}: {shown or 'no reason given'}.")


def _values(element: Any, depth: int) -> Any:
    """Returns an element's text, or its attributes and elements by their names without namespaces."""
    if (not len(element) and not element.attrib) or depth > _MAX_DEPTH:
        return element.text or ""
    values: dict[str, Any] = {etree.QName(name).localname: text for name, text in element.attrib.items()}
    for child in element:
        name, value = etree.QName(child).localname, _values(child, depth + 1)
        if name not in values:
            values[name] = value
        elif isinstance(values[name], list):
            values[name].append(value)
        else:
            values[name] = [values[name], value]
    return values


def _as_older(profile: dict[str, Any]) -> dict[str, Any]:
    """Returns a profile as the older service has it: its configurations stand in it, not in a part of their own."""
    parts = profile.get("Configurations")
    parts = parts if isinstance(parts, dict) else {}
    return {
        "token": profile.get("token"),
        "Name": profile.get("Name"),
        "VideoSourceConfiguration": parts.get("VideoSource"),
        "VideoEncoderConfiguration": parts.get("VideoEncoder"),
    }
