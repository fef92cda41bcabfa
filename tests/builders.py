"""Readable beginnings: a head, an attempt, a plan, each with only what a test cares about."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from relevo.domain.attempt import Attempt
from relevo.domain.message import Content, Head, Told
from relevo.domain.outlook import CarrierChange, Scene
from relevo.domain.routes import Candidate, Route, RoutePlan
from relevo.domain.status import status_of
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.domain.words import Environment, ListName, OnAmbiguous, State, TrafficClass

NOW: Millis = 1_800_000_000_000


def a_head(**changes: Any) -> Head:
    """A transactional message just accepted, valid for ten minutes, one event told."""
    told = Told(sequence=1, type="accepted", n=0, by="accept", at=NOW, version=1)
    head = Head(
        id="m" * 26,
        account="acc_test",
        environment=Environment.TEST,
        traffic_class=TrafficClass.TRANSACTIONAL,
        country="ES",
        recipient_hash="r" * 22,
        encoding="GSM-7",
        segments=1,
        price=Decimal("0.05"),
        currency="EUR",
        max_price=Decimal("0.15"),
        on_ambiguous=OnAmbiguous.HOLD,
        receipt_deadline=120 * SECOND,
        created_at=NOW,
        expires_at=NOW + 10 * MINUTE,
        request_id="0" * 16,
        body_digest="d" * 22,
        status_at=NOW,
        told=(told,),
    )
    changed = replace(head, **changes)
    return replace(changed, status=status_of(changed))


def an_attempt(n: int = 1, state: State = State.INTENT, **changes: Any) -> Attempt:
    """Attempt `n` on the n-th route (a, b, c …), claimed a second after acceptance."""
    name = "abcdefghijkl"[n - 1]
    attempt = Attempt(
        n=n,
        route=name,
        carrier=name,
        list=ListName.PRIMARY if n == 1 else ListName.BACKUP,
        owner="owner",
        claimed_at=NOW + SECOND,
        state=state,
    )
    return replace(attempt, **changes)


def a_content(**changes: Any) -> Content:
    return replace(Content(id="m" * 26, to="+34612345678", text="Hola"), **changes)


def a_plan(*names: str) -> RoutePlan:
    """These routes in order: the first on the primary list, the rest on the backup list."""
    lists = [ListName.PRIMARY, *[ListName.BACKUP] * len(names)]
    return RoutePlan(
        candidates=tuple(
            Candidate(route=a_route(name), list=which, price=Decimal("0.05"))
            for name, which in zip(names, lists, strict=False)
        )
    )


def a_route(name: str, **changes: Any) -> Route:
    route = Route(
        name=name,
        carrier=name,
        environment=Environment.TEST,
        price=Decimal("0.05"),
        currency="EUR",
    )
    return replace(route, **changes)


def a_change(**changes: Any) -> CarrierChange:
    """Carrier north lost the lead of live otp in Spain to south."""
    scene = Scene(Environment.LIVE, TrafficClass.OTP, "ES")
    change = CarrierChange(
        scene=scene, carrier="north", out=True, lead="south", at=NOW, estimate=0.412
    )
    return replace(change, **changes)
