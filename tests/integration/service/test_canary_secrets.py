"""Secrets that nothing else looks like go through a whole service; they come out nowhere but where they are meant to.

Passwords, codes, tokens, a provider's secret, a camera's password and what the public writes: used rightly and wrongly,
over HTTP and by commands. Then everything is searched: answers, metrics, logs, command lines, environments and every
file that is left, backups and the database among them.
"""

import base64
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pyotp
import pytest

from passerby.admin.governance.cases import make_key, read_cases
from passerby.engine.service_folder import CAMERA_PASSWORDS_FILE
from testing.ports import free_port
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, packed
from testing.trial_service.service import Service
from testing.trial_service.site_register import SITE_REGISTER
from tests.integration.service.test_canary import recording

__all__ = ["recording"]

pytestmark = pytest.mark.slow

OF_CAMERA, OF_CAMERA_WRONG = "K4nar1e-camera+S3cret", "K4nar1e-camera-wrong"
OF_ACCOUNT, OF_ACCOUNT_WRONG = "K4nar1e account under bridges", "K4nar1e account wrong"
TYPED_AS_NAME, TYPED_AS_CODE, TYPED_AS_TOKEN = "K4nar1e-typed-as-name", "K4nar1e-typed-as-code", "K4nar1e-typed-token"
OF_PROVIDER, OF_CASE_KEY, FROM_THE_PUBLIC = "K4nar1e-provider", "K4nar1e passphrase", "K4nar1e from the public"
CAMERA = "/api/v1/cameras/square"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode().rstrip("=")


SECRET_FORMS = (str, str.casefold, quote, quote_plus, escape, _base64, lambda text: text.encode().hex())
"""As it is, as names are stored, as addresses, forms and pages write it, as log-in headers do, and as digits."""


def site(address: str, public_key: str) -> str:
    register = SITE_REGISTER.replace("register: {", f'register: {{questions: {{public_key: "{public_key}"}}, ')
    return (
        f"site: {{name: canary}}\nnetwork: {{cameras: [127.0.0.0/8]}}\nserver: {{port: {free_port()}, metrics: true}}\n"
        f'cameras:\n  square:\n    source: {{rtsp: "{address}", user: watcher}}\n    analysed_fps: 10\n'
        "    lines: {middle: {points: [[0.5, 0.1], [0.5, 0.9]]}}\n"
        "access: {providers: {city: {issuer: http://127.0.0.1:1, client_id: us, client_secret_from: OF_PROVIDER}}}\n"
        f"{register}"
    )


