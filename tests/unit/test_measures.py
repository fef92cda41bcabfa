"""What a committed write measures, and that the lines say just that, however often it is read."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relevo.carriers import registry
from relevo.domain.advance import apply
from relevo.domain.attempt import Report
from relevo.domain.emf import LONGEST, written
from relevo.domain.facts import Expired, Lost, Silent, Unsent
from relevo.domain.market import ELSEWHERE
from relevo.domain.measures import (
    COUNTRIES,
    METRICS,
    MOST,
    OTHER,
    Sample,
    Unit,
    first,
    folded,
    series_of,
)
from relevo.domain.message import Head
from relevo.domain.steps import Submit, claimed
from relevo.domain.timing import MINUTE, SECOND
from relevo.domain.transitions import Change, samples_of
from relevo.domain.words import Environment, OnAmbiguous, State
from relevo.markets.files import FOLDER
from relevo.runtime.metrics import METRICS as LOGGER
from relevo.runtime.metrics import Meter
from tests import strategies
from tests.builders import NOW, a_head, a_plan, an_attempt
from tools.points import Point, read

LATER = NOW + 3 * SECOND
CARRIERS = registry.names(local=True)
ABOUT_A = {"Carrier": "a", "Country": "ES", "Priority": "transactional"}


def claim(head: Head, *names: str, n: int = 1) -> Head:
    plan = a_plan(*names)
    step = Submit(n=n, candidate=plan.candidates[0], rest=names[1:])
    return claimed(head, step, owner="owner", now=NOW + SECOND, by="dispatch")


def then(head: Head, fact: Any) -> Change:
    return Change(head, apply(head, fact, now=LATER, by="test"))


def said(change: Change) -> dict[str, tuple[int, dict[str, str]]]:
    """By name: the value, and the labels that the metric's sets name."""
    found = {}
    for sample in samples_of(change):
        named = {one for names in METRICS.get(sample.name, ((), ()))[1] for one in names}
        labels = {name: value for name, value in sample.labels.items() if name in named}
        found[sample.name] = (sample.value, labels)
    return found


NEW = a_head(segments=2)
INTENT = claim(a_head(), "a", "b")
TAKEN = then(INTENT, Report(n=1, state=State.ACCEPTED, at=LATER)).new
BOUNCED = then(TAKEN, Report(n=1, state=State.UNDELIVERED, at=LATER, reason="unreachable"))
SECOND_TRY = claim(BOUNCED.new, "b", n=2)
RESENT = claim(then(replace(TAKEN, on_ambiguous=OnAmbiguous.RESEND), Silent(n=1)).new, "b", n=2)
REFUSED = Report(n=1, state=State.REFUSED, at=LATER, reason="throttled", code="429")
DELIVERED = Report(n=1, state=State.DELIVERED, at=LATER, stated_at=NOW + SECOND)


def only(*names: str) -> dict[str, tuple[int, dict[str, str]]]:
    labels = {
        "Carrier": {"Carrier": "a"},
        "Ends": {"Carrier": "a", "Country": "ES"},
    }
    return {
        name: (1, labels["Ends" if name.startswith("Messages") else "Carrier"]) for name in names
    }


CHANGES = [
    (
        "a new message",
        Change(None, NEW),
        {
            "MessagesAccepted": (1, {"Priority": "transactional"}),
            "SegmentsAccepted": (2, {"Priority": "transactional", "Encoding": "GSM-7"}),
        },
    ),
    (
        "a claim, a second after it was accepted",
        Change(a_head(), INTENT),
        {"QueueDwell": (1_000, {"Priority": "transactional"})},
    ),
    (
        "its carrier takes it, two seconds later, for five cents",
        Change(INTENT, TAKEN),
        {
            "CarrierSubmit": (1, {"Carrier": "a", "Outcome": "accepted"}),
            "CarrierSubmitLatency": (2_000, {"Carrier": "a"}),
            "CarrierCostMicrosEUR": (50_000, {}),
            **only("MessagesSent"),
        },
    ),
    (
        "its carrier refuses it for now",
        then(INTENT, replace(REFUSED, retryable=True)),
        {
            "CarrierSubmit": (1, {"Carrier": "a", "Outcome": "retryable"}),
            "CarrierSubmitLatency": (2_000, {"Carrier": "a"}),
            "AttemptFailed": (1, {"Carrier": "a", "Reason": "throttled"}),
        },
    ),
    (
        "nobody knows",
        then(INTENT, Lost(n=1)),
        {
            "CarrierSubmit": (1, {"Carrier": "a", "Outcome": "ambiguous"}),
            **only("AmbiguousOutcome"),
        },
    ),
    ("we took it back ourselves", then(INTENT, Unsent(n=1, owner="owner", reason="expired")), {}),
    (
        "the recipient had said stop",
        then(INTENT, Unsent(n=1, owner="owner", reason="opted-out", stop=True)),
        {"OptOutBlocked": (1, {"Reason": "opted-out"}), **only("MessagesFailed")},
    ),
    (
        "a handset has it",
        then(TAKEN, DELIVERED),
        {
            **only("DlrReceived", "MessagesDelivered"),
            "DlrLag": (2_000, {"Carrier": "a", "Priority": "transactional"}),
            "DeliveryLatency": (3_000, ABOUT_A),
        },
    ),
    (
        "a bounce, after which another carrier is tried",
        BOUNCED,
        {**only("DlrReceived"), "AttemptFailed": (1, {"Carrier": "a", "Reason": "unreachable"})},
    ),
    (
        "the other carrier is tried",
        Change(BOUNCED.new, SECOND_TRY),
        {"FailoverStarted": (1, {"FromCarrier": "a", "ToCarrier": "b"})},
    ),
    (
        "silence that counts",
        then(TAKEN, Silent(n=1)),
        {"AttemptFailed": (1, {"Carrier": "a", "Reason": "silent"})},
    ),
    (
        "nobody was asked before its time was over",
        then(a_head(), Expired()),
        {"MessagesExpired": (1, {"Carrier": "none", "Country": "ES"})},
    ),
    ("what a receipt had told before", then(then(TAKEN, DELIVERED).new, DELIVERED), {}),
]


