"""A sender killed between the call and the record: nothing is sent twice, nothing is forgotten."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.conftest import Running

HANGS = "+34612345005"


def test_dispatch_killed_while_it_holds_the_connection(running: Running) -> None:
    id_ = running.send(HANGS, ttlSeconds=60)
    _until_submitted(running, id_)

    killed = [pid for pid in _workers(running.stack.pid, "dispatch") if _kill(pid)]
    status = running.ended([id_], within=120)[id_]

    assert killed
    assert status["status"] in ("delivered", "unconfirmed"), status
    assert len(running.submits(id_)) == 1


def _until_submitted(running: Running, id_: str) -> None:
    for _ in range(200):
        if running.submits(id_):
            return
        time.sleep(0.05)
    raise AssertionError("the message never reached a carrier")


def _workers(emulator: int, function: str) -> Iterator[int]:
    """Give the emulator's worker processes of one function."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        names = [part for part in environment.split(b"\0") if part.startswith(b"AWS_LAMBDA_FUNCT")]
        named = any(function.encode() in part.lower() for part in names)
        if named and int(parent) == emulator:
            yield int(folder.name)


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
