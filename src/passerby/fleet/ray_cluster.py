"""Connecting to a Ray cluster, and what is refused: a cluster that is open runs the code of anyone who reaches it."""

import ipaddress
import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from passerby import __version__
from passerby.domain.errors import PasserbyError
from passerby.key_files import key_content
from passerby.text import printable

DEFAULT_PORT: Final = 6379
"""Where `ray start --head` listens unless it is given another port."""

AUTH_MODE: Final = "RAY_AUTH_MODE"
TOKEN: Final = "RAY_AUTH_TOKEN"  # noqa: S105  the name of a variable
TOKEN_FILE: Final = "RAY_AUTH_TOKEN_PATH"  # noqa: S105
USE_TLS: Final = "RAY_USE_TLS"
TLS_FILES: Final = ("RAY_TLS_SERVER_CERT", "RAY_TLS_SERVER_KEY", "RAY_TLS_CA_CERT")
USAGE_REPORTS: Final = "RAY_USAGE_STATS_ENABLED"
ADDRESS: Final = "RAY_ADDRESS"

HOW_TO: Final = "See docs/how-to/start-a-ray-cluster.md"
_HEAD: Final = "node:__internal_head__"
"""A resource that Ray gives to the head alone."""
_REACHED_WITHIN_S: Final = 5.0
_ASKED_WITHIN_S: Final = 60.0
_GREETING: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
_FRAME_HEADER_BYTES: Final = 9
_SETTINGS: Final = 4
_REFUSED: Final = "InvalidAuthToken"
_ASK: Final = (
    "import sys, ray; from ray._private.services import canonicalize_bootstrap_address_or_die as canonical; "
    "ray._raylet.GcsClient(address=canonical(sys.argv[1])).internal_kv_get(b'passerby', b'passerby')"
)
"""What `ray health-check` asks a head, for half of its processor time: it needs none of Ray's other commands."""
_YES: Final = frozenset({"1", "true"})
_LOGGED: Final = re.compile(r"^\[[^]]*\] ")


@dataclass(frozen=True, slots=True)
class RayAddress:
    """Where a cluster's head listens.

    Attributes:
        host: a name or an IP address.
        port: the head's, as `ray start --head --port` has it.
    """

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether nothing that is sent there leaves this machine, by the address alone."""
        return is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class HeadAnswer:
    """What the head's own environment says.

    Attributes:
        version: of passerby on the head.
        usage_reports: the head's RAY_USAGE_STATS_ENABLED; None where it has none.
    """

    version: str
    usage_reports: str | None


def is_loopback(host: str) -> bool:
    """Whether a name or IP address is this machine's loopback.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("10.0.0.7")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def ray_address(text: str, environ: Mapping[str, str]) -> RayAddress:
    """Returns the address that an engine's text names.

    Args:
        text: `ray://HOST`, `ray://HOST:PORT`, or `ray`: the address in RAY_ADDRESS, or else this machine's own cluster.
        environ: the process's environment.

    Raises:
        PasserbyError: it is no such address.

    >>> str(ray_address("ray://head.city.example", {})), str(ray_address("ray", {}))
    ('head.city.example:6379', '127.0.0.1:6379')
    """
    named, got = "--engine", text
    if text == "ray":
        if not environ.get(ADDRESS):
            return RayAddress("127.0.0.1", DEFAULT_PORT)
        named, got = ADDRESS, environ[ADDRESS]
    found = re.fullmatch(r"(?:ray://)?(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?/?", got)
    if found and (text == "ray" or got.startswith("ray://")):
        port = int(found[3]) if found[3] else DEFAULT_PORT
        if 0 < port < 2**16:
            return RayAddress(found[1] or found[2], port)
    raise PasserbyError(
        f"{named}: this is no address of a Ray cluster, got {printable(got)!r}. Name its head's host and port, such as "
        f"ray://10.0.0.5:{DEFAULT_PORT}, or `ray` for the cluster on this machine"
    )


