"""nginx and HAProxy before two hubs, set up with what the how-to shows; gone at the end."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testing.servers.programs import found, own_environment
from testing.source_tree import ROOT

PROGRAMS = ("nginx", "haproxy")
DOUBLED = ROOT / "docs/how-to/double-the-hub.md"
BEHIND = ROOT / "docs/how-to/serve-over-tls.md"
HOST = "counts.example.org"


def missing(program: str) -> str | None:
    """Why there can be no such proxy here, or None."""
    return None if found(program) else f"no {program}: install {program}"


@contextmanager
def serving(program: str, port: int, hubs: tuple[int, int], certificate: Path, key: Path) -> Iterator[None]:
    """A proxy that ends TLS and leads on to two hubs of this machine, which speak plain HTTP.

    Args:
        program: one of `PROGRAMS`.
        port: where it listens, on 127.0.0.1.
        hubs: the ports of their pages.
        certificate, key: PEM files of its certificate.
    """
    folder = Path(tempfile.mkdtemp(prefix="proxy-", dir="/tmp"))
    settings = folder / "settings"
    name = found(program)
    assert name is not None, missing(program)
    if program == "nginx":
        settings.write_text(_nginx(folder, port, hubs, certificate, key))
        command = [name, "-p", str(folder), "-c", str(settings), "-g", "daemon off;"]
    else:
        (folder / "both.pem").write_bytes(certificate.read_bytes() + key.read_bytes())
        settings.write_text(_haproxy(folder, port, hubs))
        command = [name, "-db", "-f", str(settings)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=own_environment())
    try:
        yield
        assert process.poll() is None, (folder / "log").read_text()
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)


def shown(document: Path, form: str, beginning: str) -> str:
    """Returns the example in a document that begins so; lines of its end that lead nowhere are its own.

    Args:
        document: Markdown.
        form: what its fence names.
        beginning: its first words.
    """
    for text in re.findall(rf"```{form}\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL):
        if str(text).startswith(beginning):
            return str(text)
    raise AssertionError(f"{document}: no example begins with {beginning!r}")


def _haproxy(folder: Path, port: int, hubs: tuple[int, int]) -> str:
    backend = shown(DOUBLED, "text", "backend passerby")
    for name, hub in zip(("hub-a", "hub-b"), hubs, strict=True):
        backend = backend.replace(f"{name}.example:443", f"127.0.0.1:{hub}")
    # The hubs of the trial are on this machine, and speak plain HTTP to it; its port is in their names.
    backend = backend.replace(f"hdr Host {HOST} ", f"hdr Host {HOST}:{port} ")
    backend = backend.replace("ssl verify required ca-file /etc/ssl/certs/ca-certificates.crt ", "")
    return f"""
defaults
    mode http
    timeout connect 2s
    timeout client 1h
frontend page
    bind 127.0.0.1:{port} ssl crt {folder}/both.pem
    default_backend passerby
{backend}"""


def _nginx(folder: Path, port: int, hubs: tuple[int, int], certificate: Path, key: Path) -> str:
    text = shown(DOUBLED, "nginx", "upstream passerby")
    for name, hub in zip(("hub-a", "hub-b"), hubs, strict=True):
        text = text.replace(f"{name}.example:443", f"127.0.0.1:{hub}")
    lines = shown(BEHIND, "nginx", "location / {").partition("{\n")[2].rpartition("}")[0]
    lines = "".join(line + "\n" for line in lines.splitlines() if "proxy_pass " not in line)
    text = text.replace("https://passerby", "http://passerby")
    text = text.replace('    # and the lines of "Behind a proxy instead"\n', lines)
    listen = f"listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};"
    text = text.replace("  # listen, server_name, certificate\n", f"  {listen}\n")
    return f"""
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
access_log off;
client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{shown(BEHIND, "nginx", "map ")}
{text}
}}
"""
