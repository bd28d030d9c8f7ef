"""Why not all of a recording was watched, in sentences."""

import math
from typing import Final

from passerby.ingest.sources.file.joined_files import JoinedFiles
from passerby.ingest.sources.file.video_file import SHORT_END_S, VideoFile
from passerby.text import duration

Film = VideoFile | JoinedFiles

MIN_GAP_S: Final = 1.0

TOO_FEW: Final = (
    "{:g} pictures a second are too few: road users are followed over {:g} s at most, so nothing was counted. "
    "Look at one a second or more (--fps)."
)


def count_losses(
    video: Film, end_s: float, step_s: float, watched_s: float, *, stopped: bool, longest_s: float = math.inf
) -> tuple[str, ...]:
    """Returns why not everything was counted.

    Args:
        video: after its last frame.
        end_s: stream time of the last frame that was looked at.
        step_s: time between two of them.
        watched_s: the time really watched.
        stopped: the user stopped the run.
        longest_s: the longest step over which a road user can be followed.
    """
    losses = list(video.losses) if isinstance(video, JoinedFiles) else [video.loss] if video.loss else []
    too_few = step_s > longest_s
    if not video.has_time_stamps:
        losses.append(
            f"The file has no time stamps: times rest on {video.rate_fps or 0:g} pictures a second, which is a guess."
        )
    if too_few:
        losses.append(TOO_FEW.format(1 / step_s, longest_s))
    elif watched_s <= 0 and not stopped:
        losses.append("There is only one usable picture: nothing moves in it, so nothing can be counted.")
    losses += _damaged_pictures(video)
    if stopped:
        losses.append(f"Stopped by the user at {end_s:.1f} s of {video.duration_s:.1f} s.")
    else:
        losses += _lost_end(video, end_s, step_s)
    between_s = video.between_s if isinstance(video, JoinedFiles) else 0.0  # has its own sentences
    gaps_s = end_s - watched_s - between_s
    if gaps_s > max(MIN_GAP_S, 2 * step_s) and not too_few:
        losses.append(f"{duration(gaps_s)} in between have no usable pictures.")
    return tuple(losses)


def film_losses(video: VideoFile, end_s: float, step_s: float) -> tuple[str, ...]:
    """Returns what an anonymised film lacks of its recording.

    Args:
        video: after its last frame.
        end_s: stream time of the last frame that was drawn.
        step_s: time between two of them.
    """
    losses = [video.loss] if video.loss else []
    losses += ["There is only one usable picture in the recording."] if video.frames_read == 1 else []
    return (*losses, *_damaged_pictures(video), *_lost_end(video, end_s, step_s))


def _damaged_pictures(video: Film) -> list[str]:
    if not video.frames_lost:
        return []
    pictures = video.frames_read + video.frames_lost
    return [f"{video.frames_lost} of {pictures} pictures were damaged and could not be used."]


def _lost_end(video: Film, end_s: float, step_s: float) -> list[str]:
    if video.duration_s - end_s - max(step_s, 1 / (video.rate_fps or 1.0)) <= SHORT_END_S:
        return []
    return [f"The file ends at {end_s:.1f} s of the {video.duration_s:.1f} s that it promises: its end is damaged."]
