"""plan keeps live and sandbox apart, keeps the configured order, and says why a route is out."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.estimate import Score
from relevo.domain.lineup import Lineup, Standing
from relevo.domain.outlook import Outlook
from relevo.domain.plan import Wish, plan
from relevo.domain.routes import Lists, Route, RouteBook, price_at
from relevo.domain.shift_tables import NO_SHIFTS, Shift
from relevo.domain.words import Environment, ListName, TrafficClass
from tests.builders import a_route

WISH = Wish(
    environment=Environment.TEST,
    country="ES",
    traffic_class=TrafficClass.OTP,
    segments=2,
    currency="EUR",
    ceiling=Decimal("0.30"),
)


def a_book(*routes: Route, lists: Lists | None = None) -> RouteBook:
    names = tuple(route.name for route in routes)
    both = lists or Lists(primary=names[:1], backup=names[1:])
    return RouteBook(
        routes={route.name: route for route in routes},
        lists={("*", env.value, "*", "*"): both for env in Environment},
    )


def test_the_configured_order_is_kept_primary_then_backup() -> None:
    chosen = plan(WISH, a_book(a_route("a"), a_route("b"), a_route("c")))

    assert [(c.route.name, c.list) for c in chosen.candidates] == [
        ("a", ListName.PRIMARY),
        ("b", ListName.BACKUP),
        ("c", ListName.BACKUP),
    ]
    assert {c.price for c in chosen.candidates} == {Decimal("0.10")}


@pytest.mark.parametrize("pinned", ["c", "carrier-c"])
def test_a_pinned_route_or_carrier_goes_first_and_the_others_stay_behind_it(pinned: str) -> None:
    routes = [a_route("a"), a_route("b"), replace(a_route("c"), carrier="carrier-c")]

    chosen = plan(replace(WISH, pinned=pinned), a_book(*routes))

    assert [c.route.name for c in chosen.candidates] == ["c", "a", "b"]


UNFIT = [
    ({"environment": Environment.LIVE}, "wrong-environment"),
    ({"countries": frozenset({"FR"})}, "country-not-served"),
    ({"traffic_classes": frozenset({"marketing"})}, "class-not-carried"),
    ({"currency": "USD"}, "other-currency"),
    ({"price": Decimal("0.16")}, "price-above-max"),
    ({"template_only": True}, "template-not-registered"),
    ({"max_segments": 1}, "too-many-segments"),
    ({"encodings": frozenset({"UCS-2"})}, "encoding-not-carried"),
    ({"senders": {"ES": frozenset({"Other"})}}, "sender-not-registered"),
]


@pytest.mark.parametrize(("change", "reason"), UNFIT)
def test_a_route_that_cannot_carry_it_is_out_with_its_reason(
    change: dict[str, object], reason: str
) -> None:
    fit = a_route("b", senders={"ES": frozenset({"ACME"})})
    unfit = replace(fit, name="a", carrier="a", **change)  # type: ignore[arg-type]
    wish = replace(WISH, sender="ACME", registered_only=True)

    chosen = plan(wish, a_book(unfit, fit))

    assert [c.route.name for c in chosen.candidates] == ["b"]
    assert [(e.route, e.reason) for e in chosen.exclusions] == [("a", reason)]


def test_a_name_on_a_list_without_a_route_is_recorded() -> None:
    book = a_book(a_route("a"), lists=Lists(primary=("gone", "a")))

    chosen = plan(WISH, book)

    assert [(e.route, e.reason) for e in chosen.exclusions] == [("gone", "unknown-route")]


def test_the_most_specific_lists_win() -> None:
    a, b = a_route("a"), a_route("b")
    book = RouteBook(
        routes={"a": a, "b": b},
        lists={
            ("*", "test", "*", "*"): Lists(primary=("a",)),
            ("*", "test", "ES", "*"): Lists(primary=("b",)),
        },
    )

    assert [c.route.name for c in plan(WISH, book).candidates] == ["b"]
    elsewhere = replace(WISH, country="FR")
    assert [c.route.name for c in plan(elsewhere, book).candidates] == ["a"]


def test_a_route_is_priced_by_the_segments_its_own_tables_need() -> None:
    wish = replace(WISH, segments=2, shifted=(("es", 1), ("pt", 2)))
    tables: dict[str, frozenset[Shift]] = {
        "none": NO_SHIFTS,
        "pt": frozenset({"pt"}),
        "both": frozenset({"es", "pt"}),
    }
    routes = [replace(a_route(name), shifts=shifts) for name, shifts in tables.items()]

    chosen = plan(wish, a_book(*routes))

    assert [candidate.price for candidate in chosen.candidates] == [
        Decimal("0.10"),
        Decimal("0.10"),
        Decimal("0.05"),
    ]


def test_a_table_may_bring_a_route_below_the_highest_price() -> None:
    dear = replace(a_route("a", price=Decimal("0.20")), shifts=frozenset({"es"}))

    chosen = plan(replace(WISH, shifted=(("es", 1),)), a_book(dear))

    assert [candidate.price for candidate in chosen.candidates] == [Decimal("0.20")]


def test_a_carrier_of_approved_templates_takes_only_what_it_has_approved() -> None:
    wish = replace(WISH, registered=("tencent",))
    routes = [a_route(name, template_only=True) for name in ("alibaba", "tencent")]

    chosen = plan(wish, a_book(*routes))

    assert [candidate.route.name for candidate in chosen.candidates] == ["tencent"]
    assert [(e.route, e.reason) for e in chosen.exclusions] == [
        ("alibaba", "template-not-registered")
    ]


@given(st.lists(st.sampled_from(list(Environment)), max_size=6), st.sampled_from(list(Environment)))
def test_live_and_sandbox_never_mix(environments: list[Environment], wanted: Environment) -> None:
    routes = [
        replace(a_route(f"r{i}"), environment=environment)
        for i, environment in enumerate(environments)
    ]

    chosen = plan(replace(WISH, environment=wanted), a_book(*routes))

    assert {c.route.environment for c in chosen.candidates} <= {wanted}


def test_what_an_account_excludes_is_out_for_it_alone() -> None:
    book = replace(a_book(a_route("a"), a_route("b")), excluded={"acme": frozenset({"a"})})

    ours, theirs = (plan(replace(WISH, account=name), book) for name in ("acme", "other"))

    assert [c.route.name for c in ours.candidates] == ["b"]
    assert [(e.route, e.reason) for e in ours.exclusions] == [("a", "account-excluded")]
    assert [c.route.name for c in theirs.candidates] == ["a", "b"]


def test_an_accounts_own_lists_come_before_everybodys() -> None:
    book = a_book(a_route("a"), a_route("b"))
    own = {("acme", "test", "*", "*"): Lists(primary=("b",))}
    country = {("*", "test", "ES", "otp"): Lists(primary=("a",))}
    book = replace(book, lists={**book.lists, **own, **country})

    ours, theirs = (plan(replace(WISH, account=name), book) for name in ("acme", "other"))

    assert [c.route.name for c in ours.candidates] == ["b"]
    assert [c.route.name for c in theirs.candidates] == ["a"]


@pytest.mark.parametrize(
    ("now", "price"), [(0, "0.07"), (99, "0.07"), (100, "0.05"), (199, "0.05"), (200, "0.04")]
)
def test_prices_have_dates(now: int, price: str) -> None:
    tariff = [(200, Decimal("0.04")), (10, Decimal("0.07")), (100, Decimal("0.05"))]

    assert price_at(tariff, now) == Decimal(price)


def test_a_table_that_saves_segments_makes_gsm_of_what_is_not() -> None:
    wish = replace(WISH, encoding="UCS-2", shifted=(("es", 1),))
    plain = a_route("a", encodings=frozenset({"GSM-7"}))
    able = replace(plain, name="b", carrier="b", shifts=frozenset({"es"}))

    chosen = plan(wish, a_book(plain, able))

    assert [c.route.name for c in chosen.candidates] == ["b"]
    assert [e.reason for e in chosen.exclusions] == ["encoding-not-carried"]


SHARES = st.floats(0.01, 1.0)
STANDINGS = st.builds(
    Standing, since=st.just(0), estimate=SHARES, returned=st.sampled_from([None, 1])
)
OUTLOOKS = st.builds(
    Outlook,
    at=st.just(0),
    scores=st.dictionaries(st.sampled_from("abcd"), st.builds(Score, estimate=SHARES)),
    lineup=st.builds(
        Lineup,
        lead=st.sampled_from([None, *"abcd"]),
        standings=st.dictionaries(st.sampled_from("abcd"), STANDINGS),
    ),
    probe=st.sampled_from([None, *"abcd"]),
)
ROUTES = st.lists(
    st.tuples(st.sampled_from(list(Environment)), st.sampled_from(["0.02", "0.10", "0.30"])),
    max_size=4,
)


def any_book(rows: list[tuple[Environment, str]]) -> RouteBook:
    routes = [
        a_route(name, environment=environment, price=Decimal(price))
        for name, (environment, price) in zip("abcd", rows, strict=False)
    ]
    return a_book(*routes)


@given(ROUTES, OUTLOOKS, st.sampled_from(TrafficClass), st.sampled_from(Environment))
def test_health_moves_routes_and_neither_adds_nor_drops_any(
    rows: list[tuple[Environment, str]],
    outlook: Outlook,
    kind: TrafficClass,
    wanted: Environment,
) -> None:
    """So live and sandbox stay apart both ways, nothing is dearer than allowed, prices stay."""
    wish = replace(WISH, environment=wanted, traffic_class=kind)
    book = any_book(rows)

    configured, moved = plan(wish, book), plan(wish, book, outlook)

    assert moved.exclusions == configured.exclusions
    assert {(c.route.name, c.list, c.price) for c in moved.candidates} == {
        (c.route.name, c.list, c.price) for c in configured.candidates
    }
    assert len(moved.candidates) == len(configured.candidates)
    assert all(c.route.environment is wanted for c in moved.candidates)
    assert all(c.price <= Decimal("0.30") for c in moved.candidates)


@given(ROUTES, OUTLOOKS, st.sampled_from("abcd"))
def test_a_pinned_route_goes_first_whatever_its_health(
    rows: list[tuple[Environment, str]], outlook: Outlook, pinned: str
) -> None:
    moved = plan(replace(WISH, pinned=pinned), any_book(rows), outlook)

    names = [candidate.route.name for candidate in moved.candidates]
    assert pinned not in names[1:]


@given(ROUTES)
def test_an_outlook_that_knows_nothing_changes_nothing(
    rows: list[tuple[Environment, str]],
) -> None:
    configured, moved = plan(WISH, any_book(rows)), plan(WISH, any_book(rows), Outlook(at=0))

    assert [c.route.name for c in moved.candidates] == [c.route.name for c in configured.candidates]
