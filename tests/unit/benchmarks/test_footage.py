from pathlib import Path

import pytest

from benchmarks.footage import BOTH, PETS, FootageMissingError, find_footage


def test_the_environment_says_where_the_recordings_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "footage").mkdir()
    (tmp_path / "truth").mkdir()
    monkeypatch.setenv("PASSERBY_FOOTAGE", str(tmp_path / "footage"))
    found = find_footage()
    assert found.video(PETS) == tmp_path / "footage" / "pets09-s2l1" / "video.avi"
    assert found.grid_lines == tmp_path / "truth" / "grid_lines.yaml"


@pytest.mark.parametrize("missing", ["footage", "truth"])
def test_what_is_missing_is_named_with_what_to_do(missing: str, tmp_path: Path) -> None:
    for folder in {"footage", "truth"} - {missing}:
        (tmp_path / folder).mkdir()
    with pytest.raises(FootageMissingError, match=rf"{missing}: .*PASSERBY_FOOTAGE"):
        find_footage(tmp_path / "footage")


@pytest.mark.footage
def test_the_recordings_are_what_the_benchmarks_say_they_are(footage: Path) -> None:
    import av

    for recording in BOTH:
        with av.open(str(footage / recording.folder / recording.video)) as container:
            stream = container.streams.video[0]
            assert (stream.width, stream.height) == recording.size_px
            assert stream.frames / float(stream.average_rate or 1) == pytest.approx(recording.duration_s, abs=0.05)
