"""A cluster that anybody could use is refused before anything is sent to it, and in words that say what to do."""

import os
import socket
import subprocess
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from passerby import __version__
from passerby.domain.errors import PasserbyError
from passerby.fleet import ray_cluster
from passerby.fleet.ray_cluster import (
    HeadAnswer,
    RayAddress,
    check_environment,
    check_head,
    connect,
    head_answer,
    ray_address,
)
from testing.ports import free_port
from testing.servers.ray_cluster import cluster, missing, tls_files

HERE = RayAddress("127.0.0.1", 6379)
AWAY = RayAddress("10.0.0.5", 6379)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text("canary-token\n")
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("ray", {}, "127.0.0.1:6379"),
        ("ray", {"RAY_ADDRESS": "10.0.0.5:6400"}, "10.0.0.5:6400"),
        ("ray://10.0.0.5", {"RAY_ADDRESS": "10.0.0.9:1"}, "10.0.0.5:6379"),
        ("ray://head.city.example:6400", {}, "head.city.example:6400"),
        ("ray://[2001:db8::5]:6400/", {}, "[2001:db8::5]:6400"),
    ],
)
def test_addresses(text: str, given: dict[str, str], expected: str) -> None:
    assert str(ray_address(text, given)) == expected


@pytest.mark.parametrize(
    "text",
    ["", "10.0.0.5:6379", "ray:/10.0.0.5", "ray://", "ray://a:0", "ray://a:65536", "ray://a b", "ray://a/b", "auto"],
)
def test_no_address(text: str) -> None:
    with pytest.raises(PasserbyError, match="--engine: this is no address of a Ray cluster, got"):
        ray_address(text, {})


def test_an_address_of_the_environment_that_is_none() -> None:
    with pytest.raises(PasserbyError, match=r"RAY_ADDRESS: this is no address of a Ray cluster, got '.\[2J'"):
        ray_address("ray", {"RAY_ADDRESS": "\x1b[2J"})


def test_a_token_is_enough_on_loopback(environment: dict[str, str]) -> None:
    check_environment(HERE, environment)


@pytest.mark.parametrize("mode", [None, "", "disabled"])
def test_without_token_authentication(environment: dict[str, str], mode: str | None) -> None:
    environment.pop("RAY_AUTH_MODE")
    if mode is not None:
        environment["RAY_AUTH_MODE"] = mode
    with pytest.raises(
        PasserbyError, match=r"RAY_AUTH_MODE is (not set|disabled).*CVE-2023-48022.*RAY_AUTH_MODE=token"
    ):
        check_environment(HERE, environment)


def test_a_token_that_is_missing_read_by_others_or_empty(environment: dict[str, str]) -> None:
    token = Path(environment["RAY_AUTH_TOKEN_PATH"])
    token.chmod(0o644)
    with pytest.raises(PasserbyError, match="other accounts may read the key of the Ray cluster") as caught:
        check_environment(HERE, environment)
    assert "canary" not in str(caught.value)
    token.chmod(0o600)
    token.write_text("\n")
    with pytest.raises(PasserbyError, match="the token of the Ray cluster is empty"):
        check_environment(HERE, environment)
    token.unlink()
    with pytest.raises(PasserbyError, match="the key of the Ray cluster cannot be read: No such file"):
        check_environment(HERE, environment)
    check_environment(HERE, environment | {"RAY_AUTH_TOKEN": "of the environment"})


def test_ray_s_own_place_for_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(PasserbyError, match=r"\.ray/auth_token: the key of the Ray cluster cannot be read"):
        check_environment(HERE, {"RAY_AUTH_MODE": "token"})


def test_another_machine_needs_tls(environment: dict[str, str]) -> None:
    with pytest.raises(PasserbyError, match=r"ray://10\.0\.0\.5:6379: TLS of Ray is off here, RAY_USE_TLS is not set"):
        check_environment(AWAY, environment)
    with pytest.raises(PasserbyError, match="TLS of Ray is off here"):
        check_environment(RayAddress("head.city.example", 6379), environment | {"RAY_USE_TLS": "0"})


def test_both_faults_are_told_at_once() -> None:
    with pytest.raises(PasserbyError) as caught:
        check_environment(AWAY, {})
    assert len(str(caught.value).splitlines()) == 2


