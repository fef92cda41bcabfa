"""Webhooks on the deployed stacks, taken by two servers made of nothing but official packages."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import POLL_SECONDS, Running
from tools import places

EXAMPLES = places.ROOT / "docs" / "examples" / "webhooks"
ENDPOINTS = "/api/v1/webhook-endpoints"
CALLBACKS = f"{ENDPOINTS}/callbacks"
PATIENCE = 60.0
NUMBERS = ("+34612345678", "+34612345001", "+34612345003", "+34612345004")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A customer's server, and the endpoint it was made for."""

    folder: Path
    url: str

    def knows(self, *secrets: str) -> None:
        (self.folder / "secrets").write_text("\n".join(secrets))

    def answers(self, status: int | None) -> None:
        path = self.folder / "answer"
        path.unlink(missing_ok=True)
        if status is not None:
            path.write_text(str(status))

    @property
    def events(self) -> list[dict[str, Any]]:
        """Give what it verified, in the order in which it came."""
        path = self.folder / "events.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def of(self, message_id: str) -> list[dict[str, Any]]:
        return [one for one in self.events if one["data"].get("messageId") == message_id]


@contextmanager
def serving(language: str, folder: Path) -> Iterator[Receiver]:
    """Run the example of a language where its packages are."""
    folder.mkdir()
    if language == "python":
        command = [sys.executable, str(EXAMPLES / "receiver.py")]
    else:
        script = places.RECEIVERS / "receiver.mjs"
        shutil.copy(EXAMPLES / script.name, script)
        command = [str(places.node_bin() / "node"), str(script)]
    process = subprocess.Popen(
        [*command, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=places.clean_environment(),
    )
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        yield Receiver(folder=folder, url=f"http://127.0.0.1:{port}/{language}")
    finally:
        process.terminate()
        process.wait(timeout=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    running: Running
    receivers: dict[str, Receiver]
    endpoints: dict[str, dict[str, Any]]

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = self.running.sandbox.call(method, path, body)
        assert answer.status < 300, answer.body
        return answer.body

    def at(self, language: str, *rest: str) -> str:
        return "/".join([ENDPOINTS, self.endpoints[language]["id"], *rest])

    def log(self, language: str) -> list[dict[str, Any]]:
        return list(self.call("GET", self.at(language, "deliveries"))["data"])


@pytest.fixture(scope="module")
def listening(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    home = tmp_path_factory.mktemp("receivers")
    with ExitStack() as stack:
        receivers = {
            language: stack.enter_context(serving(language, home / language))
            for language in ("python", "node")
        }
        endpoints = {}
        for language, receiver in receivers.items():
            made = running.sandbox.call("POST", ENDPOINTS, {"url": receiver.url})
            assert made.status == 201, made.body
            endpoints[language] = made.body
            receiver.knows(made.body["secret"])
        yield Listening(running=running, receivers=receivers, endpoints=endpoints)
        for endpoint in endpoints.values():
            running.sandbox.call("DELETE", f"{ENDPOINTS}/{endpoint['id']}")


@pytest.fixture(scope="module")
def journeys(listening: Listening) -> dict[str, list[dict[str, Any]]]:
    """Send, wait for the ends, and give the events of each message as the API tells them."""
    running = listening.running
    ids = [running.send(number, clientReference=number[-3:]) for number in NUMBERS]
    statuses = running.ended(ids, within=PATIENCE)
    assert all(status["final"] for status in statuses.values())
    return {id_: running.sandbox.events(id_) for id_ in ids}


def becomes(true: Callable[[], bool]) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


@pytest.mark.parametrize("language", ["python", "node"])
def test_every_event_is_verified_once_and_in_sequence(
    language: str, listening: Listening, journeys: dict[str, list[dict[str, Any]]]
) -> None:
    receiver = listening.receivers[language]

    for message_id, events in journeys.items():
        ids = {one["id"] for one in events}
        assert becomes(lambda id_=message_id, ids=ids: {e["id"] for e in receiver.of(id_)} == ids)  # type: ignore[misc]
        heard = sorted(receiver.of(message_id), key=lambda one: one["data"]["sequence"])
        assert [one["data"]["sequence"] for one in heard] == list(range(1, len(events) + 1))
        assert [(one["type"], one["data"]["status"]) for one in heard] == [
            (one["type"], one["status"]) for one in events
        ]
        assert {one["data"]["clientReference"] for one in heard} <= {n[-3:] for n in NUMBERS}
    log = [one for one in listening.log(language) if one["messageId"] in journeys]
    assert [(one["status"], len(one["attempts"])) for one in log] == [("succeeded", 1)] * len(log)


def test_a_server_that_was_away_is_told_again(listening: Listening) -> None:
    receiver = listening.receivers["node"]
    receiver.answers(503)
    message_id = listening.running.send(NUMBERS[0])
    assert becomes(
        lambda: any(
            one["messageId"] == message_id and one["attempts"] for one in listening.log("node")
        )
    )
    receiver.answers(None)

    ids = {one["id"] for one in listening.running.sandbox.events(message_id)}
    assert becomes(lambda: {one["id"] for one in receiver.of(message_id)} >= ids)
    tries = {
        one["eventId"]: [a["statusCode"] for a in one["attempts"]]
        for one in listening.log("node")
        if one["messageId"] == message_id
    }
    assert any(codes[0] == 503 and codes[-1] == 204 for codes in tries.values())


def test_during_a_rotation_both_secrets_verify(listening: Listening) -> None:
    old = {name: endpoint["secret"] for name, endpoint in listening.endpoints.items()}
    new = {
        name: listening.call("POST", listening.at(name, "rotate-secret"))["secret"] for name in old
    }
    listening.receivers["python"].knows(new["python"])
    listening.receivers["node"].knows(old["node"])
    time.sleep(6)  # what notify knows of endpoints is five seconds old at most

    sent = {name: listening.call("POST", listening.at(name, "test"))["eventId"] for name in old}

    for name, id_ in sent.items():
        receiver = listening.receivers[name]
        assert becomes(lambda r=receiver, i=id_: i in {one["id"] for one in r.events})  # type: ignore[misc]


def test_a_callback_hears_of_its_message(listening: Listening, tmp_path: Path) -> None:
    secret = listening.call("POST", f"{CALLBACKS}/rotate-secret")["secret"]
    with serving("python", tmp_path / "callback") as receiver:
        receiver.knows(secret)
        message_id = listening.running.send(NUMBERS[0], callbackUrl=receiver.url)
        listening.running.ended([message_id], within=PATIENCE)

        ids = {one["id"] for one in listening.running.sandbox.events(message_id)}
        assert becomes(lambda: {one["id"] for one in receiver.events} == ids)


def test_a_replay_comes_under_the_same_id(listening: Listening) -> None:
    delivery = listening.log("python")[-1]
    path = listening.at("python", "deliveries", delivery["id"], "replay")

    assert listening.call("POST", path)["eventId"] == delivery["eventId"]

    def again() -> bool:
        [found] = [one for one in listening.log("python") if one["id"] == delivery["id"]]
        return len(found["attempts"]) > len(delivery["attempts"])

    assert becomes(again)


def test_a_410_disables_the_endpoint(listening: Listening) -> None:
    listening.receivers["node"].answers(410)

    listening.call("POST", listening.at("node", "test"))

    assert becomes(lambda: not listening.call("GET", listening.at("node"))["enabled"])
    assert listening.call("GET", listening.at("node"))["disabledReason"] == "gone"
    listening.receivers["node"].answers(None)
