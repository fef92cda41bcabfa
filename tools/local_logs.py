"""Log lines of the local stage: from the emulator while it runs, else as they were last kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tools import places, say, stack

KEPT: Final = places.LOCAL / "logs.jsonl"


def lines() -> list[str]:
    """Give every JSON line, oldest first, and keep them for when nothing runs any more."""
    running = stack.load()
    if running is None:
        return _kept()
    said = written(running)
    KEPT.write_text("".join(f"{line}\n" for line in said))
    return said


def written(running: stack.Stack) -> list[str]:
    """Give every JSON line that the functions of a running stack wrote, oldest first."""
    found = sorted(_asked(running))
    return [line for _, text in found for line in text.splitlines() if line.startswith("{")]


def _kept(path: Path = KEPT) -> list[str]:
    if not path.exists():
        say.fail("there are no local logs yet; run `make up` first.")
    return path.read_text().splitlines()


def _asked(running: stack.Stack) -> Iterator[tuple[int, str]]:
    client = running.client("logs")
    for name, group in running.outputs.items():
        if name.endswith("Logs"):
            pages = client.get_paginator("filter_log_events").paginate(logGroupName=group)
            for page in pages:
                yield from ((event["timestamp"], event["message"]) for event in page["events"])


def read(line: str) -> dict[str, Any]:
    """Read a line; one that is no object of ours is empty."""
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
