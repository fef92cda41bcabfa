"""Start the canned server and the replay in interpreters of their own, and read what they say."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.recording import record

ROOT: Final = Path(__file__).parents[1]
ROUNDS: Final = 9
PATH: Final = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/relevo/python'}"}


def replayed(rounds: int = ROUNDS) -> dict[str, float]:
    """Give medians of CPU milliseconds (and ratios of wall time) by name."""
    with TemporaryDirectory() as folder:
        recording = Path(folder) / "recording.json"
        record(recording)
        with _server(recording) as port:
            out = _python("-m", "benchmarks.replay", str(recording), str(port), str(rounds))
    return {name: median(samples) for name, samples in json.loads(out).items()}


@contextmanager
def _server(recording: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.canned", str(recording)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=_env(), cwd=ROOT) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def _python(*arguments: str) -> str:
    """Run a fresh interpreter; its log lines are not for us."""
    done = subprocess.run(
        [sys.executable, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_env(),
        cwd=ROOT,
        text=True,
    )
    return done.stdout


def _env() -> dict[str, str]:
    return {**os.environ, **PATH, "AWS_LAMBDA_FUNCTION_NAME": "replayed"}