def check_environment(address: RayAddress, environ: Mapping[str, str]) -> None:
    """Checks what this process would bring to a cluster, before anything is sent there.

    Raises:
        PasserbyError: token authentication or TLS is off where it has to be on, or one of their files cannot be used;
            all faults at once, one a line.
    """
    faults = [*_token_faults(address, environ), *_tls_faults(address, environ)]
    if faults:
        raise PasserbyError("\n".join(faults))


def _token_faults(address: RayAddress, environ: Mapping[str, str]) -> list[str]:
    mode = environ.get(AUTH_MODE, "")
    if mode.lower() != "token":
        return [
            f"ray://{address}: Ray's token authentication is off here, {AUTH_MODE} is {mode or 'not set'}: whoever "
            f"reaches a cluster without it can run any code there (CVE-2023-48022). Set {AUTH_MODE}=token and "
            f"{TOKEN_FILE} for this program and for `ray start` on every machine. {HOW_TO}"
        ]
    if environ.get(TOKEN):
        return []
    file = Path(environ.get(TOKEN_FILE) or Path.home() / ".ray" / "auth_token")
    try:
        empty = not key_content(file, "the Ray cluster", private=True).strip()
    except PasserbyError as error:
        return [str(error)]
    return [f"{file}: the token of the Ray cluster is empty. Copy it from the head"] if empty else []


def _tls_faults(address: RayAddress, environ: Mapping[str, str]) -> list[str]:
    if not _with_tls(environ):
        if address.is_loopback:
            return []
        return [
            f"ray://{address}: TLS of Ray is off here, {USE_TLS} is {environ.get(USE_TLS) or 'not set'}, and this is "
            f"another machine's address: its token would go over the network in clear. Set {USE_TLS}=1 and "
            f"{', '.join(TLS_FILES)} for this program and for `ray start` on every machine. {HOW_TO}"
        ]
    faults = []
    for name in TLS_FILES:
        file = environ.get(name)
        if not file:
            faults.append(f"{name}: TLS of Ray is on, and this names no file. {HOW_TO}")
        elif not os.access(file, os.R_OK):
            faults.append(f"{name}: {file} cannot be read. Check its name and permissions")
    return faults or _unusable(environ)


def _unusable(environ: Mapping[str, str]) -> list[str]:
    try:
        _tls_context(environ)
    except (ssl.SSLError, OSError) as error:
        files = ", ".join(environ[name] for name in TLS_FILES)
        return [f"{files}: these are no certificate, its key and its authority, got: {error}. {HOW_TO}"]
    return []


def _with_tls(environ: Mapping[str, str]) -> bool:
    return environ.get(USE_TLS, "").lower() in _YES


def _tls_context(environ: Mapping[str, str]) -> ssl.SSLContext:
    certificate, key, authority = (environ[name] for name in TLS_FILES)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Ray goes by the machine's own address where this one is loopback; it checks the name itself.
    context.check_hostname = False
    context.set_alpn_protocols(["h2"])
    context.load_verify_locations(authority)
    context.load_cert_chain(certificate, key)
    return context


def check_head(address: RayAddress, environ: Mapping[str, str]) -> None:
    """Checks that a head answers there, by TLS where it is on, takes this machine's token, and refuses who has none.

    Raises:
        PasserbyError: it does not answer, speaks no TLS, has another authority or token, or lets anybody in.
    """
    try:
        with socket.create_connection((address.host, address.port), timeout=_REACHED_WITHIN_S) as stream:
            _greet(stream, address, environ)
    except (ssl.SSLError, ConnectionResetError, TimeoutError, _OtherProtocolError) as error:
        on = "by TLS, as this machine has it" if _with_tls(environ) else f"with {USE_TLS} off, as here"
        raise PasserbyError(
            f"ray://{address}: what answers there is no head of a cluster {on}, got: {error}. {USE_TLS} has to be the "
            f"same on every machine, and the certificates of one authority, which {TLS_FILES[2]} names. {HOW_TO}"
        ) from None
    except OSError as error:
        raise PasserbyError(
            f"ray://{address}: no Ray cluster answers there, got: {error.strerror or error}. Start one with "
            f"`ray start --head`, or name the host and port that its head has. {HOW_TO}"
        ) from None
    _check_token(address, environ)