@pytest.mark.parametrize(("what", "change", "expected"), CHANGES, ids=[row[0] for row in CHANGES])
def test_a_write_measures(
    what: str, change: Change, expected: dict[str, tuple[int, dict[str, str]]]
) -> None:
    assert said(change) == expected


def test_a_failover_that_ends_well_names_both_carriers() -> None:
    taken = then(SECOND_TRY, Report(n=2, state=State.ACCEPTED, at=LATER)).new

    found = said(then(taken, replace(DELIVERED, n=2)))

    assert found["FailoverSucceeded"] == (1, {"FromCarrier": "a", "ToCarrier": "b"})
    assert found["MessagesDelivered"][1]["Carrier"] == "b"


def test_a_second_handset_is_a_duplicate_and_no_second_delivery() -> None:
    assert said(Change(TAKEN, RESENT))["PossibleDuplicate"] == (1, {"Carrier": "b"})
    both = then(RESENT, Report(n=2, state=State.ACCEPTED, at=LATER)).new
    once = then(both, replace(DELIVERED, n=2)).new

    found = said(then(once, DELIVERED))

    assert found["DuplicateDelivered"] == (1, {"Carrier": "a"})
    assert not {"MessagesDelivered", "DeliveryLatency", "FailoverSucceeded"} & found.keys()


def test_a_receipt_that_overtakes_the_answer_is_one_submit_all_the_same() -> None:
    early = then(INTENT, DELIVERED)
    late = then(early.new, Report(n=1, state=State.ACCEPTED, at=LATER))

    names = Counter(one.name for change in (early, late) for one in samples_of(change))

    assert (
        names["CarrierSubmit"] == names["CarrierSubmitLatency"] == names["MessagesDelivered"] == 1
    )
    assert names["CarrierCostMicrosEUR"] == 1


def test_everything_is_stamped_with_the_minute_of_its_submit() -> None:
    head = a_head(send_at=NOW + 5 * MINUTE)
    released = replace(head, send_at=None, released_at=NOW + 5 * MINUTE, version=2)
    (sample,) = samples_of(Change(released, claim(released, "a")))

    (line,) = written([sample], "dev")

    assert json.loads(line)["_aws"]["Timestamp"] == (NOW + 5 * MINUTE) // MINUTE * MINUTE


def changes() -> st.SearchStrategy[Change]:
    pair = st.tuples(st.none() | strategies.heads(), strategies.heads())
    return pair.map(lambda two: Change(*two))


def lines_of(found: Iterable[Change]) -> list[str]:
    return written((folded(one, CARRIERS) for c in found for one in samples_of(c)), "dev")


def totals(points: Iterable[Point]) -> Counter[Any]:
    """Every value said, by series and unit; of counts the sum."""
    found: Counter[Any] = Counter()
    for name, unit, at, dimensions, values in points:
        for value in values:
            if unit == Unit.COUNT or name.startswith("CarrierCost"):
                found[name, unit, at, dimensions] += int(value)
            else:
                found[name, unit, at, dimensions, value] += 1
    return found


