"""Start and stop the simulated carriers; standard library only, as `make down` needs it."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tools import emulator, places, say

START_SECONDS: Final = 10
PROGRAM: Final = "tools.simulator"


def start(home: Path, troubled: Sequence[str], callbacks: Mapping[str, str]) -> str:
    """Start them anew, where they were if they were; gives their address.

    `troubled` are carriers that fail by a number's last digits; `callbacks` says where each calls.
    """
    stop(home)  # it may know addresses of a stack that is gone
    found = recorded(home)
    port = found[1] if found else emulator.free_port()
    with say.step(f"simulated carriers on port {port}"):
        process = _process(home, port, troubled, callbacks)
        (home / "simulator.pid").write_text(f"{process.pid} {port}")
        _wait_until_listening(process, port, home)
    return f"http://127.0.0.1:{port}"


def stop(home: Path) -> None:
    if found := recorded(home):
        emulator.end(found[0], PROGRAM)


def recorded(home: Path) -> tuple[int, int] | None:
    """Give pid and port of the simulator that was started below `home`, dead or alive."""
    try:
        pid, port = (int(word) for word in (home / "simulator.pid").read_text().split())
    except (OSError, ValueError):
        return None
    return pid, port


def _process(
    home: Path, port: int, troubled: Sequence[str], callbacks: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    told = home / "callbacks.json"
    told.write_text(json.dumps(callbacks))
    command = [sys.executable, "-m", PROGRAM, "--port", str(port)]
    command += ["--troubled", ",".join(troubled), "--callbacks", str(told)]
    with (home / "simulator.log").open("w") as log:
        return subprocess.Popen(
            command,
            cwd=places.ROOT,
            env=places.clean_environment(PYTHONPATH=str(places.SOURCES)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_listening(process: "subprocess.Popen[bytes]", port: int, home: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    say.fail(f"the simulated carriers did not start; see {home / 'simulator.log'}.")
