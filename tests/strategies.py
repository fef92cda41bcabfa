"""Hypothesis strategies for records of the domain: anything the types allow, likely or not."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from relevo.domain.attempt import Attempt, Report
from relevo.domain.message import Content, Head, Told
from relevo.domain.routes import Candidate, Route, RoutePlan
from relevo.domain.templates import Registered
from relevo.domain.words import (
    Charge,
    Environment,
    ListName,
    OnAmbiguous,
    State,
    Status,
    TrafficClass,
)
from relevo.ports.carriers import Receipt

IDS = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=26, max_size=26)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12)
TIMES = st.integers(0, 4_102_444_800_000)
MONEY = st.decimals("0", "1000", places=6)
COUNTRIES = st.sampled_from(["ES", "MX", "CN", "US", "DE"])


def maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | strategy


def attempts() -> SearchStrategy[Attempt]:
    return st.builds(
        Attempt,
        n=st.integers(1, 12),
        route=NAMES,
        carrier=NAMES,
        list=st.sampled_from(ListName),
        owner=NAMES,
        claimed_at=TIMES,
        state=st.sampled_from(State),
        round=st.integers(0, 5),
        price=maybe(MONEY),
        accepted_at=maybe(TIMES),
        ended_at=maybe(TIMES),
        reason=maybe(WORDS),
        code=maybe(WORDS),
        reference=maybe(WORDS),
        retryable=st.booleans(),
        stop=st.booleans(),
        pause=maybe(st.integers(0, 60_000)),
        silent=st.booleans(),
        duplicate=st.booleans(),
        arrived=st.lists(NAMES, max_size=2).map(tuple),
    )


@st.composite
def heads(draw: DrawFn) -> Head:
    """Give a head whose attempts and events are numbered without gaps, as stored ones are."""
    head = draw(
        st.builds(
            Head,
            id=IDS,
            account=NAMES,
            environment=st.sampled_from(Environment),
            traffic_class=st.sampled_from(TrafficClass),
            country=COUNTRIES,
            recipient_hash=NAMES,
            encoding=st.sampled_from(["GSM-7", "UCS-2"]),
            segments=st.integers(1, 10),
            price=MONEY,
            currency=st.just("EUR"),
            on_ambiguous=st.sampled_from(OnAmbiguous),
            created_at=TIMES,
            expires_at=TIMES,
            request_id=NAMES,
            body_digest=NAMES,
            max_price=MONEY,
            sender=maybe(WORDS),
            receipt_deadline=maybe(st.integers(0, 600_000)),
            pinned=maybe(NAMES),
            send_at=maybe(TIMES),
            not_before=maybe(TIMES),
            round=st.integers(0, 9),
            shifted=st.lists(
                st.tuples(st.sampled_from(["es", "pt", "tr"]), st.integers(1, 10)), max_size=3
            ).map(tuple),
            registered=st.lists(NAMES, max_size=3).map(tuple),
            callback=st.booleans(),
            plan=maybe(st.lists(NAMES, max_size=3).map(tuple)),
            decision=maybe(NAMES),
            attempts=st.lists(attempts(), max_size=3).map(tuple),
            canceled=st.booleans(),
            expired=st.booleans(),
            stop=maybe(NAMES),
            charge=st.sampled_from(Charge),
            status=st.sampled_from(Status),
            status_at=TIMES,
            told=st.lists(told(), max_size=3).map(tuple),
            version=st.integers(1, 99),
            correlation=maybe(NAMES),
        )
    )
    return replace(
        head,
        attempts=tuple(replace(a, n=n) for n, a in enumerate(head.attempts, start=1)),
        told=tuple(replace(t, sequence=n) for n, t in enumerate(head.told, start=1)),
    )


def told() -> SearchStrategy[Told]:
    return st.builds(
        Told,
        sequence=st.just(1),
        type=NAMES,
        n=st.integers(0, 12),
        by=NAMES,
        at=TIMES,
        version=st.integers(1, 99),
        status=maybe(st.sampled_from(Status)),
        reason=maybe(NAMES),
    )


def contents() -> SearchStrategy[Content]:
    return st.builds(
        Content,
        id=IDS,
        to=st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z"),
        text=WORDS,
        sender=maybe(WORDS),
        client_reference=maybe(WORDS),
        metadata=st.dictionaries(NAMES, WORDS, max_size=3).map(
            lambda fields: tuple(sorted(fields.items()))
        ),
        callback_url=maybe(WORDS),
        send_at=maybe(TIMES),
        smart=st.booleans(),
        replaced=WORDS,
        language=maybe(NAMES),
        zone=maybe(NAMES),
        state=maybe(NAMES),
        wording=maybe(WORDS),
        contact=maybe(WORDS),
        template_id=maybe(NAMES),
        template_version=maybe(st.integers(1, 999)),
        registered=st.dictionaries(NAMES, registered(), max_size=2),
    )


def registered() -> SearchStrategy[Registered]:
    params = st.lists(WORDS, max_size=3).map(tuple) | st.dictionaries(NAMES, WORDS, max_size=3)
    return st.builds(Registered, template_id=NAMES, params=params)


def receipts() -> SearchStrategy[Receipt]:
    report = st.builds(
        Report,
        n=st.integers(1, 12),
        state=st.sampled_from(State),
        at=TIMES,
        reason=maybe(WORDS),
        code=maybe(WORDS),
        reference=maybe(WORDS),
        retryable=st.booleans(),
        stop=st.booleans(),
        pause=maybe(st.integers(0, 60_000)),
        part=NAMES,
        parts=st.integers(1, 4),
    )
    return st.builds(Receipt, message_id=IDS, carrier=NAMES, report=report)


def plans() -> SearchStrategy[RoutePlan]:
    """Give plans as they travel: of a route only what dispatch needs, and no exclusions."""
    route = st.builds(
        Route,
        name=NAMES,
        carrier=NAMES,
        environment=st.sampled_from(Environment),
        price=MONEY,
        currency=st.just("EUR"),
        receipts=st.booleans(),
        shifts=st.frozensets(st.sampled_from(["es", "pt", "tr"])),
        template_only=st.booleans(),
        tps=st.none() | st.integers(1, 100_000),
        countries=st.just(frozenset({"*"})),
        traffic_classes=st.just(frozenset({"*"})),
    )
    candidate = st.builds(
        Candidate,
        route=route,
        list=st.sampled_from(ListName),
        price=MONEY,
        shut=st.booleans(),
        trial=st.booleans(),
    )
    return st.lists(candidate, max_size=3).map(lambda rows: RoutePlan(candidates=tuple(rows)))
