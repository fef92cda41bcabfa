"""Answers as they go over the wire: names of the contract, RFC 3339, money without exponents."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.api.answers import (
    AttemptAnswer,
    BalanceAnswer,
    EventAnswer,
    EventsAnswer,
    Links,
    MessageAnswer,
    Price,
    ProblemAnswer,
    SendAnswer,
    StatusAnswer,
    rfc3339,
)
from relevo.api.decision_answers import RouteAnswer, SwitchAnswer
from relevo.api.fields import parse_moment
from relevo.domain.problem import Flaw, Problem
from relevo.domain.words import (
    Environment,
    ListName,
    OnAmbiguous,
    State,
    Status,
    TrafficClass,
)

NOW = 1_795_521_600_123
PRICE = Price(amount=Decimal("0.0500"), currency="EUR")
LINKS = Links(self_="/api/v1/messages/x", status="/api/v1/messages/x/status", route="/r")


def wire(answer: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(answer.wire())
    return parsed


def test_the_answer_of_send_has_the_members_of_the_contract() -> None:
    answer = SendAnswer(
        id="x",
        status=Status.ACCEPTED,
        to="+34612345678",
        traffic_class=TrafficClass.OTP,
        encoding="GSM-7",
        segments=1,
        price=PRICE,
        created_at=NOW,
        expires_at=NOW + 1000,
        links=LINKS,
    )

    assert wire(answer) == {
        "id": "x",
        "status": "accepted",
        "to": "+34612345678",
        "from": None,
        "trafficClass": "otp",
        "encoding": "GSM-7",
        "segments": 1,
        "price": {"amount": "0.0500", "currency": "EUR"},
        "createdAt": "2026-11-24T12:00:00.123Z",
        "expiresAt": "2026-11-24T12:00:01.123Z",
        "clientReference": None,
        "links": {
            "self": "/api/v1/messages/x",
            "status": "/api/v1/messages/x/status",
            "route": "/r",
        },
    }


def test_the_answer_of_status_has_the_members_of_the_contract() -> None:
    attempt = AttemptAnswer(
        n=1,
        carrier="sandbox-a",
        list=ListName.PRIMARY,
        status=State.DELIVERED,
        outcome="accepted",
        submitted_at=NOW,
        price=PRICE,
    )
    answer = wire(
        StatusAnswer(
            id="x",
            status=Status.DELIVERED,
            status_at=NOW,
            final=True,
            attempts=(attempt,),
            price=PRICE,
        )
    )

    assert set(answer) == {
        "id",
        "status",
        "statusAt",
        "final",
        "attempts",
        "possibleDuplicate",
        "price",
        "clientReference",
    }
    assert set(answer["attempts"][0]) == {
        "n",
        "carrier",
        "list",
        "status",
        "outcome",
        "reason",
        "carrierCode",
        "submittedAt",
        "acceptedAt",
        "finalAt",
        "price",
    }


def test_a_message_shows_its_text_only_when_given() -> None:
    fields: dict[str, Any] = {
        "id": "x",
        "status": Status.QUEUED,
        "status_at": NOW,
        "final": False,
        "price": PRICE,
        "environment": Environment.TEST,
        "country": "ES",
        "traffic_class": TrafficClass.OTP,
        "encoding": "UCS-2",
        "segments": 2,
        "on_ambiguous": OnAmbiguous.RESEND,
        "max_price": PRICE,
        "created_at": NOW,
        "expires_at": NOW,
        "links": LINKS,
    }

    assert "text" not in wire(MessageAnswer(**fields))
    assert wire(MessageAnswer(**fields, text="Hola"))["text"] == "Hola"


def test_routes_events_and_balance() -> None:
    switch = SwitchAnswer(
        at=NOW, after_attempt=1, source=ListName.PRIMARY, to=ListName.BACKUP, reason="refused"
    )
    event = EventAnswer(id="e", sequence=1, type="message.accepted", status=Status.ACCEPTED, at=NOW)
    balance = BalanceAnswer(balance=PRICE, credit_limit=PRICE, spent_today=PRICE, updated_at=NOW)

    assert wire(RouteAnswer(id="x", switches=(switch,)))["switches"][0]["from"] == "primary"
    assert wire(EventsAnswer(id="x", data=(event,)))["data"][0]["sequence"] == 1
    assert set(wire(balance)) == {"balance", "creditLimit", "spentToday", "dailyCap", "updatedAt"}


def test_the_documented_problem_is_the_one_that_is_answered() -> None:
    problem = Problem("validation-failed", errors=[Flaw("/to", "missing", "x")], details={"max": 1})
    body = problem.body("r-1")

    assert wire(ProblemAnswer.model_validate(body)) == body


@given(st.integers(0, 4_102_444_800_000))
def test_what_we_write_as_a_moment_we_read_as_the_same(instant: int) -> None:
    assert parse_moment(rfc3339(instant)) == instant


@pytest.mark.parametrize(
    ("amount", "written"),
    [("1E-7", "0.0000001"), ("1E+2", "100"), ("-0.5", "-0.5"), ("0", "0")],
)
def test_money_has_no_exponent(amount: str, written: str) -> None:
    assert wire(Price(amount=Decimal(amount), currency="EUR"))["amount"] == written