class Scene:
    """Everything that came out, and the secrets that were in it."""

    def __init__(self, folder: Path, film: Film) -> None:
        self.folder = folder
        self.shown: list[str] = []
        self.around: list[bytes] = []
        self.secrets = [
            OF_CAMERA, OF_CAMERA_WRONG, OF_ACCOUNT, OF_ACCOUNT_WRONG, TYPED_AS_NAME, TYPED_AS_CODE, TYPED_AS_TOKEN,
            OF_PROVIDER, OF_CASE_KEY, FROM_THE_PUBLIC,
        ]  # fmt: skip
        case_key = folder / "officer.pem"
        public_key = make_key(case_key, OF_CASE_KEY)
        with RtspCamera(film, user="watcher", password=OF_CAMERA) as camera:
            text = site(camera.address, public_key)
            with Service(folder, text, {"OF_PROVIDER": OF_PROVIDER}) as service:
                self.service = service
                self.play()
        (self.case,) = read_cases(service.site, service.data, case_key, lambda: OF_CASE_KEY)

    def play(self) -> None:
        service = self.service
        link = service.data / "link"
        service.until(link.exists, "a one-time link")
        opened = link.read_text().strip()
        self.address = opened.partition("/open/")[0]
        service.until(lambda: _answers(self.address), "the hub")
        with httpx.Client(base_url=self.address, headers={"Origin": self.address}, trust_env=False) as self.client:
            self.client.follow_redirects = True
            self.ask("GET", opened)
            self.enrol()
            self.log_in_wrongly()
            self.use_camera_password()
            self.use_token()
            self.read_all()
            self.run_commands()
            self.look_around()
            self.change_host()
        self.secrets += [cookie.value for cookie in self.client.cookies.jar if cookie.value]

    def ask(self, method: str, path: str, *, shown_once: bool = False, **said: object) -> httpx.Response:
        answer = self.client.request(method, path, **said)  # type: ignore[arg-type]
        if not shown_once:
            self.shown.append(f"{method} {answer.status_code} {answer.headers.get('location', '')} {answer.text}")
        return answer

    def enrol(self) -> None:
        """The first administrator, by password and code; what is shown once is a secret from then on."""
        joining = self.ask("POST", "/start", data={"name": "ann"}, shown_once=True).url.path
        for right in (False, True):
            page = self.ask("GET", joining, shown_once=True).text
            key = _found(r"<code>([A-Z2-7 ]{32,})</code>", page).replace(" ", "")
            code = pyotp.TOTP(key).now() if right else TYPED_AS_CODE
            said = {
                "set_up_id": _found(r'name="set_up_id" value="([^"]+)"', page),
                "password": OF_ACCOUNT,
                "code": code,
            }
            done = self.ask("POST", joining, data=said, shown_once=True)
        self.recovery = re.findall(r"<li><code>([^<]+)</code></li>", done.text)
        assert len(self.recovery) == 10
        self.secrets += [key, *self.recovery, joining.rpartition("/")[2]]

    def log_in_wrongly(self) -> None:
        for name, password, code in (
            ("ann", OF_ACCOUNT_WRONG, "123456"),
            (TYPED_AS_NAME, OF_ACCOUNT_WRONG, TYPED_AS_CODE),
            (OF_ACCOUNT, OF_ACCOUNT, self.recovery[1]),
        ):
            said = {"name": name, "password": password, "code": code}
            assert self.ask("POST", "/log-in", data=said).status_code in (401, 403, 422, 429)
        self.ask("GET", "/log-in/with/city")
        self.ask("POST", "/log-in/passkey/answer", json={"question_id": TYPED_AS_TOKEN, "answer": OF_ACCOUNT})
        self.ask("POST", "/log-in", data={"name": "ann", "password": OF_ACCOUNT, "code": self.recovery[0]})
        assert self.ask("GET", "/account").status_code == 200

    def use_camera_password(self) -> None:
        service = self.service
        for said in ({"password": OF_CAMERA_WRONG * 100}, {"password": [OF_CAMERA]}, {"pasword": OF_CAMERA}):
            assert self.ask("PUT", f"{CAMERA}/password", json=said).status_code == 422
        self.ask("PUT", f"{CAMERA}/password", content=f'{{"password": "{OF_CAMERA}')
        answer = self.ask("PUT", f"{CAMERA}/password", json={"password": OF_CAMERA})
        assert answer.json()["place"] == "encrypted", answer.text
        service.until(lambda: _frames(service) > 0, "frames of the camera, by the password that was set")
        assert self.ask("GET", f"{CAMERA}/password").json()["place"] == "encrypted"

    def use_token(self) -> None:
        said = {
            "account": "ann", "label": "a trial", "groups": "*", "purpose": "maintenance", "case": "a trial",
            "until": "2099-01-01", "scope_see_state": "on", "scope_see_metrics": "on",
        }  # fmt: skip
        self.ask("POST", "/account/tokens", data=said)
        made = self.ask("POST", "/account/tokens", data={**said, "until": _in_a_week()}, shown_once=True)
        token = _found(r"<code>([A-Za-z0-9_.-]{30,})</code>", made.text)
        self.secrets.append(token)
        for each in (token, TYPED_AS_TOKEN):
            headers = {"Authorization": f"Bearer {each}"}
            with httpx.Client(base_url=self.address, headers=headers, trust_env=False) as own:
                answers = [own.get(path) for path in ("/api/v1/cameras", "/metrics", "/api/v1/audit")]
            self.shown += [answer.text for answer in answers]
        self.ask("POST", "/register/en/ask", data={"kind": "question", "text": FROM_THE_PUBLIC}, shown_once=True)

    def read_all(self) -> None:
        for path in (
            "/api/v1/cameras", "/api/v1/configuration", "/api/v1/configuration/versions", "/api/v1/health",
            "/api/v1/health/history", "/metrics", "/accounts", "/account", "/account/tokens", "/camera-passwords",
            "/openapi.json",
            "/register/", "/.well-known/passerby/register.json", "/api/v1/observations", "/api/v1/audit", "/",
        ):  # fmt: skip
            self.ask("GET", path)

    def run_commands(self) -> None:
        backups = self.folder / "backups"
        for words in (
            ("secrets", "list"), ("secrets", "rotate"), ("doctor",), ("status",), ("audit", "list"),
            ("audit", "verify"), ("users", "list"), ("tokens", "list"), ("register", "show"),
            ("backup", "--out", str(backups)),
            ("register", "export", str(self.folder / "pages")), ("secrets", "list"),
        ):  # fmt: skip
            self.command(*words)
        (made,) = backups.iterdir()
        assert (made / CAMERA_PASSWORDS_FILE).exists()
        elsewhere = self.folder / "elsewhere" / "site.yaml"
        elsewhere.parent.mkdir()
        done = self.command("restore", str(made), site=elsewhere, data=elsewhere.parent / "data")
        assert "the key of the cameras' passwords is not there" in done

    def command(self, *words: str, site: Path | None = None, data: Path | None = None) -> str:
        """Runs a command as the service's account does; the site file comes before further arguments."""
        given = [str(site or self.service.site), "--data", str(data or self.service.data)]
        where = 1 if words[0] in ("doctor", "status", "backup", "restore") else 2
        if (words[0] == "register" and words[1] == "show") or words[0] == "status":
            given = given[:1] if words[0] == "register" else given
        command = [sys.executable, "-m", "passerby", *words[:where], given[0], *words[where:], *given[1:]]
        environment = {**os.environ, "OF_PROVIDER": OF_PROVIDER, "COLUMNS": "1000"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 1), done.stderr
        self.shown.append(f"{words} {done.stdout} {done.stderr}")
        return done.stdout + done.stderr

    def look_around(self) -> None:
        """Keeps command lines and environments while the camera runs by its password: a changed host drops that."""
        self.around = [
            path.read_bytes()
            for pid in self.service.processes().values()
            for path in (Path(f"/proc/{pid}/cmdline"), Path(f"/proc/{pid}/environ"))
        ]

    def change_host(self) -> None:
        """After the rotation the camera starts anew with the same password; at another host it has none."""
        service = self.service
        read = self.ask("GET", "/api/v1/configuration")
        text = read.json()["text"].replace("analysed_fps: 10", "analysed_fps: 8")
        self.ask("PUT", "/api/v1/configuration", json={"text": text}, headers={"If-Match": "*"})
        service.until(lambda: _frames(service) > 0, "frames of the camera, after the key was changed")
        self.kept = (service.data / CAMERA_PASSWORDS_FILE).read_text()
        moved = text.replace("rtsp://127.0.0.1", "rtsp://127.0.0.2")
        self.ask("PUT", "/api/v1/configuration", json={"text": moved}, headers={"If-Match": "*"})
        self.dropped = self.ask("GET", f"{CAMERA}/password").json()["place"]
        self.audited = self.command("audit", "list")


