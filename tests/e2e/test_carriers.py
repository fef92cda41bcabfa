"""Twilio, Infobip and Tencent as they speak on the wire, from submit to signed receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
import urllib3

from tests.e2e.conftest import CARRIED, Running
from tools import demo_templates, routes, seed
from tools.simulator.accounts import TOKEN
from tools.simulator.texts import twilio_text
from tools.simulator.wire import Keys

CODE = {
    "templateId": "uc-browser-code",
    "language": "zh-CN",
    "variables": {"code": "410852", "minutes": 15},
    "route": "tencent",
}
# Pinned, or the carrier's health would let later journeys begin with another one.
OTP = {"text": "Su clave es 410852", "trafficClass": "otp", "route": "twilio"}
HOLD = {"text": "Hola", "onAmbiguous": "hold", "route": "twilio"}
TEXT = {"text": "Hola, ¿qué tal?", "route": "twilio"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A message, and the attempts it makes: carrier and how each ended."""

    name: str
    to: str
    body: dict[str, Any]
    attempts: Sequence[tuple[str, str]]
    duplicate: bool = False


JOURNEYS = (
    Journey(name="delivered", to="+34612345678", body=TEXT, attempts=[("twilio", "delivered")]),
    Journey(
        name="too busy",
        to="+34612345001",
        body=TEXT,
        attempts=[("twilio", "refused"), ("infobip", "delivered")],
    ),
    Journey(
        name="silent",
        to="+34612345002",
        body=OTP,
        attempts=[("twilio", "accepted"), ("infobip", "delivered")],
        duplicate=True,
    ),
    Journey(
        name="bounced",
        to="+34612345003",
        body=TEXT,
        attempts=[("twilio", "undelivered"), ("infobip", "delivered")],
    ),
    Journey(name="hanging, held", to="+34612345005", body=HOLD, attempts=[("twilio", "delivered")]),
    Journey(
        name="receipts twice and out of order",
        to="+34612345006",
        body=TEXT,
        attempts=[("twilio", "delivered")],
    ),
    Journey(
        name="reset after the request, otp",
        to="+34612345012",
        body=OTP,
        attempts=[("twilio", "ambiguous"), ("infobip", "delivered")],
        duplicate=True,
    ),
    Journey(
        name="nonsense in a 200, otp",
        to="+34612345013",
        body=OTP,
        attempts=[("twilio", "ambiguous"), ("infobip", "delivered")],
        duplicate=True,
    ),
    Journey(
        name="password refused",
        to="+34612345014",
        body=TEXT,
        attempts=[("twilio", "refused"), ("infobip", "delivered")],
    ),
    Journey(
        name="approved template",
        to="+8613223456678",
        body=CODE,
        attempts=[("tencent", "delivered")],
    ),
    Journey(
        name="approved template, too busy",
        to="+8613223457001",
        body=CODE,
        attempts=[("tencent", "refused"), ("infobip", "delivered")],
    ),
)


@pytest.fixture(scope="module")
def endings(running: Running) -> dict[str, dict[str, Any]]:
    """Send the journeys' messages and wait; what takes Twilio out of service goes last."""
    demo_templates.save(running.carried)
    last = [journey for journey in JOURNEYS if journey.name == "password refused"]
    others = [journey for journey in JOURNEYS if journey not in last]
    return _ended(running, others) | _ended(running, last)


