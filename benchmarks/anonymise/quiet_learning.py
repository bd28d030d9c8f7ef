"""What it costs to learn the empty place while no one looks: python -m benchmarks.anonymise.quiet_learning VIDEO.

The recording is played round and round on a clock that goes on, at five pictures a second. Measured is the CPU time of
the detection and of the learning beside it, as a camera's process does both.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

from passerby.domain.film import Mode
from passerby.domain.service import DetectorPlan
from passerby.ingest.attention.frame_detector import FrameDetector, use_one_thread
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.centerface import open_face_finder
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.ingest.views.live_view import LiveView
from passerby.pipeline.detector_setup import ready_detector
from passerby.telemetry.stages import StageTimes
from passerby.units import NS_PER_S

FPS = 5.0
MINUTES = 6
SHOWN_AT_S = (30, 60, 120, 180, 300)


def main(video: Path) -> None:
    """Prints the share of a core that each part takes, and how much of the place is known when."""
    use_one_thread()
    ready = ready_detector(DetectorPlan())
    detector = FrameDetector(ready.detector, CropPlan(()), StageTimes())
    view = LiveView(Mode.REDRAWN, (ready.detector.find,), (open_face_finder().find,))
    detect_s = learn_s = stream_s = 0.0
    number, known = 0, dict.fromkeys(SHOWN_AT_S, 0.0)
    while stream_s < MINUTES * 60:
        with VideoFile(video, "square", analysed_fps=FPS) as frames:
            for frame in frames:
                stream_s = number / FPS
                stamp = replace(frame.stamp, index=number, stream_s=stream_s, time_ns=round(stream_s * NS_PER_S))
                raw = replace(frame, stamp=stamp)
                number += 1
                begun_s = time.process_time()
                detections = detector.find(raw)
                found_s = time.process_time()
                view.learn(raw, detections, quietly=True)
                detect_s, learn_s = detect_s + found_s - begun_s, learn_s + time.process_time() - found_s
                for at_s in known:
                    if at_s <= stream_s < at_s + 1 / FPS:
                        known[at_s] = view.empty_place(stamp.size_px).sharp_share
    print(f"detecting {100 * detect_s / stream_s:.1f} % of a core, learning beside it {100 * learn_s / stream_s:.2f} %")
    print(", ".join(f"{100 * share:.0f} % known after {at_s} s" for at_s, share in known.items()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
