"""A small ONVIF camera on loopback whose every answer a test can replace, and which remembers what it was asked."""

import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" '
    'xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"'
    ' xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" '
    'xmlns:ter="http://www.onvif.org/ver10/error"><s:Body>{body}</s:Body></s:Envelope>'
)
DEVICE_SPACE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA_SPACE = "http://www.onvif.org/ver10/media/wsdl"
MEDIA2_SPACE = "http://www.onvif.org/ver20/media/wsdl"
INFORMATION = (
    "<tds:GetDeviceInformationResponse><tds:Manufacturer>Maker</tds:Manufacturer><tds:Model>M 1</tds:Model>"
    "<tds:FirmwareVersion>2.3</tds:FirmwareVersion><tds:SerialNumber>S4</tds:SerialNumber>"
    "<tds:HardwareId>5</tds:HardwareId></tds:GetDeviceInformationResponse>"
)


@dataclass(frozen=True)
class Reply:
    """What is sent back; `parts` are sent one after the other, and may wait or never end."""

    parts: Callable[[], Iterator[bytes]]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def said(body: str, status: int = 200) -> Reply:
    """A SOAP answer."""
    content = ENVELOPE.format(body=body).encode()
    return Reply(lambda: iter([content]), status, {"Content-Length": str(len(content))})


def raw(content: bytes, status: int = 200, **headers: str) -> Reply:
    """Any answer at all."""
    return Reply(lambda: iter([content]), status, {"Content-Length": str(len(content)), **headers})


def fault(subcode: str, reason: str, status: int = 400) -> Reply:
    """A SOAP fault."""
    return said(
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value>"
        f"<s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason></s:Fault>',
        status,
    )