def _ended(running: Running, journeys: Sequence[Journey]) -> dict[str, dict[str, Any]]:
    sent = {}
    for journey in journeys:
        answer = running.carried.send(to=journey.to, **journey.body)
        assert answer.status == 202, answer.body
        sent[journey.name] = str(answer.body["id"])
    statuses = running.ended(list(sent.values()), within=120, by=running.carried)
    return {name: statuses[id_] for name, id_ in sent.items()}


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda one: one.name)
def test_a_message_goes_over_the_wire_and_comes_back_as_a_signed_receipt(
    journey: Journey, running: Running, endings: dict[str, dict[str, Any]]
) -> None:
    status = endings[journey.name]

    assert [(one["carrier"], one["status"]) for one in status["attempts"]] == journey.attempts
    assert (status["status"], status["possibleDuplicate"]) == ("delivered", journey.duplicate)
    # One request a submit at the socket, whatever happened to it.
    seen = [one for _, one in running.carriers.taken if one.reference.startswith(status["id"])]
    assert sorted(one.reference for one in seen) == [
        f"{status['id']}-{n}" for n in range(1, len(journey.attempts) + 1)
    ]


def test_support_reads_what_was_said_at_each_attempt(
    running: Running, endings: dict[str, dict[str, Any]]
) -> None:
    operator = routes.operator_at(seed.local_place(running.stack), running.stack.base_url)
    id_ = endings["too busy"]["id"]

    exchanges = operator.call("GET", f"/api/v1/exchanges/{id_}").body["data"]

    assert [(one["attempt"], one["carrier"], one["status"]) for one in exchanges] == [
        (1, "twilio", 429),
        (2, "infobip", 200),
    ]
    assert "34612345001" not in str(exchanges)
    assert "Hola" not in str(exchanges)


@pytest.mark.parametrize("path", ["twilio/wrong/receipts", "nobody/wrong/receipts", "twilio"])
def test_a_stranger_is_told_nothing(running: Running, path: str) -> None:
    answer = running.carried.call("POST", f"/carriers/{path}", {})

    assert (answer.status, answer.body["code"]) == (404, "not-found")


OURS = "+12025550999"


def text_us(running: Running, sender: str, text: str) -> int:
    """Have Twilio tell of a text to our number; give what it was answered."""
    url = f"{running.stack.base_url}/carriers/twilio/{TOKEN}/inbound"
    call = twilio_text(url, sender, OURS, text, Keys())
    answer = urllib3.request(call.method, url, body=call.body, headers=call.headers)
    return answer.status


@pytest.fixture(scope="module")
def numbered(running: Running) -> Running:
    """The account answers to a number in the US."""
    operator = routes.operator_at(seed.local_place(running.stack), running.stack.base_url)
    body = {"senders": [{"name": OURS, "countries": ["US"]}]}
    answer = operator.call("PUT", f"/api/v1/accounts/{CARRIED.id}/senders", body)
    assert answer.status == 200, answer.body
    return running


def test_a_text_that_somebody_sends_is_a_message_of_its_account(numbered: Running) -> None:
    assert text_us(numbered, "+12025550123", "What time do you open?") == 200

    [found] = numbered.carried.call("GET", "/api/v1/messages?status=received").body["data"]
    assert (found["direction"], found["from"], found["to"]) == ("inbound", "+12025550123", OURS)
    assert found["text"] == "What time do you open?"


def test_a_refusal_is_confirmed_once_and_heeded_by_what_is_sent_next(numbered: Running) -> None:
    person = "+12025550134"

    assert [text_us(numbered, person, word) for word in ("Stop, please", "STOP")] == [200, 200]
    sent = numbered.carried.send(to=person, text="Sale!")

    status = numbered.ended([sent.body["id"]], within=60, by=numbered.carried)[sent.body["id"]]
    assert (status["status"], status["failure"]["reason"]) == ("failed", "opted-out")
    listed = numbered.carried.call("GET", f"/api/v1/messages?to={quote(person)}").body["data"]
    numbered.ended([one["id"] for one in listed], within=60, by=numbered.carried)
    confirmed = [one for _, one in numbered.carriers.taken if one.to == person]
    assert [(one.sender, "queda de baja" in one.text) for one in confirmed] == [(OURS, True)]
    assert text_us(numbered, person, "START") == 200
    again = numbered.carried.send(to=person, text="Welcome back")
    status = numbered.ended([again.body["id"]], within=60, by=numbered.carried)[again.body["id"]]
    assert status["status"] == "delivered"