class _OtherProtocolError(Exception):
    """What answered speaks no HTTP/2, which Ray's calls go over."""


def _greet(stream: socket.socket, address: RayAddress, environ: Mapping[str, str]) -> None:
    """Greets the head as a client of HTTP/2 does (RFC 9113, 3.4); its own settings have to come first."""
    if _with_tls(environ):
        stream = _tls_context(environ).wrap_socket(stream, server_hostname=address.host)
    with stream:
        stream.sendall(_GREETING)
        answer = b""
        while len(answer) < _FRAME_HEADER_BYTES and (more := stream.recv(_FRAME_HEADER_BYTES)):
            answer += more
    if len(answer) < _FRAME_HEADER_BYTES or answer[3] != _SETTINGS:
        raise _OtherProtocolError(printable(repr(answer[:_FRAME_HEADER_BYTES])))


def _check_token(address: RayAddress, environ: Mapping[str, str]) -> None:
    """Asks the head with this machine's token, and without one, as a stranger would, who has to be refused."""
    common = {**environ, "RAY_gcs_rpc_server_connect_timeout_s": "5"}
    without = {name: value for name, value in common.items() if name not in (TOKEN, TOKEN_FILE)}
    member = _asked(address, common)
    stranger = _asked(address, without | {AUTH_MODE: "disabled", "HOME": os.devnull})
    with member, stranger:
        try:
            member_text, stranger_text = (
                process.communicate(timeout=_ASKED_WITHIN_S)[1] for process in (member, stranger)
            )
        except subprocess.TimeoutExpired:
            member.kill()
            stranger.kill()
            raise PasserbyError(f"ray://{address}: {_unsure('no answer within a minute')}") from None
    if stranger.returncode == 0:
        raise PasserbyError(
            f"ray://{address}: this cluster takes orders from anybody who reaches it (CVE-2023-48022). "
            f"Stop it, and start every machine's Ray with {AUTH_MODE}=token. {HOW_TO}"
        )
    if _REFUSED not in stranger_text:
        raise PasserbyError(f"ray://{address}: {_unsure(_last_line(stranger_text))}")
    if member.returncode:
        raise PasserbyError(_not_connected(address, member_text))