def test_files_of_tls(environment: dict[str, str], tmp_path: Path) -> None:
    files = tls_files(tmp_path)
    check_environment(AWAY, environment | files)
    with pytest.raises(PasserbyError, match="RAY_TLS_CA_CERT: TLS of Ray is on, and this names no file"):
        check_environment(AWAY, environment | files | {"RAY_TLS_CA_CERT": ""})
    with pytest.raises(PasserbyError, match=r"RAY_TLS_SERVER_KEY: .*/none cannot be read"):
        check_environment(AWAY, environment | files | {"RAY_TLS_SERVER_KEY": str(tmp_path / "none")})
    with pytest.raises(PasserbyError, match="these are no certificate, its key and its authority, got:"):
        check_environment(AWAY, environment | files | {"RAY_TLS_SERVER_KEY": files["RAY_TLS_CA_CERT"]})


def test_nobody_listens(environment: dict[str, str]) -> None:
    with pytest.raises(PasserbyError, match="no Ray cluster answers there, got: Connection refused"):
        check_head(RayAddress("127.0.0.1", free_port()), environment)


@contextmanager
def answering(answer: bytes) -> Iterator[RayAddress]:
    """A program that answers one connection with the same bytes, whatever it is told."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            stream, _ = server.accept()
            with stream:
                stream.recv(100)
                stream.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield RayAddress("127.0.0.1", server.getsockname()[1])
        thread.join()


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 no\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x46"])
def test_what_listens_is_no_head(environment: dict[str, str], answer: bytes) -> None:
    with (
        answering(answer) as address,
        pytest.raises(PasserbyError, match="is no head of a cluster with RAY_USE_TLS off"),
    ):
        check_head(address, environment)


def test_what_listens_speaks_no_tls(environment: dict[str, str], tmp_path: Path) -> None:
    with (
        answering(b"HTTP/1.1 400 no\r\n\r\n") as address,
        pytest.raises(PasserbyError, match="is no head of a cluster by TLS"),
    ):
        check_head(address, environment | tls_files(tmp_path))


REFUSED = "ray.exceptions.AuthenticationError: RPC error: InvalidAuthToken: x"


@pytest.mark.parametrize(
    ("member", "stranger", "said"),
    [
        ("", "", r"takes orders from anybody who reaches it \(CVE-2023-48022\)"),
        ("", "[2026 W 1 1] x\n\nTimed out while waiting\n", "was not found out, got: Timed out while waiting"),
        (REFUSED, REFUSED, "the cluster has another token than this machine"),
        ("odd", REFUSED, "the cluster cannot be used. Ray says: odd"),
        ("", REFUSED, ""),
    ],
)
def test_who_is_let_in(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, member: str, stranger: str, said: str
) -> None:
    asked: list[dict[str, str]] = []
    popen = subprocess.Popen

    def run(command: list[str], *, env: dict[str, str], **words: Any) -> "subprocess.Popen[str]":
        text = stranger if asked else member
        asked.append(env)
        code = f"import sys; sys.stderr.write({text!r}); sys.exit({int(bool(text))})"
        return popen([sys.executable, "-I", "-c", code], **words)

    monkeypatch.setattr(subprocess, "Popen", run)
    with answering(bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])) as address:
        given = environment | {"RAY_AUTH_TOKEN": "canary"}
        if said:
            with pytest.raises(PasserbyError, match=said):
                check_head(address, given)
        else:
            check_head(address, given)
    assert asked[0]["RAY_AUTH_TOKEN"] == "canary"
    assert not {"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & asked[1].keys()
    assert asked[1]["RAY_AUTH_MODE"] == "disabled"


class FakeRayError(Exception):
    """What `ray.exceptions` has."""


class FakeTimeoutError(FakeRayError):
    """The answer did not come."""


@dataclass
class FakeRay(types.ModuleType):
    """What `connect` uses of Ray."""

    dashboard: str = ""
    hosts: tuple[str, ...] = ("192.0.2.2",)
    answer: object = HeadAnswer(__version__, "0")
    fault: Exception | None = None
    ended: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__("ray")
        self.exceptions = types.SimpleNamespace(RayError=FakeRayError, GetTimeoutError=FakeTimeoutError)

    def init(self, **_: object) -> object:
        if self.fault:
            raise self.fault
        return types.SimpleNamespace(dashboard_url=self.dashboard)

    def nodes(self) -> list[dict[str, Any]]:
        dead = {"NodeManagerAddress": "10.9.9.9", "Alive": False}
        return [{"NodeManagerAddress": host, "Alive": True} for host in self.hosts] + [dead]

    def remote(self, function: object) -> object:
        assert function is head_answer
        handle = types.SimpleNamespace(remote=lambda: "reference")
        handle.options = lambda **_: handle
        return handle

    def get(self, reference: object, timeout: float) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def shutdown(self) -> None:
        self.ended.append(True)


@pytest.fixture
def fake(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRay]:
    for name in [name for name in os.environ if name.startswith("RAY_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    # `connect` sets these two; this puts them back.
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "1")
    monkeypatch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    monkeypatch.setattr(ray_cluster, "check_head", lambda *_: None)
    ray = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", ray)
    yield ray


def test_a_safe_cluster(fake: FakeRay) -> None:
    fake.dashboard = "127.0.0.1:8265"
    connect(HERE, "city")
    assert fake.ended == []
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


def test_a_head_with_another_release_is_taken_where_nothing_depends_on_it(fake: FakeRay) -> None:
    fake.answer = HeadAnswer("0.0.1", "0")
    connect(HERE, "city", same_release=False)
    assert fake.ended == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dashboard": "192.0.2.2:8265"}, r"dashboard listens at 192\.0\.2\.2:8265.*CVE-2025-62593"),
        ({"hosts": ("10.0.0.5", "10.0.0.6")}, r"2 machines \(10\.0\.0\.5, 10\.0\.0\.6\), and TLS is off"),
        ({"answer": HeadAnswer(__version__, None)}, "usage reports are on there.*--disable-usage-stats"),
        ({"answer": HeadAnswer("0.0.1", "0")}, r"the head has passerby 0\.0\.1, this machine"),
        ({"answer": FakeTimeoutError()}, "head started nothing within a minute"),
        (
            {"answer": FakeRayError("trace\nNo module named 'passerby'")},
            "cannot run passerby.*No module named 'passerby'",
        ),
    ],
)
def test_a_cluster_that_is_refused_is_left(fake: FakeRay, change: dict[str, Any], said: str) -> None:
    for name, value in change.items():
        setattr(fake, name, value)
    with pytest.raises(PasserbyError, match=said):
        connect(HERE, "city")
    assert fake.ended == [True]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (FakeRayError("RPC error: InvalidAuthToken: x"), "the cluster has another token than this machine"),
        (RuntimeError("Version mismatch: The cluster was started with:\n Ray: 2.61"), "of another version there"),
        (
            ConnectionError("did not find a raylet"),
            "this machine is not one of the cluster's. Run `ray start --address=",
        ),
        (ValueError("\x1b[2Jodd"), r"the cluster cannot be used\. Ray says: .\[2Jodd"),
    ],
)
def test_why_it_could_not_connect(fake: FakeRay, fault: Exception, said: str) -> None:
    fake.fault = fault
    with pytest.raises(PasserbyError, match=said):
        connect(HERE, "city")


def test_the_head_says_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    assert head_answer() == HeadAnswer(__version__, "0")


def connected(address: str, environment: dict[str, str]) -> str:
    """What a driver of its own says that connects: a process that has used Ray once cannot go to another cluster."""
    code = (
        "import os, sys\n"
        "from passerby.domain.errors import PasserbyError\n"
        "from passerby.fleet.ray_cluster import connect, ray_address\n"
        "try:\n    connect(ray_address(sys.argv[1], os.environ), 'city')\n    print('connected')\n"
        "except PasserbyError as error:\n    print(error)\n"
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    done = subprocess.run(
        [sys.executable, "-c", code, address], env=own | environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_a_real_cluster(tmp_path: Path) -> None:
    with cluster(tls=True) as ours:
        ours.start_head()
        assert connected(ours.address, ours.environment) == "connected\n"
        plain = {name: value for name, value in ours.environment.items() if "TLS" not in name}
        assert "is no head of a cluster with RAY_USE_TLS off" in connected(ours.address, plain)
        other = tmp_path / "other"
        other.touch(mode=0o600)
        other.write_text("another")
        assert "has another token" in connected(ours.address, ours.environment | {"RAY_AUTH_TOKEN_PATH": str(other)})
        assert "is no head of a cluster by TLS" in connected(ours.address, plain | tls_files(tmp_path))


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_a_real_cluster_that_is_open() -> None:
    with cluster() as ours:
        ours.start_head(environment={"RAY_AUTH_MODE": "disabled"})
        assert "takes orders from anybody" in connected(ours.address, ours.environment)
