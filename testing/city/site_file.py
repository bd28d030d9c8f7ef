"""The site file of a simulated city."""

from testing.trial_service.site_register import SITE_REGISTER

SITE = "Example city"
ZONE = "Europe/Belgrade"
DISTRICTS = 20

CAMERA = """\
  {name}:
    node: {node}
    groups: [{group}]
    source: {{rtsp: "rtsp://10.{high}.{low}.20/stream"}}
    lines: {{gate: {{points: [[0.1, 0.5], [0.9, 0.55]]}}}}
    zones: {{square: {{points: [[0.2, 0.6], [0.8, 0.6], [0.8, 0.95], [0.2, 0.95]]}}}}
    register: {{title: "Street {number}", place: {{address: "{number} Example street", position: [{lat:.4f}, {lon:.4f}],
      field_of_view: [[{lat:.4f}, {lon:.4f}], [{lat_to:.4f}, {lon:.4f}], [{lat_to:.4f}, {lon_to:.4f}]]}}}}
"""


def camera_name(number: int) -> str:
    """The name of a camera."""
    return f"camera-{number:05d}"


def camera_number(name: str) -> int:
    """The number of a camera, by its name."""
    return int(name.rpartition("-")[2])


def machine_name(number: int) -> str:
    """The name of a machine."""
    return f"machine-{number:03d}"


def site_text(cameras: int, machines: int, database: str, hub: str, *, each: int = 40, port: int = 8642) -> str:
    """Returns a site file whose cameras are spread evenly over the machines.

    Args:
        cameras, machines: how many there are.
        database: the store's URL.
        hub: host and port at which machines reach the hub.
        each: cameras of one worker.
        port: of the API.
    """
    placed = {number: machine_name(number * machines // cameras) for number in range(cameras)}
    return (
        f"site: {{name: {SITE}, time_zone: {ZONE}}}\n"
        f'store: {{url: "{database}"}}\n'
        f"server: {{port: {port}}}\n"
        f"workers: {{cameras_each: {each}}}\n"
        f"fleet: {{listen: {hub}, address: {hub}}}\n"
        f"{SITE_REGISTER}"
        "cameras:\n"
    ) + "".join(_camera(number, node) for number, node in placed.items())


def _camera(number: int, node: str) -> str:
    lat, lon = 44.75 + 0.001 * (number % 100), 20.35 + 0.002 * (number // 100)
    return CAMERA.format(
        name=camera_name(number), node=node, group=f"district-{number % DISTRICTS:02d}", high=number // 250,
        low=number % 250, number=number, lat=lat, lon=lon, lat_to=lat + 0.0003, lon_to=lon + 0.0004,
    )  # fmt: skip