def expected(samples: Iterable[Sample]) -> Counter[Any]:
    """The same, taken from the samples one by one."""
    points = []
    for name, at, environment, labels, value in samples:
        metric = METRICS["CarrierCostMicrosUSD" if name.startswith("CarrierCost") else name]
        stage = "dev" if environment is Environment.LIVE else "dev-test"
        always = [("service", "relevo"), ("Environment", stage)]
        for names in metric.sets:
            dimensions = frozenset([*always, *((one, labels[one]) for one in names)])
            minute = at // MINUTE * MINUTE
            points.append(Point(name, metric.unit.value, minute, dimensions, (value,)))
    return totals(points)


@settings(max_examples=30, deadline=None)
@given(st.lists(changes(), max_size=4))
def test_the_lines_add_up_to_the_transitions(found: list[Change]) -> None:
    samples = [folded(one, CARRIERS) for change in found for one in samples_of(change)]

    assert totals(read(lines_of(found))) == expected(samples)


@settings(max_examples=20, deadline=None)
@given(st.lists(changes(), max_size=4), st.randoms(use_true_random=False))
def test_a_stream_that_is_read_again_says_the_same(found: list[Change], dice: Random) -> None:
    again = list(found)
    dice.shuffle(again)

    assert sorted(lines_of(found)) == sorted(lines_of(found))
    assert totals(read(lines_of(again))) == totals(read(lines_of(found)))


@settings(max_examples=20, deadline=None)
@given(st.lists(changes(), max_size=3))
def test_no_line_names_an_account_or_a_message(found: list[Change]) -> None:
    allowed = {"service", "Environment"} | {
        name for metric in METRICS.values() for names in metric.sets for name in names
    }

    for line in lines_of(found):
        assert set(json.loads(line)) - {"_aws", *METRICS} <= allowed | {
            name for name in json.loads(line) if name.startswith("CarrierCostMicros")
        }
        assert all(change.new.id not in line for change in found)


def test_a_batch_of_one_kind_is_one_line() -> None:
    batch = [*[Change(None, a_head())] * 5, *[then(TAKEN, DELIVERED)] * 5, Change(INTENT, TAKEN)]

    assert len(lines_of(batch)) == 1


def test_more_values_than_a_line_may_hold_go_on_in_the_next() -> None:
    samples = [Sample("QueueDwell", NOW, Environment.LIVE, {"Priority": "otp"}, 7)] * 250

    points = list(read(written(samples, "dev")))

    assert sorted(len(point.values) for point in points) == [50, LONGEST, LONGEST]


NAMES = st.text(min_size=1, max_size=8)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES, NAMES), max_size=40))
def test_the_number_of_series_is_bounded_whatever_names_come(
    rows: Sequence[tuple[str, str, str]],
) -> None:
    samples = [
        folded(
            Sample(
                "AttemptFailed",
                NOW,
                Environment.LIVE,
                {"Carrier": carrier, "Country": country, "Reason": reason},
            ),
            CARRIERS,
        )
        for carrier, country, reason in rows
    ]

    found = {dict(series.labels).get("Carrier", OTHER) for series in series_of(samples)}
    assert found <= {*CARRIERS, OTHER, "none"}
    assert {one.labels["Country"] for one in samples} <= {*COUNTRIES, OTHER, "none"}


def test_names_beyond_the_cap_are_one() -> None:
    many = [f"carrier-{n:03}" for n in range(MOST + 10)]
    kept = first(many)

    named = {
        folded(Sample("DlrReceived", 0, Environment.LIVE, {"Carrier": one}), kept).labels["Carrier"]
        for one in many
    }

    assert len(named) == MOST + 1
    assert OTHER in named


def test_every_carrier_and_every_market_that_exists_has_a_name_of_its_own() -> None:
    assert first(CARRIERS) == CARRIERS
    assert first(COUNTRIES) == COUNTRIES
    files = {path.stem.upper() for path in FOLDER.glob("??.yaml")} - {ELSEWHERE}
    assert files == COUNTRIES


def test_measuring_never_fails_what_it_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(LOGGER, "info", lambda *_: said.append("line"))
    meter = Meter(stage="dev", carriers=CARRIERS)

    meter.take(lambda: [Sample("NoSuchMetric", NOW, Environment.LIVE, {})])
    meter.changed([Change(None, a_head(price=Decimal(1)))])
    meter.take(lambda: [Sample("DlrReceived", NOW, Environment.LIVE, {})])

    assert said == ["line"]


def test_an_attempt_that_is_there_from_the_start_is_measured_whole() -> None:
    head = a_head(attempts=(an_attempt(1, State.ACCEPTED, accepted_at=LATER),), version=2)

    names = {sample.name for sample in samples_of(Change(a_head(), head))}

    assert {"QueueDwell", "CarrierSubmit", "CarrierSubmitLatency", "MessagesSent"} <= names
