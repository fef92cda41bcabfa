"""Start and stop MiniStack: an AWS on this machine that enforces IAM."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools import places, say

REGION: Final = "eu-west-1"
CONCURRENCY: Final = 60  # the account of infra/config.py LOCAL: a throttled batch costs a receive
START_SECONDS: Final = 60
STOP_SECONDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """A running emulator; `home` holds its log, its pid and what its functions unpack."""

    port: int
    pid: int
    home: Path

    @property
    def endpoint(self) -> str:
        return f"http://localhost:{self.port}"

    def alive(self) -> bool:
        return is_running(self.pid) and answers(self.port)

    def stop(self) -> None:
        """End it and its functions, then remove what they unpacked."""
        end(self.pid)
        (self.home / "emulator.pid").unlink(missing_ok=True)
        shutil.rmtree(self.home / "tmp", ignore_errors=True)


def start(*, port: int, home: Path) -> Emulator:
    """Start in a session of its own, so that it outlives whoever started it; wait until ready."""
    if not (places.EMULATOR_VENV / "bin" / "python").exists():
        say.fail("the emulator is not installed; run `make setup` first.")
    refuse_taken(port)
    shutil.rmtree(home / "tmp", ignore_errors=True)
    (home / "tmp").mkdir(parents=True)
    command = [str(places.EMULATOR_VENV / "bin" / "python"), "-m", "ministack"]
    with (home / "emulator.log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=home,
            env=environment(port, home),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (home / "emulator.pid").write_text(f"{process.pid} {port}")
    wait_until_ready(process, port, home)
    return Emulator(port=port, pid=process.pid, home=home)


def environment(port: int, home: Path) -> dict[str, str]:
    """Functions inherit this, so it holds nothing of the machine's own."""
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TMPDIR": str(home / "tmp"),
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "LAMBDA_ACCOUNT_CONCURRENCY": str(CONCURRENCY),
        "LAMBDA_EXECUTOR": "local",
        "IOT_MTLS_ENABLED": "false",
        "SFTP_ENABLED": "false",
        "LOG_LEVEL": "INFO",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            say.fail(f"port {port} is in use by another program; choose one: make up PORT=4570")


def wait_until_ready(process: subprocess.Popen[bytes], port: int, home: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(port):
        if process.poll() is not None:
            say.fail(f"the emulator ended while starting; see {home / 'emulator.log'}.")
        if time.monotonic() > deadline:
            end(process.pid)
            say.fail(f"the emulator did not answer in time; see {home / 'emulator.log'}.")
        time.sleep(0.1)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_ministack/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def is_running(pid: int, program: str = "ministack") -> bool:
    """Whether the process lives and is the program we started: pids are used again."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return program.encode() in command and is_alive(pid)


def end(pid: int, program: str = "ministack") -> None:
    """SIGTERM to it and its functions, wait, and SIGKILL what is left."""
    if not is_running(pid, program):
        return
    functions = workers(pid)
    os.kill(pid, signal.SIGTERM)
    # It waits a dozen seconds for half-closed connections; it stores nothing, so it need not.
    kill_late([pid, *functions], STOP_SECONDS)


def kill_late(pids: list[int], seconds: int) -> None:
    deadline = time.monotonic() + seconds
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        reap(pids[0])
        time.sleep(0.1)
    for late in filter(is_alive, pids):
        with suppress(ProcessLookupError):
            os.kill(late, signal.SIGKILL)


def reap(pid: int) -> None:
    """Take the exit of a child of ours; a `make down` is no parent and has none."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def workers(pid: int) -> list[int]:
    """The functions' processes: children of the emulator."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent == pid:
            found.append(int(status.parent.name))
    return found
