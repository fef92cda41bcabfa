"""The configured order stands until another carrier is clearly better."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.preference import CLEARLY, Option, preferred
from relevo.domain.words import TrafficClass

OTP, MARKETING = TrafficClass.OTP, TrafficClass.MARKETING


def options(*rows: tuple[float, str, bool]) -> list[Option]:
    return [
        Option(name=name, estimate=estimate, price=Decimal(price), out=out)
        for name, (estimate, price, out) in zip("abcdef", rows, strict=False)
    ]


ROWS = [
    # estimate, price, out -> order
    ([(0.9, "1", False), (0.95, "1", False)], OTP, "ab"),  # five points are not clearly better
    ([(0.89, "1", False), (0.95, "1", False)], OTP, "ba"),
    ([(0.3, "1", False), (0.33, "1", False), (0.31, "1", False)], OTP, "abc"),  # all slow
    ([(0.95, "1", True), (0.94, "1", False)], OTP, "ba"),  # out: probed only
    ([(0.80, "1", True), (0.10, "1", False)], OTP, "ab"),  # … unless the rest is far worse
    ([(0.2, "1", True), (0.18, "1", False)], OTP, "ba"),
    ([(0.5, "1", True), (0.35, "1", False)], OTP, "ba"),
    ([(0.55, "1", True), (0.72, "1", True), (0.5, "1", False)], OTP, "bca"),  # out, by far better
    ([(0.1, "1", False), (0.9, "1", False), (0.94, "1", False)], OTP, "bca"),
    ([(0.9, "0.04", False), (0.95, "0.04", False)], MARKETING, "ba"),  # 5.5 % a delivered one
    ([(0.5, "0.02", False), (0.99, "0.05", False)], MARKETING, "ab"),
]


@pytest.mark.parametrize(("rows", "kind", "order"), ROWS)
def test_the_order(rows: list[tuple[float, str, bool]], kind: TrafficClass, order: str) -> None:
    assert "".join(option.name for option in preferred(options(*rows), kind)) == order


SHARES = st.floats(0.01, 1)
MANY = st.lists(st.tuples(SHARES, st.sampled_from(["0.02", "0.05"]), st.booleans()), max_size=6)


@given(MANY, st.sampled_from(TrafficClass))
def test_every_option_keeps_a_place(
    rows: list[tuple[float, str, bool]], kind: TrafficClass
) -> None:
    given_ = options(*rows)

    ordered = preferred(given_, kind)

    assert sorted(o.name for o in ordered) == sorted(o.name for o in given_)


@given(st.lists(SHARES, min_size=1, max_size=6))
def test_the_first_is_never_clearly_worse_than_another(estimates: list[float]) -> None:
    ordered = preferred(options(*[(share, "1", False) for share in estimates]), OTP)

    assert ordered[0].estimate >= max(estimates) - CLEARLY


@given(SHARES, st.integers(1, 6), st.sampled_from(TrafficClass))
def test_among_equals_the_configured_order_stands(
    share: float, number: int, kind: TrafficClass
) -> None:
    given_ = options(*[(share, "0.05", False)] * number)

    assert preferred(given_, kind) == given_
