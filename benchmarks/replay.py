"""Run recorded invocations again against the canned server and time them: the client's CPU only.

`python -m benchmarks.replay recording.json port rounds` prints JSON: samples in ms by name.
"""

import importlib.util
import json
import os
import secrets
import sys
import time
from collections import UserDict, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, TypeVar
from unittest.mock import patch

import urllib3
from botocore.session import Session

from relevo.carriers import registry
from relevo.domain.outcome import Accepted, Outcome
from relevo.ports.carriers import Submission
from relevo.runtime.bootstrap import parts

T = TypeVar("T")
ROOT: Final = Path(__file__).parents[1]
REPEATS: Final = {"put_item": 20, "accept": 20, "route": 10, "dlr": 6}
SLOW: Final = (100, 120, 140, 160, 180, 200)
MS: Final = 1_000_000


class HttpCarrier:
    """What an HTTP carrier of ours will do: one POST on a kept connection."""

    def __init__(self, port: int) -> None:
        self.pool = urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=10, retries=False)
        self.delays: Sequence[int] = (0,)
        self.spans: list[tuple[float, float]] = []

    def submit(self, submission: Submission) -> Outcome:
        started = time.perf_counter()
        delay = self.delays[len(self.spans) % len(self.delays)]
        fields = {"to": submission.to, "text": submission.text, "ref": submission.reference}
        answer = self.pool.urlopen(
            "POST",
            f"/carrier?ms={delay}",
            body=json.dumps(fields).encode(),
            headers={"Content-Type": "application/json", "Authorization": "Bearer x"},
        )
        self.spans.append((started, time.perf_counter()))
        return Accepted(reference=json.loads(answer.data)["id"])


class Replay:
    """The recorded functions, loaded as Lambda loads them, on the canned server."""

    def __init__(self, recording: Path, port: int) -> None:
        whole = json.loads(recording.read_text())
        self.recorded, self.put = whole["functions"], whole["put"]
        self.samples: defaultdict[str, list[float]] = defaultdict(list)
        os.environ |= {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "DUE_SHARDS": self.recorded["watch"]["env"]["DUE_SHARDS"],
        }
        now = self.recorded["accept"]["now"]
        patch.object(parts, "now", lambda: now).start()
        for place in (secrets, parts):
            patch.object(place, "token_bytes", lambda count: b"\1" * count).start()
        self.carrier = HttpCarrier(port)
        self.handlers = {name: self._load(name) for name in self.recorded}
        with patch.object(registry, "carriers", lambda **_: _Everywhere(self.carrier)):
            self.handlers["dispatch_http"] = self._load("dispatch")
        self.recorded["dispatch_http"] = self.recorded["dispatch"]
        self.client: Any = Session().create_client("dynamodb")

    def _load(self, name: str) -> Callable[[Any, Any], Any]:
        parts.settings.cache_clear()
        parts.clients.cache_clear()
        path = ROOT / "functions" / name / "handler.py"
        spec = importlib.util.spec_from_file_location(f"handler_of_{name}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        with patch.dict(os.environ, self.recorded[name]["env"]):
            spec.loader.exec_module(module)
        handler: Callable[[Any, Any], Any] = module.handler
        return handler

    def run(self, name: str) -> None:
        one = self.recorded[name]
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
        answer = self.handlers[name](one["event"], context)
        assert not (answer or {}).get("batchItemFailures"), (name, answer)

    def put_item(self) -> None:
        self.client.put_item(**self.put)

    def sample(self, name: str, work: Callable[[], None]) -> None:
        repeats = REPEATS.get(name, 3)
        started = time.process_time_ns()
        for _ in range(repeats):
            work()
        self.samples[name].append((time.process_time_ns() - started) / MS / repeats)

    def round(self) -> None:
        """One turn of everything, so that a noisy moment hits all alike."""
        self.sample("put_item", self.put_item)
        for name in self.recorded:
            self.sample(name, lambda name=name: self.run(name))  # type: ignore[misc]

    def walls(self) -> None:
        """Wall time of a batch of ten submits, and of the whole dispatch, over the slowest one."""
        self.carrier.delays, self.carrier.spans = SLOW, []
        started = time.perf_counter()
        self.run("dispatch_http")
        whole = time.perf_counter() - started
        spans = self.carrier.spans
        slowest = max(end - begin for begin, end in spans)
        batch = max(end for _, end in spans) - min(begin for begin, _ in spans)
        self.samples["wall_submits"].append(batch / slowest)
        self.samples["wall_dispatch"].append(whole / slowest)
        self.carrier.delays, self.carrier.spans = (0,), []


class _Everywhere(UserDict[str, HttpCarrier]):
    def __init__(self, carrier: HttpCarrier) -> None:
        super().__init__()
        self.carrier = carrier

    def __missing__(self, name: str) -> HttpCarrier:
        return self.carrier

    def __contains__(self, name: object) -> bool:
        return True


def main(recording: str, port: str, rounds: str) -> None:
    # A function has less than one CPU; on several, threads pay for passing the GIL around.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    replay = Replay(Path(recording), int(port))
    replay.round()
    replay.samples.clear()
    for _ in range(int(rounds)):
        replay.round()
        replay.walls()
    print(json.dumps(replay.samples))


if __name__ == "__main__":
    main(*sys.argv[1:])
