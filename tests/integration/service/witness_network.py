"""A hub and a witness in two networks of their own, with a cable between; run inside a network namespace.

Prints what the witness says, a line each: at first, after more entries, and after history was rewritten.
"""

import asyncio
import socket
import sqlite3
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn

from passerby.domain.audit import AuditEntry
from passerby.engine.service_folder import ServiceFolder
from passerby.service.hub.audit_keeper import AuditKeeper
from passerby.store import open_store
from passerby.web.app import end_streams
from passerby.web.edge.server import server_config
from testing.web.fakes import FakeConfigurations, Service

HUB, WITNESS = "10.99.0.1", "10.99.0.2"


def sh(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def cable(other: int) -> None:
    """Lays a cable from this network to that of another process."""
    sh("ip", "link", "set", "lo", "up")
    sh("ip", "link", "add", "a0", "type", "veth", "peer", "name", "a1", "netns", str(other))
    sh("ip", "addr", "add", f"{HUB}/24", "dev", "a0")
    sh("ip", "link", "set", "a0", "up")
    inside = ("nsenter", "--target", str(other), "--net")
    sh(*inside, "ip", "addr", "add", f"{WITNESS}/24", "dev", "a1")
    sh(*inside, "ip", "link", "set", "a1", "up")


@asynccontextmanager
async def served(service: Service):
    with socket.create_server((HUB, 0)) as listening:
        server = uvicorn.Server(server_config(service.app, HUB, 0))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield listening.getsockname()[1]
        finally:
            end_streams(service.app)
            server.should_exit = True
            await task


async def look(other: int, port: int, folder: Path) -> None:
    command = ["nsenter", "--target", str(other), "--net", sys.executable, "-m", "passerby", "audit", "witness",
               f"http://{HUB}:{port}", "--folder", str(folder), "--name", "ngo.example/w", "--json"]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    sys.stdout.write(f"{process.returncode} {said.decode().strip()}\n".replace("\n", " ").strip() + "\n")
    sys.stdout.flush()


async def run(folder: Path, other: int) -> None:
    data = ServiceFolder(folder)
    store = await open_store(data.store_url(None))
    await AuditKeeper(store.audit_log, data, {}).start()

    async def append(first: int, count: int) -> None:
        for number in range(first, first + count):
            await store.append_audit(AuditEntry(number, "ada", "live.opened", "square", "", "", f"SECRET-{number}"))
        await store.audit_log.checkpoint()

    await append(0, 10)
    configurations = FakeConfigurations()
    plan = configurations.plan
    configurations.plan = replace(plan, server=replace(plan.server, host=HUB))
    service = Service(store=store, configurations=configurations)
    async with served(service) as port:
        await look(other, port, folder / "witness")
        await append(10, 290)
        await look(other, port, folder / "witness")
        with sqlite3.connect(data.database) as thief:
            for table in ("audit_leaves", "audit_tiles", "audit_checkpoints"):
                thief.execute(f"DELETE FROM {table}")
            thief.execute("UPDATE audit_logs SET size = 0")
        thief.close()
        await append(1000, 320)
        await look(other, port, folder / "witness")
    await store.close()


def main() -> None:
    other = subprocess.Popen(["unshare", "--net", "sleep", "300"])
    try:
        here = Path("/proc/self/ns/net").readlink()
        while Path(f"/proc/{other.pid}/ns/net").readlink() == here:
            pass
        cable(other.pid)
        asyncio.run(run(Path(sys.argv[1]), other.pid))
    finally:
        other.kill()
        other.wait()


if __name__ == "__main__":
    main()
