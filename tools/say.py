"""What the tools print: a line per step with its time, and one sentence when something is wrong."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


def line(text: str) -> None:
    print(text, flush=True)


def fail(sentence: str) -> NoReturn:
    """End the program with one sentence on stderr."""
    print(f"relevo: {sentence}", file=sys.stderr, flush=True)
    raise SystemExit(1)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Announce a step, and print how long it took."""
    line(f"  … {what}")
    started = time.monotonic()
    yield
    line(f"  ✓ {what} ({time.monotonic() - started:.1f} s)")
