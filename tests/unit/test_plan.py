"""plan keeps live and sandbox apart, keeps the configured order, and says why a route is out."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.plan import Wish, plan
from relevo.domain.routes import Lists, Route, RouteBook
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
        lists={(env.value, "*", "*"): both for env in Environment},
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
]


@pytest.mark.parametrize(("change", "reason"), UNFIT)
def test_a_route_that_cannot_carry_it_is_out_with_its_reason(
    change: dict[str, object], reason: str
) -> None:
    unfit = replace(a_route("a"), **change)  # type: ignore[arg-type]

    chosen = plan(WISH, a_book(unfit, a_route("b")))

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
            ("test", "*", "*"): Lists(primary=("a",)),
            ("test", "ES", "*"): Lists(primary=("b",)),
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
