"""Makes the weights by which rows of shapes are taken for lettering, and prints them beside those that are in use.

Usage: python -m benchmarks.anonymise.lettering_fit

Plates and signs are made in seven typefaces, leaning by up to 28 degrees, with letters of 7 to 80 px, in pictures of
the recordings, half as large as 1080p. Rows of shapes in them that lie on a made text are lettering; the rows of the
same pictures without texts are not (though titles that are laid over them, and signs in the street, are). The weights
are fitted by logistic regression, and the limit lets 95 % of the lettering through; fitted to half of the places, the
others show what that is worth. At last: what is hidden of the pictures without a made text, and of texts of each size.
The seed is fixed: the same recordings give the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.footage import find_footage
from passerby.ingest.anonymise.canvas import Mask, filled
from passerby.ingest.detectors.lettering import LIMIT, SCALES, WEIGHTS, Row, around_letters, rows_at

SIZE_PX = (960, 540)
PICTURES = 6
"""Of each place, spread over its recording."""

SEED = 5
LETTER_PX = (7, 9, 12, 16, 22, 30, 45, 80)
SHOWN_PX = (6, 8, 10, 14, 24, 40, 80)
TYPEFACES = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX | cv2.FONT_ITALIC,
)  # fmt: skip
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
WORDS = ("BAKERY", "OPEN", "020 7946 0018", "TAXI", "Parking", "GARAGE 24 h", "Hotel", "POLICE", "Mo-Fr 8-18", "EXIT")
INKS = (((25, 25, 25), (235, 235, 235)), ((25, 25, 25), (60, 200, 235)), ((235, 235, 235), (140, 60, 20)),
        ((230, 230, 230), (30, 30, 30)), ((40, 40, 180), (225, 225, 225)))  # fmt: skip
LEAN_DEG = 28.0
ON_TEXT = 0.7
"""Least share of a row's letters whose middles are on a made text, for the row to be lettering."""

PASSED = 0.95
"""Share of the rows of lettering that the limit lets through."""

RIDGE = 1e-2

Bgr = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of some pictures: what is weighed of each, float64 (N, 8)."""

    lettering: Numbers
    other: Numbers

    @classmethod
    def of(cls, parts: "list[Rows]") -> "Rows":
        """All of them together."""
        return cls(*(np.concatenate([getattr(part, kind) for part in parts]) for kind in ("lettering", "other")))

    def taken(self, weights: Numbers, limit: float) -> tuple[float, float]:
        """The shares that are taken for lettering, of each kind."""
        lettering, other = (float(np.mean(kind @ weights >= limit)) for kind in (self.lettering, self.other))
        return lettering, other


def pictures(video: Path) -> Iterator[Bgr]:
    """Some pictures of a recording."""
    film = cv2.VideoCapture(str(video))
    count = int(film.get(cv2.CAP_PROP_FRAME_COUNT))
    for number in np.linspace(0, max(count - 2, 0), PICTURES).astype(int):
        film.set(cv2.CAP_PROP_POS_FRAMES, int(number))
        read, picture = film.read()
        if read:
            yield np.asarray(cv2.resize(picture, SIZE_PX, interpolation=cv2.INTER_AREA), np.uint8)


def write(picture: Bgr, written: Bgr, letter_px: int, random: np.random.Generator) -> None:
    """Puts a plate or a sign somewhere into a picture, and marks in `written` where its letters stand."""
    text = str(random.choice(WORDS)) if random.random() < 0.4 else "".join(random.choice(list(LETTERS), 7))
    font, (ink, paper) = TYPEFACES[random.integers(len(TYPEFACES))], INKS[random.integers(len(INKS))]
    thick = int(random.integers(4, 9))
    (width, height), below = cv2.getTextSize(text, font, 3, thick)
    sheet = np.full((height + below + 40, width + 50, 3), paper, np.uint8)
    cv2.putText(sheet, text, (25, height + 20), font, 3, ink, thick, cv2.LINE_AA)
    letters = np.zeros(sheet.shape[:2], np.uint8)
    letters[16 : height + below + 4, 21 : width + 29] = 255
    scale, slope = letter_px / height, float(np.tan(np.radians(random.uniform(-LEAN_DEG, LEAN_DEG))))
    middle = random.uniform(0.1, 0.9, 2) * SIZE_PX
    corner = middle - scale * np.array([sheet.shape[1], sheet.shape[0] + slope * sheet.shape[1]]) / 2
    move = np.array([[scale, 0, corner[0]], [slope * scale, scale, corner[1]]], np.float32)
    soft = cv2.GaussianBlur(sheet, (0, 0), random.uniform(0.3, 0.7) / scale)
    lay, cover, where = (
        cv2.warpAffine(part, move, SIZE_PX) for part in (soft, np.full(sheet.shape[:2], 255, np.uint8), letters)
    )
    light = random.uniform(0.5, 1.0)
    picture[cover > 127] = np.clip(
        lay[cover > 127] * light + random.normal(0, 3, (int((cover > 127).sum()), 3)), 0, 255
    )
    written[where > 127] = 255


def rows_of(place: Path, random: np.random.Generator) -> Rows:
    """The rows of one place, with made texts and without."""
    lettering, other = [np.empty((0, len(WEIGHTS)))], [np.empty((0, len(WEIGHTS)))]
    for picture in pictures(place):
        other += [row.numbers[None] for row in all_rows(picture)]
        written = np.zeros(picture.shape[:2], np.uint8)
        for letter_px in random.permutation(LETTER_PX):
            write(picture, written, int(letter_px), random)
        for row in all_rows(picture):
            x, y = ((row.xyxy_px[:, :2] + row.xyxy_px[:, 2:]) / 2).astype(int).T
            on_text = written[np.clip(y, 0, SIZE_PX[1] - 1), np.clip(x, 0, SIZE_PX[0] - 1)] > 0
            if on_text.mean() >= ON_TEXT:
                lettering.append(row.numbers[None])
    return Rows(np.concatenate(lettering), np.concatenate(other))


def fit(rows: Rows) -> tuple[Numbers, float]:
    """Weights and limit by logistic regression (Newton's method, a little ridge), both kinds counting alike."""
    numbers = np.concatenate([rows.lettering, rows.other])
    mean, spread = numbers.mean(axis=0), numbers.std(axis=0)
    known = np.column_stack([(numbers - mean) / spread, np.ones(len(numbers))])
    wanted = np.repeat([1.0, 0.0], [len(rows.lettering), len(rows.other)])
    share = np.where(wanted > 0, 0.5 / len(rows.lettering), 0.5 / len(rows.other)) * len(numbers)
    weights = np.zeros(known.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-known @ weights))
        slope = known.T @ (share * (wanted - chance)) - RIDGE * weights
        curve = (known * (share * chance * (1 - chance))[:, None]).T @ known + RIDGE * np.eye(len(weights))
        weights = weights + np.linalg.solve(curve, slope)
    plain = weights[:-1] / spread
    return plain, float(np.quantile(rows.lettering @ plain, 1 - PASSED))


