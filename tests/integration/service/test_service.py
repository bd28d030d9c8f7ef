"""The whole service on a real camera: it counts, shows, heeds its site file, and comes back whatever is killed."""

import json
import os
import random
import signal
import struct
import time
from functools import partial
from pathlib import Path

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from testing.trial_service.service import Service
from testing.trial_service.site_register import registered

pytestmark = [pytest.mark.slow, pytest.mark.footage]


def crossings(service: Service) -> int:
    return sum(int(row["value"] or 0) for row in service.today() if row["quantity"] == "flow")


def at_least(service: Service, count: int) -> bool:
    return service.ask("/readyz").status == 200 and crossings(service) >= count


def test_it_counts_shows_and_leaves_in_order(service: Service) -> None:
    service.enter()
    service.until(lambda: crossings(service) > 0, "crossings")
    (camera,) = service.ask("/api/v1/cameras").json()["rows"]
    assert camera["health"]["state"] == "online"
    assert camera["isolation"]["level"] >= 2
    assert service.ask("/readyz").status == 200
    assert b"passerby_workers 1.0" in service.ask("/metrics").body
    counted = crossings(service)
    assert service.stop() == 0
    # Everything was told before it ended: the book holds it until the hub is there again.
    service.start()
    service.enter()
    service.until(lambda: crossings(service) >= counted, "what was counted before the stop")


def test_somebody_looks_and_sees_an_anonymous_picture(service: Service) -> None:
    service.enter()
    service.until(lambda: service.ask("/api/v1/cameras").json()["rows"][0]["health"], "health")
    why = {"purpose": "maintenance", "case": "a test"}
    assert service.ask("/api/v1/cameras/junction/ticket", method="POST").json()["code"] == "purpose-needed"
    assert service.ask("/api/v1/purpose", method="PUT", said=why).status == 200
    ticket = service.ask("/api/v1/cameras/junction/ticket", method="POST").json()["ticket"]
    address = f"{service.address.replace('http', 'ws')}/api/v1/cameras/junction/view?ticket={ticket}"
    with connect(address, additional_headers={"Cookie": service.cookie}, origin=Origin(service.address)) as view:
        for _ in range(5):
            message = view.recv(timeout=30)
            assert isinstance(message, bytes)
            (length,) = struct.unpack("!I", message[:4])
            said = json.loads(message[4 : 4 + length])
            assert said["method"] in ("redrawn", "masked")
            assert message[4 + length :].startswith(b"\xff\xd8")


def test_an_edit_touches_its_camera_alone_and_a_bad_file_nobody(service: Service, site: str) -> None:
    service.enter()
    service.until(lambda: any(name.startswith("sealed") for name in service.processes()), "a camera's process")
    service.until(lambda: crossings(service) > 0, "crossings")  # all processes of the camera run by then
    before = {name: pid for name, pid in service.processes().items() if name.startswith("sealed")}
    registered_site = service.site.read_text()
    block = site[site.index("  junction:") :].replace("  junction: # on the mast", "  second:")
    version = service.ask("/api/v1/configuration").json()
    answer = service.ask(
        "/api/v1/configuration",
        method="PUT",
        said={"text": registered(site + block)},
        headers={"If-Match": f'"{version["number"]}"'},
    )
    assert answer.status == 200, answer.body
    assert "# on the mast" in service.site.read_text()
    service.until(
        lambda: len([name for name in service.processes() if name.startswith("sealed")]) == 2 * len(before),
        "the second camera",
    )
    after = set(service.processes().values())
    assert set(before.values()) <= after
    refused = service.ask(
        "/api/v1/configuration",
        method="PUT",
        said={"text": registered_site.replace("points", "pionts")},
        headers={"If-Match": f'"{version["number"] + 1}"'},
    )
    assert refused.status in (400, 409, 422), refused.body
    assert b"pionts" in refused.body
    service.site.write_text("cameras: [")
    os.kill(service.pid, signal.SIGHUP)
    service.until(lambda: service.status().get("problem"), "the problem told")
    assert set(before.values()) <= set(service.processes().values())
    back = service.ask(f"/api/v1/configuration/versions/{version['number']}/roll-back", method="POST")
    assert back.status in (200, 201), back.body
    assert service.site.read_text() == registered_site
    service.until(
        lambda: len([name for name in service.processes() if name.startswith("sealed")]) == len(before),
        "one camera again",
    )


def test_whatever_is_killed_comes_back_and_nothing_is_doubled(service: Service) -> None:
    chance = random.Random(7)
    service.enter()
    service.until(lambda: crossings(service) > 0, "crossings")
    seen = 0
    for _ in range(5):
        time.sleep(chance.uniform(1.0, 3.0))
        name, pid = chance.choice([one for one in service.processes().items() if one[0] != "supervisor"])
        service.kill(pid)
        # A hub that was started anew hears of the open minutes when the workers are on the line again.
        service.until(partial(at_least, service, seen), f"{seen} crossings after {name} was killed")
        seen = crossings(service)
    service.until(lambda: any(name.startswith("sealed") for name in service.processes()), "the camera's process")
    service.until(lambda: crossings(service) > seen, "new crossings")
    assert service.stop() == 0
    service.start()
    service.enter()
    service.until(lambda: crossings(service) >= seen, "all that was counted")
    assert len({row["coverage"] for row in service.today()}) >= 1


def test_no_secret_is_written_down(service: Service, folder: Path) -> None:
    service.enter()
    service.until(lambda: crossings(service) > 0, "crossings")
    assert service.stop() == 0
    held = [path for path in folder.rglob("*") if path.is_file() and b"pa55 w0rd" in path.read_bytes()]
    assert held == []
