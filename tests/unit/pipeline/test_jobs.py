"""What each of a live camera's two processes loads, and what it does without."""

import subprocess
import sys

import pytest

LOADED = (
    "import sys; {}; print(*({{name.partition('.')[0] for name in sys.modules}} & {{'av', 'cv2', 'asyncio', 'scipy'}}))"
)


@pytest.mark.parametrize(
    ("imports", "needed"),
    [
        ("import passerby.pipeline.bootstrap, passerby.pipeline.decode_job", "av"),
        ("import passerby.pipeline.bootstrap, passerby.pipeline.jobs, passerby.pipeline.watch_job", "cv2"),
    ],
)
def test_a_process_loads_no_library_that_it_has_no_use_for(imports: str, needed: str) -> None:
    run = subprocess.run([sys.executable, "-c", LOADED.format(imports)], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [needed]
