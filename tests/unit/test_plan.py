"""plan keeps live and sandbox apart, keeps the configured order, and says why a route is out."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.plan import Wish, plan
from relevo.domain.routes import Lists, Route, RouteBook
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


@given(st.lists(st.sampled_from(list(Environment)), max_size=6), st.sampled_from(list(Environment)))
def test_live_and_sandbox_never_mix(environments: list[Environment], wanted: Environment) -> None:
    routes = [
        replace(a_route(f"r{i}"), environment=environment)
        for i, environment in enumerate(environments)
    ]

    chosen = plan(replace(WISH, environment=wanted), a_book(*routes))

    assert {c.route.environment for c in chosen.candidates} <= {wanted}
