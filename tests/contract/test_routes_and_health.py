from dataclasses import replace
from decimal import Decimal

import pytest

from relevo.domain.evidence import Cohort
from relevo.domain.health import Tally, Window
from relevo.domain.lineup import Lineup, Standing
from relevo.domain.outlook import Scene
from relevo.domain.routes import Candidate, Exclusion, Lists, Route, RouteBook, RoutePlan
from relevo.domain.timing import DAY, MINUTE, SECOND
from relevo.domain.words import Environment, ListName, TrafficClass
from relevo.ports.basics import Conflict
from tests.contract.conftest import Side
from tests.fakes import NOON

A = Route(
    name="sandbox-a-es",
    carrier="sandbox-a",
    environment=Environment.LIVE,
    price=Decimal("0.050"),
    tariff=((0, Decimal("0.070")), (NOON - 1, Decimal("0.050")), (NOON + DAY, Decimal("0.040"))),
    currency="EUR",
    countries=frozenset({"ES", "MX"}),
    traffic_classes=frozenset({"otp"}),
)
B = Route(
    name="sandbox-b",
    carrier="sandbox-b",
    environment=Environment.TEST,
    price=Decimal("0.07"),
    tariff=((0, Decimal("0.07")),),
    currency="EUR",
    receipts=False,
    shifts=frozenset({"es", "tr"}),
    template_only=True,
    account="second",
    encodings=frozenset({"GSM-7"}),
    max_segments=8,
    senders={"ES": frozenset({"ACME", "Shop"}), "*": frozenset({"*"})},
    tps=30,
    lookup=True,
)
BOOK = RouteBook(
    routes={A.name: A, B.name: B},
    lists={
        ("*", "live", "ES", "*"): Lists(primary=(A.name,), backup=(B.name, A.name)),
        ("acme", "test", "*", "otp"): Lists(primary=(B.name,)),
    },
    excluded={"acme": frozenset({"sandbox-a"})},
)


