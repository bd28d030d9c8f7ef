"""What deface 1.5 covers at its defaults: CenterFace at 0.2, boxes grown by 1.3, blurred inside an ellipse.

Usage: python -m benchmarks.peers.deface_cover VIDEO OUT.json [--heads heads.txt] [--every N] [--output OUT.mp4]
OUT.json: CPU ms a picture, faces found, and the share of every labelled head that was covered. `--output` writes the
pictures as deface leaves them, so that faces can be looked for in them too.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import skimage.draw
from deface.deface import anonymize_frame, scale_bb

from benchmarks.peers.faces import Boxes, CenterFaceFinder, Picture, every_nth

THRESHOLD = 0.2
MASK_SCALE = 1.3


def covered(boxes: Boxes, size_px: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """bool (H, W): the pixels that deface blurs for these faces, by its own scaling, clipping and ellipse."""
    width, height = size_px
    mask = np.zeros((height, width), bool)
    for box in boxes:
        left, top, right, bottom = scale_bb(*box[:4].astype(int), MASK_SCALE)
        top, bottom = max(0, top), min(height - 1, bottom)
        left, right = max(0, left), min(width - 1, right)
        half_high, half_wide = (bottom - top) // 2, (right - left) // 2
        if half_high > 0 and half_wide > 0:
            rows, columns = skimage.draw.ellipse(half_high, half_wide, half_high, half_wide)
            mask[top:bottom, left:right][rows, columns] = True
    return mask


def read_heads(path: Path) -> dict[int, list[tuple[float, float, float, float]]]:
    """Frame number -> left, top, right, bottom in px of every labelled head."""
    heads = defaultdict(list)
    for row in path.read_text().splitlines():
        frame, _, left, top, width, height = (float(cell) for cell in row.split(",")[:6])
        heads[int(frame)].append((left, top, left + width, top + height))
    return heads


def head_shares(mask: npt.NDArray[np.bool_], heads: list[tuple[float, float, float, float]]) -> list[float]:
    """The covered share, 0-1, of every head's box, as far as it lies in the picture; heads outside it have no entry."""
    height, width = mask.shape
    shares = []
    for left, top, right, bottom in heads:
        columns = slice(max(0, round(left)), min(width, round(right)))
        rows = slice(max(0, round(top)), min(height, round(bottom)))
        patch = mask[rows, columns]
        if patch.size:
            shares.append(float(patch.mean()))
    return shares


def main() -> int:
    """Runs deface's way over one video."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--heads", type=Path)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--output", type=Path)
    asked = parser.parse_args()
    heads = read_heads(asked.heads) if asked.heads else {}
    finder = CenterFaceFinder()
    shares: list[float] = []
    pictures: list[Picture] = []
    spent_s, faces, frames = 0.0, 0, 0
    for number, image in every_nth(asked.video, asked.every):
        size_px = (image.shape[1], image.shape[0])
        start_s = time.process_time()
        boxes = finder(image, THRESHOLD)
        anonymize_frame(boxes, image, MASK_SCALE, "blur", True, False, None, 20)
        spent_s += time.process_time() - start_s
        faces, frames = faces + len(boxes), frames + 1
        shares.extend(head_shares(covered(boxes, size_px), heads.get(number, [])))
        if asked.output:
            pictures.append(image)
    if asked.output:
        write_lossless(pictures, asked.output)
    asked.out.write_text(
        json.dumps({"frames": frames, "faces": faces, "cpu_ms": 1000 * spent_s / max(frames, 1), "head_shares": shares})
    )
    return 0


def write_lossless(pictures: list[Picture], path: Path) -> None:
    """Pictures as a video whose pixels are those given (FFV1), so that what finders see is what deface left."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "bgr0"
        for image in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())


if __name__ == "__main__":
    sys.exit(main())
