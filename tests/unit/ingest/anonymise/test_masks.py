import numpy as np

from passerby.ingest.anonymise.masks import StaticMasks


def test_masked_pixels_are_gone_from_every_plane(street) -> None:
    raw = street.raw(0.0, [(100, 60, 140, 160)])
    window = np.array([[0.25, 0.2], [0.5, 0.2], [0.5, 0.75], [0.25, 0.75]], np.float32)
    masked = StaticMasks([window]).applied(raw)
    assert masked.stamp == raw.stamp
    assert len(np.unique(masked.luma[48:180, 80:160])) == 1
    assert len(np.unique(masked.chroma_u[24:90, 40:80])) == 1
    assert (masked.luma[:, 170:] == raw.luma[:, 170:]).all()
    assert raw.luma[100, 120] in (30, *range(20, 40), *range(210, 236))


def test_without_masks_nothing_is_copied(street) -> None:
    raw = street.raw(0.0, [])
    assert StaticMasks().applied(raw) is raw