def tally(what: str, *, minute: int = NOON // MINUTE, **fields: object) -> Tally:
    known = {
        "environment": Environment.LIVE,
        "traffic_class": TrafficClass.OTP,
        "carrier": "sandbox-a",
        "country": "ES",
    }
    return Tally(**{**known, **fields}, minute=minute, what=what)  # type: ignore[arg-type]


def otp_window(side: Side, now: int = NOON) -> Window:
    return side.health.window(Environment.LIVE, TrafficClass.OTP, now)


def test_the_book_is_what_was_configured(side: Side) -> None:
    side.configure(BOOK)

    book = side.routes.book()

    assert dict(book.routes) == BOOK.routes
    assert dict(book.lists) == BOOK.lists


def test_an_empty_table_is_an_empty_book(side: Side) -> None:
    assert side.routes.book() == RouteBook(routes={}, lists={})


def test_a_decision_can_be_explained_later(side: Side) -> None:
    plan = RoutePlan(
        candidates=(Candidate(route=A, list=ListName.PRIMARY, price=Decimal("0.10")),),
        exclusions=(Exclusion(route=B.name, reason="wrong-environment"),),
    )

    side.routes.remember("d1", plan, NOON)
    found = side.routes.decision("d1")

    assert found is not None
    assert [row["route"] for row in found["candidates"]] == [A.name]
    assert found["exclusions"] == [{"route": B.name, "reason": "wrong-environment"}]
    assert found["at"] == NOON
    assert side.routes.decision("d2") is None


def test_the_window_sums_all_carriers_and_countries_of_a_class(side: Side) -> None:
    side.health.add(
        [
            tally("accepted"),
            tally("accepted", carrier="sandbox-b"),
            tally("accepted", country="MX", count=3),
            tally("receipt"),
            tally("silence"),
            tally("refused"),
        ]
    )
    side.health.add([tally("accepted")])

    assert otp_window(side) == Window(accepted=6, receipts=1, silences=1)


def test_the_window_knows_from_when_to_when_receipts_came(side: Side) -> None:
    side.health.add([tally("receipt", at=NOON + 1), tally("receipt", at=NOON + 2)])
    side.health.add([tally("receipt", at=NOON + 4, carrier="sandbox-b"), tally("accepted", at=9)])
    side.health.add([tally("silence", at=NOON + 9)])
    side.health.add([tally("receipt", at=NOON + 7)])

    window = otp_window(side)

    assert (window.accepted, window.receipts, window.silences) == (1, 4, 1)
    assert window.hearing == ((NOON + 1, NOON + 7), (NOON + 4, NOON + 4))


def test_the_window_leaves_out_other_classes_and_environments(side: Side) -> None:
    side.health.add(
        [
            tally("accepted", traffic_class=TrafficClass.MARKETING),
            tally("accepted", environment=Environment.TEST),
        ]
    )

    assert otp_window(side) == Window()


def test_the_window_holds_the_running_minute_and_the_four_before(side: Side) -> None:
    minute = NOON // MINUTE
    side.health.add([tally("accepted", minute=minute - back) for back in range(7)])

    assert otp_window(side) == Window(accepted=5)
    assert otp_window(side, NOON + 59 * SECOND) == Window(accepted=5)


def test_a_later_minute_sees_less(side: Side) -> None:
    side.health.add([tally("accepted")])

    assert otp_window(side, NOON + 4 * MINUTE) == Window(accepted=1)
    assert otp_window(side, NOON + 5 * MINUTE) == Window()


def test_a_changed_book_is_read_at_once_and_whole(side: Side) -> None:
    side.configure(BOOK)
    side.routes.book()
    lists = {("*", "test", "*", "*"): Lists(primary=(B.name,))}
    new = RouteBook(routes={B.name: B}, lists=lists)

    side.routes.change(side.routes.fresh_book(), new)

    assert side.routes.book() == side.routes.fresh_book() == new


def test_what_somebody_else_changed_meanwhile_stays(side: Side) -> None:
    side.configure(RouteBook(routes={A.name: A}, lists={}))
    known = side.routes.fresh_book()
    side.routes.change(known, RouteBook(routes={A.name: A, B.name: B}, lists={}))

    cheaper = replace(A, price=Decimal("0.01"), tariff=((0, Decimal("0.01")),))
    side.routes.change(known, RouteBook(routes={A.name: cheaper}, lists={}))

    assert side.routes.fresh_book().routes == {A.name: cheaper, B.name: B}


SCENE = Scene(Environment.LIVE, TrafficClass.OTP, "ES")


def test_counts_come_back_as_the_cohorts_they_were_counted_in(side: Side) -> None:
    minute = NOON // MINUTE
    side.health.add(
        [
            tally("0t", count=7),
            tally("0-2", count=4),
            tally("0f"),
            tally("11r", count=2),
            tally("11-0", minute=minute - 40),
            tally("3t", minute=minute - 61),  # forgotten
            tally("3t", country="MX"),
            tally("3t", environment=Environment.TEST),
            tally("accepted"),  # counted for the valve
        ]
    )
    side.health.add([tally("0t"), tally("0x")])

    read = side.health.evidence(SCENE, NOON + 59 * SECOND)

    assert read.at == NOON + 59 * SECOND
    rows = {row.at: row for row in read.cohorts["sandbox-a"]}
    assert rows == {
        NOON: Cohort(at=NOON, taken=8, failed=1, excused=1, arrived=(0, 0, 4, 0, 0, 0)),
        NOON + 55 * SECOND: Cohort(at=NOON + 55 * SECOND, refused=2),
        NOON - 40 * MINUTE + 55 * SECOND: Cohort(
            at=NOON - 40 * MINUTE + 55 * SECOND, arrived=(1, 0, 0, 0, 0, 0)
        ),
    }
    assert set(read.cohorts) == {"sandbox-a"}


def test_a_reading_says_how_old_it_is_and_is_ten_seconds_old_at_most(side: Side) -> None:
    assert side.health.evidence(SCENE, side.clock()).cohorts == {}

    side.health.add([tally("0t")])
    side.clock.advance(6 * SECOND)
    read = side.health.evidence(SCENE, side.clock())

    assert read.at == side.clock()
    assert read.cohorts["sandbox-a"] == [Cohort(at=NOON, taken=1)]


STANDING = Standing(since=NOON, estimate=0.25, good=1, next_probe=NOON + MINUTE, first_good=NOON)


def test_a_circuit_comes_back_as_it_was_saved(side: Side) -> None:
    assert side.lineups.get(SCENE) == Lineup()
    new = Lineup(lead="b", standings={"a": STANDING})

    stored = side.lineups.save(SCENE, new)

    assert stored == replace(new, version=1)
    assert side.lineups.get(SCENE) == stored
    assert side.lineups.get(SCENE._replace(country="MX")) == Lineup()


def test_of_two_who_judged_the_same_circuit_one_writes(side: Side) -> None:
    first = side.lineups.save(SCENE, Lineup(lead="a"))

    side.lineups.save(SCENE, replace(first, lead="b"))
    with pytest.raises(Conflict):
        side.lineups.save(SCENE, replace(first, lead="c"))
    with pytest.raises(Conflict):
        side.lineups.save(SCENE, Lineup(lead="d"))

    assert side.lineups.get(SCENE).lead == "b"


def test_of_two_equal_writes_one_is_a_conflict_or_both_would_have_the_probe(side: Side) -> None:
    first = side.lineups.save(SCENE, Lineup(lead="a"))
    side.lineups.save(SCENE, replace(first, lead="b"))

    with pytest.raises(Conflict):
        side.lineups.save(SCENE, replace(first, lead="b"))
