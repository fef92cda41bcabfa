"""The checker can fail: each guard of the road, taken away, is missed by some seed."""

from collections.abc import Callable
from typing import Any

import pytest

from relevo.domain import look as looking
from relevo.domain import steps
from relevo.services import events, settle, watch
from relevo.services.claim import Claim
from tests.simulation.check import check
from tests.simulation.test_model import STORM, run
from tests.simulation.world import World

Break = Callable[[pytest.MonkeyPatch], None]


def claims_are_trusted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Claim, "stands_in", lambda *_: True)


def nothing_blocks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(steps, "blocked", lambda _: False)


def nobody_looks_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(events, "_first_look", lambda *_: None)


def watch_forgets_what_comes_later(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(watch, "_times", lambda _: {})


def leases_never_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(looking, "LEASE", 10**12)


def credits_are_never_paid(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settle, "owed", lambda _: 0)


def used_routes_are_tried_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(steps, "_tried", lambda _: frozenset())


@pytest.mark.parametrize(
    "break_",
    [
        claims_are_trusted,
        nothing_blocks,
        nobody_looks_first,
        watch_forgets_what_comes_later,
        credits_are_never_paid,
        leases_never_end,
        used_routes_are_tried_again,
    ],
    ids=lambda break_: break_.__name__,
)
def test_a_missing_guard_is_seen(break_: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    break_(monkeypatch)

    assert any(_fails(seed) for seed in range(60))


def _fails(seed: int) -> bool:
    world: Any = World(seed, STORM)
    try:
        run(world, 120)
        world.settle_down()
        check(world)
    except AssertionError:
        return True
    return False
