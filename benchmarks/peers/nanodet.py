"""The same detector as passerby's, used the plain way: the full frame, letterboxed to 416, in fp32."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

INPUT_PX = 416
STRIDES = (8, 16, 32)
BINS = 11


class NanoDet:
    """NanoDet-g on onnxruntime with one thread.

    Args:
        model: the fp32 ONNX file of `tools/detector_build`: uint8 pictures in, the scaling of colours folded into the
            first convolution, which is cheaper than doing it here and so kind to the baseline.
        input_wh_px: width and height of the letterboxed input, multiples of 32.
        least_confidence: boxes below are dropped.
        overlap: IoU above which the weaker of two boxes of a class is dropped.
        classes: rows of the model's `scores` that are kept; 0 is the person.
    """

    def __init__(
        self,
        model: Path,
        input_wh_px: tuple[int, int] = (INPUT_PX, INPUT_PX),
        least_confidence: float = 0.3,
        overlap: float = 0.6,
        classes: tuple[int, ...] = (0,),
    ) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._input_wh_px = input_wh_px
        self._least_confidence = least_confidence
        self._overlap = overlap
        self._classes = list(classes)
        cells = [_cell_centres(input_wh_px, stride) for stride in STRIDES]
        self._centres = np.concatenate(cells)
        self._stride_px = np.concatenate([np.full(len(c), stride) for c, stride in zip(cells, STRIDES, strict=True)])

    def find(self, image: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Boxes and confidences in a BGR picture.

        Args:
            image: uint8 (H, W, 3), BGR.

        Returns:
            float32 (N, 4), left, top, right, bottom in px of `image`; float32 (N,), 0-1.
        """
        letterboxed, scale, shift_px = self._letterbox(image)
        scores_of, logits = self._session.run(["scores", "boxes"], {self._input: letterboxed})
        boxes, scores, kinds = self._decode(scores_of[0], logits[0])
        if not len(boxes):
            return np.empty((0, 4), np.float32), np.empty(0, np.float32)
        keep = cv2.dnn.NMSBoxesBatched(
            np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1).tolist(),
            scores.tolist(),
            kinds.tolist(),
            self._least_confidence,
            self._overlap,
        )
        kept = np.asarray(keep, np.intp).ravel()
        height, width = image.shape[:2]
        found = (boxes[kept] - np.tile(shift_px, 2)) / scale
        return found.clip(0, [width, height, width, height]).astype(np.float32), scores[kept]

    def _letterbox(self, image: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], float, npt.NDArray[np.float32]]:
        """The network's input uint8 (1, h, w, 3), its scale to the picture, and where the picture starts in it."""
        height, width = image.shape[:2]
        wide, high = self._input_wh_px
        scale = min(wide / width, high / height)
        inner_wh = (round(width * scale), round(height * scale))
        left, top = (wide - inner_wh[0]) // 2, (high - inner_wh[1]) // 2
        canvas = np.zeros((1, high, wide, 3), np.uint8)
        canvas[0, top : top + inner_wh[1], left : left + inner_wh[0]] = cv2.resize(image, inner_wh)
        return canvas, scale, np.array([left, top], np.float32)

    def _decode(
        self, scores: npt.NDArray[np.float32], logits: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.intp]]:
        """Boxes (N, 4) in input px, scores (N,) and classes (N,) of the cells above the least confidence."""
        kinds, cells = np.nonzero(scores[self._classes] > self._least_confidence)
        bins = logits[:, cells].T.reshape(-1, 4, BINS)
        weights = np.exp(bins - bins.max(axis=2, keepdims=True))
        expected = (weights @ np.arange(BINS, dtype=np.float32)) / weights.sum(axis=2)
        reach_px = expected * self._stride_px[cells, None]
        centres = self._centres[cells]
        boxes = np.concatenate([centres - reach_px[:, :2], centres + reach_px[:, 2:]], axis=1)
        return boxes, scores[self._classes][kinds, cells], kinds


def _cell_centres(input_wh_px: tuple[int, int], stride: int) -> npt.NDArray[np.float32]:
    """float32 (N, 2): the middle of every cell of one stride's grid, row by row."""
    wide, high = (side // stride for side in input_wh_px)
    rows, columns = np.mgrid[0:high, 0:wide]
    return ((np.stack([columns, rows], axis=2).reshape(-1, 2) + 0.5) * stride).astype(np.float32)
