"""What a limit of the closer looks costs: people below it, who would be taken for things, and things above it.

People and things are put into single pictures of real places, each is looked at once, as the finder does, and nothing
else of what keeps people from being things is asked.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace

import av
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.events.composited import SCENES, Put, Scene, base, with_put
from benchmarks.events.cuts import SHADES, THINGS, Cut, people, posed, thing
from benchmarks.footage import PETS, TOWN_CENTRE, Footage, find_footage
from passerby.domain.frames import FrameStamp
from passerby.ingest.attention.frame_detector import use_one_thread
from passerby.ingest.detectors.loader import open_detector
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.decoder import raw_frame
from passerby.ingest.standing_things.candidates import MIN_JUDGED_PX
from passerby.ingest.standing_things.person_looks import look_closer
from passerby.ingest.standing_things.sizes import PERSON_M

LIMITS = (0.16, 0.2, 0.24, 0.28, 0.32, 0.4)
POSES = ("lying left", "sitting", "lying right", "standing", "under a blanket")
BLANKETS = ((60, 60, 130), (120, 120, 120), (150, 110, 70), (50, 80, 60), (190, 190, 200))
SIZES_M = (0.7, 1.0, 1.5)
LEAST_UNCOVERED = 0.9


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the shares of each limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.standing_things.person_doubt", description=__doc__)
    parser.add_argument("--scenes", default="tunnel,pets09-s2l1,campus-path", help="recordings, with commas between")
    asked = parser.parse_args(arguments)
    use_one_thread()
    footage, detector = find_footage(), open_detector()
    found: dict[str, list[float]] = {"people": [], "of these lying": [], "under a blanket": [], "things": []}
    for scene in (each for each in SCENES if each.folder in asked.scenes.split(",")):
        for number, (cut, foot) in enumerate(_cuts(footage, scene)):
            placed = _placed(footage, scene, Put(cut, foot), number)
            if placed is None:
                continue
            raw, box_px = placed
            person = look_closer(raw, box_px, detector, person_px=PERSON_M * scene.scale_at(foot[1]))
            for group in _groups(cut):
                found[group].append(person)
    print("pictures:", ", ".join(f"{group} {len(values)}" for group, values in found.items()))
    for limit in LIMITS:
        below = {group: np.mean(np.array(values) < limit) for group, values in found.items()}
        shares = ", ".join(f"{group} {share:.0%}" for group, share in below.items() if group != "things")
        print(f"limit {limit:g}: below it {shares}; at it or above {1 - below['things']:.0%} of the things", flush=True)
    return 0


def _groups(cut: Cut) -> tuple[str, ...]:
    if not cut.name.startswith("person"):
        return ("things",)
    if "blanket" in cut.name:
        return ("under a blanket",)
    return ("people", "of these lying") if "lying" in cut.name else ("people",)


def _cuts(footage: Footage, scene: Scene) -> Iterator[tuple[Cut, tuple[float, float]]]:
    """Returns people in all poses, and things of 0.7 m and more, each with where it is put."""
    chance = np.random.default_rng(7)
    _, empty = base(footage, scene)
    for number, person in enumerate((*people(footage, PETS, 6), *people(footage, TOWN_CENTRE, 6))):
        for turn, pose in enumerate(POSES):
            foot = scene.feet[(number + turn) % len(scene.feet)]
            lies = pose if turn < len(POSES) - 1 else POSES[2 * (number % 2)]
            cut = posed(person, lies, scene.scale_at(foot[1]))
            yield (cut if lies == pose else _under_blanket(cut, chance)), foot
    for number in range(2 * len(THINGS) * len(SIZES_M)):
        foot = scene.feet[number % len(scene.feet)]
        ground = float(empty[int(foot[1] * empty.shape[0]) - 3, int(foot[0] * empty.shape[1])].mean())
        shade = tuple(SHADES)[(number * 2 + number // len(SHADES)) % len(SHADES)]
        kind, metres = THINGS[number % len(THINGS)], SIZES_M[number // len(THINGS) % len(SIZES_M)]
        yield thing(kind, shade, metres, scene.scale_at(foot[1]), ground, chance), foot


def _under_blanket(person: Cut, chance: np.random.Generator) -> Cut:
    """A person who lies, all but the head under a blanket."""
    rows, columns = person.alpha.shape
    head = int(0.22 * columns)
    left, right = (head, columns) if "left" in person.name else (0, columns - head)
    mask = np.zeros((rows, columns), np.float32)
    size = (max(1, (right - left) // 2 + 1), max(1, int(rows * 0.48)))
    cv2.ellipse(mask, ((left + right) // 2, int(rows * 0.55)), size, 0, 0, 360, 1.0, -1)
    folds = chance.normal(0, 9, (max(2, rows // 4), max(2, columns // 4))).astype(np.float32)
    colour = np.array(BLANKETS[int(chance.integers(len(BLANKETS)))], np.float32)
    colours = colour + cv2.resize(folds, (columns, rows))[:, :, None]
    bgr = person.bgr * (1 - mask[:, :, None]) + colours * mask[:, :, None]
    return replace(person, name="person under a blanket", bgr=bgr, alpha=np.maximum(person.alpha, mask))


def _placed(footage: Footage, scene: Scene, put: Put, number: int) -> tuple[RawFrame, npt.NDArray[np.float64]] | None:
    """Returns a picture with something put in, and its box; None where it is too small, hidden or not within it."""
    played, empty = base(footage, scene)
    (height, width), (rows, columns) = empty.shape[:2], put.cut.alpha.shape
    left, top = round(put.foot[0] * width - columns / 2), round(put.foot[1] * height - rows)
    if max(rows, columns) < MIN_JUDGED_PX or min(left, top) < 0 or left + columns > width or top + rows > height:
        return None
    made, in_front = with_put(played[number * 7 % len(played)], empty, put)
    solid = put.cut.alpha > 0.5
    if float((in_front[top : top + rows, left : left + columns][solid] == 0).mean()) < LEAST_UNCOVERED:
        return None
    _, coded = cv2.imencode(".jpg", made, [cv2.IMWRITE_JPEG_QUALITY, 60])
    decoded = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    picture = np.ascontiguousarray(decoded[: height // 2 * 2, : width // 2 * 2])
    frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")
    raw = raw_frame(frame, FrameStamp("made", number, 0, 0.0, (frame.width, frame.height)))
    return raw, np.array([left, top, left + columns, top + rows], np.float64)


if __name__ == "__main__":
    raise SystemExit(main())