def _frames(service: Service) -> int:
    return max((one["frames_in"] or 0 for one in service.status()["cameras"]), default=0)


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _in_a_week() -> str:
    from datetime import UTC, datetime, timedelta

    return (datetime.now(UTC) + timedelta(days=7)).strftime("%Y-%m-%d")


@pytest.fixture(scope="module")
def scene(recording: Path) -> Iterator[Scene]:
    folder = Path(tempfile.mkdtemp(prefix="psb-"))
    try:
        yield Scene(folder, packed(recording))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _plain(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def found_in(content: bytes, secrets: list[str]) -> list[str]:
    return [secret for secret in secrets if any(form(secret).encode() in content for form in SECRET_FORMS)]


def test_what_was_played_has_happened(scene: Scene) -> None:
    """Otherwise nothing would be found for another reason."""
    assert "square" in scene.kept
    assert scene.dropped == "none"
    for action in ("camera.password-set", "camera.passwords-rotated", "camera.password-dropped"):
        assert action in scene.audited
    assert scene.case.letter is not None
    assert FROM_THE_PUBLIC in str(scene.case.letter)
    assert found_in(b"..." + quote(OF_ACCOUNT).encode() + b"...", scene.secrets) == [OF_ACCOUNT]


def test_no_answer_and_no_output_shows_a_secret(scene: Scene) -> None:
    assert len(scene.shown) > 40
    assert {text[:80]: found for text in scene.shown if (found := found_in(text.encode(), scene.secrets))} == {}


def test_no_file_holds_a_secret(scene: Scene) -> None:
    files = {path: _plain(path) for path in scene.folder.rglob("*") if path.is_file()}
    assert {"log", "passerby.sqlite", "worker-1.sqlite", "site.yaml", "applied.yaml"} <= {path.name for path in files}
    assert any(path.name.endswith(".gz") for path in files)
    assert {path: found for path, content in files.items() if (found := found_in(content, scene.secrets))} == {}


def test_no_process_shows_a_camera_s_password(scene: Scene) -> None:
    assert len(scene.around) >= 8
    assert [found for content in scene.around if (found := found_in(content, [OF_CAMERA, OF_ACCOUNT]))] == []