def _asked(address: RayAddress, environ: Mapping[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-P", "-c", _ASK, str(address)]
    return subprocess.Popen(  # noqa: S603  our own interpreter
        command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def _unsure(got: str) -> str:
    return f"whether this cluster refuses a stranger was not found out, got: {got}. Is a Ray of this version there?"


def _last_line(text: str) -> str:
    lines = [_LOGGED.sub("", line) for line in text.splitlines() if line.strip()]
    return printable(lines[-1])[:300] if lines else "nothing"


def connect(address: RayAddress, namespace: str, *, same_release: bool = True) -> None:
    """Connects this process to a cluster as a driver, where the cluster is safe; `ray.shutdown()` ends it.

    The process's own environment is what Ray reads, so that is what is checked.

    Args:
        address: of the head; this machine has to be one of the cluster's.
        namespace: in which named actors are looked for.
        same_release: refuse a head with another release of passerby, as what is sent there and back is that release's.

    Raises:
        PasserbyError: the cluster is refused, or cannot be reached.
        ModuleNotFoundError: Ray is not installed.
    """
    # Read by Ray as it is imported; and none of our code sends Ray's authors reports of this cluster.
    os.environ[USAGE_REPORTS] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    check_environment(address, os.environ)
    import ray

    check_head(address, os.environ)
    try:
        context = ray.init(
            address=str(address), namespace=namespace, log_to_driver=False, logging_level="ERROR",
            configure_logging=False,
        )  # fmt: skip
    except (OSError, RuntimeError, ValueError, AssertionError, ray.exceptions.RayError) as error:
        with suppress(Exception):
            ray.shutdown()
        raise PasserbyError(_not_connected(address, str(error))) from None
    try:
        _check_dashboard(address, str(context.dashboard_url or ""))
        _check_machines(address, ray.nodes())
        _check_answer(address, _head_answer(ray), same_release=same_release)
    except BaseException:
        ray.shutdown()
        raise


def _not_connected(address: RayAddress, got: str) -> str:
    """What to do about what Ray says where it does not connect."""
    line = " ".join(got.split())
    if _REFUSED in line:
        return (
            f"ray://{address}: the cluster has another token than this machine. Copy the head's to the file that "
            f"{TOKEN_FILE} names"
        )
    if "ersion mismatch" in line:
        return (
            f"ray://{address}: Ray or Python is of another version there: {printable(line)[:400]}. Both have to be "
            "the same on every machine"
        )
    if "raylet" in line or "node_ip_address" in line:
        return (
            f"ray://{address}: this machine is not one of the cluster's. Run `ray start --address={address}` here "
            f"first, or this command on a machine that is. Ray says: {printable(line)[:200]}"
        )
    return f"ray://{address}: the cluster cannot be used. Ray says: {printable(line)[-400:]}"


def _check_dashboard(address: RayAddress, dashboard: str) -> None:
    host = dashboard.rpartition(":")[0].strip("[]")
    if host and not is_loopback(host):
        raise PasserbyError(
            f"ray://{address}: the cluster's dashboard listens at {printable(dashboard)}, where other machines reach "
            "it, and it takes orders (CVE-2025-62593). Start the head with `--include-dashboard=false`, or "
            f"`--dashboard-host=127.0.0.1`. {HOW_TO}"
        )


def _check_machines(address: RayAddress, machines: Sequence[Mapping[str, Any]]) -> None:
    """Where TLS is off, the whole cluster is on this machine: Ray gives it one address."""
    if _with_tls(os.environ):
        return
    hosts = sorted({str(each["NodeManagerAddress"]) for each in machines if each["Alive"]})
    if len(hosts) > 1:
        raise PasserbyError(
            f"ray://{address}: this cluster has {len(hosts)} machines ({', '.join(hosts[:4])}), and TLS is off. Set "
            f"{USE_TLS}=1 and {', '.join(TLS_FILES)} for every `ray start` and for this program. {HOW_TO}"
        )


def head_answer() -> HeadAnswer:
    """Returns what this machine's environment says; run on the head."""
    return HeadAnswer(__version__, os.environ.get(USAGE_REPORTS))


def _head_answer(ray: Any) -> HeadAnswer:
    asked = ray.remote(head_answer).options(num_cpus=0, max_retries=1, resources={_HEAD: 0.001}).remote()
    try:
        answer = ray.get(asked, timeout=_ASKED_WITHIN_S)
    except ray.exceptions.GetTimeoutError:
        raise PasserbyError("Ray's head started nothing within a minute. Is it overloaded, or its disk full?") from None
    except ray.exceptions.RayError as error:
        raise PasserbyError(
            "Ray's head cannot run passerby: install the same version with the same extras on every machine of the "
            f"cluster, in the environment that `ray start` is run from. It says: {_last_line(str(error))}"
        ) from None
    assert isinstance(answer, HeadAnswer)  # noqa: S101  our own function's
    return answer


def _check_answer(address: RayAddress, answer: HeadAnswer, *, same_release: bool) -> None:
    if answer.usage_reports != "0":
        raise PasserbyError(
            f"ray://{address}: Ray's usage reports are on there: the head sends what it is used for to Ray's authors. "
            f"Start it with `--disable-usage-stats`. {HOW_TO}"
        )
    if same_release and answer.version != __version__:
        raise PasserbyError(
            f"ray://{address}: the head has passerby {answer.version}, this machine {__version__}. Install the same "
            "version on every machine"
        )