def clock(ahead_s: float = 0.0, local_ahead_s: float | None = None) -> Reply:
    """The answer to GetSystemDateAndTime."""
    local = "" if local_ahead_s is None else f"<tt:LocalDateTime>{_moment(local_ahead_s)}</tt:LocalDateTime>"
    return said(
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
        f"<tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime>{_moment(ahead_s)}</tt:UTCDateTime>{local}"
        "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def _moment(ahead_s: float) -> str:
    now = datetime.now(UTC) + timedelta(seconds=ahead_s)
    return (
        f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute><tt:Second>{now.second}</tt:Second>"
        f"</tt:Time><tt:Date><tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day>"
        "</tt:Date>"
    )


def services(*pairs: tuple[str, str]) -> Reply:
    """The answer to GetServices: (namespace, address) of each."""
    listed = "".join(
        f"<tds:Service><tds:Namespace>{space}</tds:Namespace><tds:XAddr>{url}</tds:XAddr>"
        "<tds:Version><tt:Major>2</tt:Major><tt:Minor>5</tt:Minor></tds:Version></tds:Service>"
        for space, url in pairs
    )
    return said(f"<tds:GetServicesResponse>{listed}</tds:GetServicesResponse>")


def profiles(*rows: tuple[str, int, int, str]) -> Reply:
    """The answer to GetProfiles: (token, width, height, lens) of each."""
    listed = "".join(
        f'<trt:Profiles token="{token}" fixed="true"><tt:Name>{token}</tt:Name>'
        f'<tt:VideoSourceConfiguration token="c"><tt:Name>c</tt:Name><tt:UseCount>1</tt:UseCount>'
        f"<tt:SourceToken>{lens}</tt:SourceToken>"
        f'<tt:Bounds x="0" y="0" width="{width}" height="{height}"/></tt:VideoSourceConfiguration>'
        f'<tt:VideoEncoderConfiguration token="e"><tt:Name>e</tt:Name><tt:UseCount>1</tt:UseCount>'
        f"<tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height>"
        "</tt:Resolution><tt:Quality>5</tt:Quality><tt:RateControl><tt:FrameRateLimit>15</tt:FrameRateLimit>"
        "<tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>512</tt:BitrateLimit></tt:RateControl>"
        "</tt:VideoEncoderConfiguration></trt:Profiles>"
        for token, width, height, lens in rows
    )
    return said(f"<trt:GetProfilesResponse>{listed}</trt:GetProfilesResponse>")


def newer_profiles(*rows: tuple[str, int, int, str]) -> Reply:
    """The answer of the newer media service to GetProfiles: (token, width, height, codec) of each."""
    listed = "".join(
        f'<tr2:Profiles token="{token}" fixed="true"><tr2:Name>{token}</tr2:Name><tr2:Configurations>'
        f'<tr2:VideoSource token="c"><tt:Name>c</tt:Name><tt:UseCount>1</tt:UseCount>'
        "<tt:SourceToken>v0</tt:SourceToken>"
        f'<tt:Bounds x="0" y="0" width="{width}" height="{height}"/></tr2:VideoSource>'
        f'<tr2:VideoEncoder token="e" GovLength="50" Profile="Main"><tt:Name>e</tt:Name><tt:UseCount>1</tt:UseCount>'
        f"<tt:Encoding>{codec}</tt:Encoding><tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height>"
        '</tt:Resolution><tt:RateControl ConstantBitRate="false"><tt:FrameRateLimit>25.0</tt:FrameRateLimit>'
        "<tt:BitrateLimit>768</tt:BitrateLimit></tt:RateControl><tt:Quality>5</tt:Quality></tr2:VideoEncoder>"
        "</tr2:Configurations></tr2:Profiles>"
        for token, width, height, codec in rows
    )
    return said(f"<tr2:GetProfilesResponse>{listed}</tr2:GetProfilesResponse>")


def newer_stream(uri: str) -> Reply:
    """The answer of the newer media service to GetStreamUri."""
    return said(f"<tr2:GetStreamUriResponse><tr2:Uri>{uri}</tr2:Uri></tr2:GetStreamUriResponse>")


def stream(uri: str) -> Reply:
    """The answer to GetStreamUri."""
    return said(
        f"<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{uri}</tt:Uri>"
        "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
        "<tt:Timeout>PT30S</tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>"
    )


class SoapCamera:
    """The camera: `replies` maps a question's name to its reply, or to what makes one of the question's text."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []
        self.texts: list[str] = []
        self.paths: list[str] = []
        self.replies: dict[str, Reply | Callable[[str], Reply]] = {
            "GetSystemDateAndTime": lambda _: clock(),
            "GetServices": lambda _: services(
                (DEVICE_SPACE, f"http://127.0.0.1:{self.port}/onvif/device_service"),
                (MEDIA_SPACE, f"http://127.0.0.1:{self.port}/onvif/media"),
            ),
            "GetDeviceInformation": said(INFORMATION),
            "GetProfiles": profiles(("main", 1920, 1080, "v0"), ("sub", 640, 360, "v0")),
            "GetStreamUri": lambda text: stream(
                f"rtsp://127.0.0.1/{'main' if 'ProfileToken>main<' in text else 'sub'}"
            ),
        }

    def reply(self, path: str, text: str) -> Reply:
        """Remembers the question, and answers it."""
        match = re.search(r"<(?:\w+:)?(Get\w+)", text)
        question = match[1] if match else "?"
        self.asked.append(question)
        self.texts.append(text)
        self.paths.append(path)
        found = self.replies.get(question, fault("ter:ActionNotSupported", "Optional Action Not Implemented", 500))
        return found if isinstance(found, Reply) else found(text)


@contextmanager
def serving(camera: SoapCamera, tls: ssl.SSLContext | None = None) -> Iterator[SoapCamera]:
    """Runs the camera on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            reply = camera.reply(self.path, self.rfile.read(length).decode())
            self.close_connection = True
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                for part in reply.parts():
                    self.wfile.write(part)
            except OSError:  # who asked has had enough
                return

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        camera.port = server.server_address[1]
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield camera
        finally:
            server.shutdown()
            thread.join()
