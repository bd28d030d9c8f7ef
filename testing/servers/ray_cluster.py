"""A Ray cluster of our own on this machine: a head and more raylets, with a token, and with TLS where wanted."""

import datetime
import ipaddress
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from testing.ports import free_port

PATIENCE_S = 240
"""Of a machine that does much else meanwhile."""

RAY = (sys.executable, "-m", "ray.scripts.scripts")
AGENTS = ("metrics-export-port", "dashboard-agent-grpc-port", "dashboard-agent-listen-port", "runtime-env-agent-port")
OBJECT_STORE_BYTES = 80_000_000


def missing() -> str | None:
    """Why there can be no cluster here, or None."""
    return None if find_spec("ray") else "Ray is not installed: pip install 'passerby[fleet]'"


@dataclass
class RayCluster:
    """A cluster; its processes are of groups of their own, and `ray stop`, which ends everybody's, is never run.

    Attributes:
        folder: a short path, since the kernel allows a socket's path 107 characters.
        port: the head's.
        environment: for whoever connects: its token, and TLS where it is on.
    """

    folder: Path
    port: int
    environment: dict[str, str]
    machines: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _starts: dict[str, tuple[list[str], dict[str, str]]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """As `--engine` takes it."""
        return f"ray://127.0.0.1:{self.port}"

    def start_head(self, *words: str, cpus: int = 2, environment: Mapping[str, str] | None = None) -> None:
        """Starts the head; returns when it listens. It is called `head` in `machines`."""
        own = ("--head", f"--port={self.port}", "--include-dashboard=false", "--disable-usage-stats")
        # On a machine of its own a head that is started anew finds no raylets, whose words hold its address. Here Ray
        # would take theirs for a head that still runs, and refuse to start another one.
        (self.folder / "r" / "ray_current_cluster").unlink(missing_ok=True)
        self._start("head", *own, f"--num-cpus={cpus}", f"--temp-dir={self.folder}/r", *words, environment=environment)
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < end, self.log("head")
                assert self.machines["head"].poll() is None, self.log("head")
                time.sleep(0.1)
        self._wait_for_start("head")

    def start_machine(
        self, name: str, *words: str, cpus: int = 2, environment: Mapping[str, str] | None = None
    ) -> None:
        """Starts one more machine's Ray; returns when it has joined."""
        # Ray looks for a head by the machine's own address, and finds its session's folder there.
        self._start(name, f"--address=127.0.0.1:{self.port}", f"--num-cpus={cpus}", *words, environment=environment)
        self._wait_for_start(name)

    def _start(self, name: str, *words: str, environment: Mapping[str, str] | None = None) -> None:
        # A machine that does much else takes longer than the half minute that Ray waits for its own processes.
        # And what Ray runs at low priority (niceness 15, as it comes) gets next to nothing of it.
        patient = {"RAY_raylet_start_wait_time_s": str(PATIENCE_S), "RAY_worker_niceness": "0"}
        given = {**os.environ, **patient, **self.environment, **(environment or {})}
        # Without them Ray's own processes choose, and a machine is given up whose agents take more than 15 s to say so.
        ports = [f"--{each}={free_port()}" for each in AGENTS]
        command = [*RAY, "start", "--block", f"--object-store-memory={OBJECT_STORE_BYTES}", *ports, *words]
        self._starts[name] = (command, given)
        self._start_again(name)

    def _start_again(self, name: str) -> None:
        command, environment = self._starts[name]
        with (self.folder / f"{name}.log").open("wb") as log:
            self.machines[name] = subprocess.Popen(
                command,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def _wait_for_start(self, name: str) -> None:
        """A raylet gives up whose agent takes more than 15 s to start, and its `ray start` waits for it on and on."""
        end, seen = time.monotonic() + PATIENCE_S, False
        while "--block" not in self.log(name):
            assert time.monotonic() < end, self.log(name)
            assert self.machines[name].poll() is None, self.log(name)
            time.sleep(0.1)
            found = self.raylet(name)
            if seen and found is None:
                self.kill(name)
                self._start_again(name)
            seen = found is not None

    def raylet(self, name: str) -> int | None:
        """The process that is a machine's Ray for the others; None while it has none."""
        for pid in descendants(self.machines[name].pid):
            with suppress(OSError):
                if Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].endswith(b"/raylet/raylet"):
                    return pid
        return None

    def log(self, name: str) -> str:
        """What a machine's `ray start` has printed."""
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def kill(self, name: str) -> None:
        """Ends all processes of a machine's Ray as a power cut would."""
        started = self.machines.pop(name)
        for pid in [started.pid, *descendants(started.pid)]:
            _signal(pid, signal.SIGKILL)
        started.wait()

    def stop(self) -> None:
        """Ends the whole cluster."""
        for name in list(self.machines):
            self.kill(name)


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    parents: dict[int, list[int]] = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                fields = (each / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(each.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


@contextmanager
def cluster(*, tls: bool = False) -> Iterator[RayCluster]:
    """A cluster that is not started yet, and is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text(secrets.token_hex(32))
    environment = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token), "PYTHONPATH": _quicker(folder)}
    if tls:
        environment |= tls_files(folder)
    made = RayCluster(folder, free_port(), environment)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _quicker(folder: Path) -> str:
    """A path to import from, by which each process of Ray's starts a second of processor time earlier.

    Ray imports jsonschema, and that a grammar of formats which is there for our tests alone, and in no installation.
    """
    path = folder / "python"
    path.mkdir()
    (path / "rfc3987_syntax.py").write_text('raise ImportError("not needed here")\n')
    return os.pathsep.join([str(path), *filter(None, [os.environ.get("PYTHONPATH")])])


def tls_files(folder: Path) -> dict[str, str]:
    """Writes an authority and a certificate for this machine's addresses; returns the variables that name them."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.datetime.now(datetime.UTC)
    own = {"127.0.0.1", *(str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET))}
    own |= {_outward_address()}

    def made(name: str, issuer: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey) -> bytes:
        names = [x509.DNSName("localhost"), *(x509.IPAddress(ipaddress.ip_address(each)) for each in sorted(own))]
        built = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=10))
            .add_extension(x509.BasicConstraints(ca=name == issuer, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
        )
        return built.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    content = {
        "RAY_TLS_CA_CERT": made("authority", "authority", authority_key, authority_key),
        "RAY_TLS_SERVER_CERT": made("machine", "authority", key, authority_key),
        "RAY_TLS_SERVER_KEY": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }
    paths = {name: folder / f"{name.removeprefix('RAY_TLS_').lower()}.pem" for name in content}
    for name, path in paths.items():
        path.touch(mode=0o600)
        path.write_bytes(content[name])
    return {"RAY_USE_TLS": "1", **{name: str(path) for name, path in paths.items()}}


def _outward_address() -> str:
    """The address by which Ray calls this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