def all_rows(picture: Bgr) -> list[Row]:
    """The rows of a picture at every scale."""
    return [row for scale in SCALES for row in rows_at(picture, scale)]


def hidden(rows: list[Row], weights: Numbers, limit: float) -> Mask:
    """What is hidden of a picture with these rows: uint8 (H, W), 255 where it is."""
    mask = np.zeros(SIZE_PX[::-1], np.uint8)
    for row in rows:
        if row.numbers @ weights >= limit:
            filled(mask, around_letters(row.xyxy_px), 255)
    return mask


def print_hidden(places: list[Path], constants: dict[str, tuple[Numbers, float]]) -> None:
    """Prints what is hidden of the pictures without a made text, and of texts of each size."""
    random = np.random.default_rng(SEED + 1)
    shots = [(place, picture, all_rows(picture)) for place in places for picture in pictures(place)]
    for whose, weighed in constants.items():
        shares: dict[Path, list[float]] = {}
        for place, _, rows in shots:
            shares.setdefault(place, []).append(float((hidden(rows, *weighed) > 0).mean()))
        each = ", ".join(f"{share:.1%}" for share in sorted(float(np.mean(of)) for of in shares.values()))
        print(f"{whose}, hidden of each place's pictures: {each}")
    for letter_px in SHOWN_PX:
        covered: dict[str, list[float]] = {whose: [] for whose in constants}
        for _, shot, _ in shots:
            picture, written = shot.copy(), np.zeros(shot.shape[:2], np.uint8)
            write(picture, written, letter_px, random)
            rows = all_rows(picture)
            for whose, weighed in constants.items():
                covered[whose].append(float((hidden(rows, *weighed)[written > 0] > 0).mean()))
        shown = ", ".join(f"{whose} {np.mean(of):.1%}" for whose, of in covered.items())
        print(f"hidden of letters of {letter_px} px: {shown}")


def main() -> None:
    """Prints the constants, and what they take for lettering in places that they were not fitted to."""
    places = sorted(path for path in find_footage().recordings.rglob("*") if path.suffix in (".mp4", ".avi"))
    random = np.random.default_rng(SEED)
    found = [rows_of(place, random) for place in places]
    every = Rows.of(found)
    print(f"{len(every.lettering)} rows of lettering and {len(every.other)} others in {len(found)} places")
    for own, others in ((found[::2], found[1::2]), (found[1::2], found[::2])):
        weights, limit = fit(Rows.of(own))
        lettering, other = Rows.of(others).taken(weights, limit)
        print(f"fitted to one half, of the other: {lettering:.1%} of lettering taken, {other:.1%} of others")
    constants = {"in use": (WEIGHTS, LIMIT), "fitted": fit(every)}
    for whose, (weights, limit) in constants.items():
        lettering, other = every.taken(weights, limit)
        print(f"{whose}, of all: {lettering:.1%} of lettering taken, {other:.1%} of others")
    weights, limit = constants["fitted"]
    print(f"WEIGHTS = np.array([{', '.join(f'{each:.2f}' for each in weights)}])\nLIMIT = {limit:.1f}")
    print_hidden(places, constants)


if __name__ == "__main__":
    main()
