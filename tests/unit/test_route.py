"""route follows health: it moves the lead, sends single probes, tells, and fails open."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from relevo.domain.health import Tally
from relevo.domain.lineup import Lineup, Standing
from relevo.domain.message import Head
from relevo.domain.outlook import Scene
from relevo.domain.routes import Lists, RouteBook
from relevo.domain.timing import MINUTE, SECOND
from relevo.domain.words import Environment, TrafficClass
from relevo.runtime.tasks import decisions_in
from relevo.services.breaker import Fuses
from relevo.services.outlooks import Outlooks
from relevo.services.route import Routed, Router
from tests.builders import NOW, a_head, a_route
from tests.fakes import Faulty, World

LIVE = Environment.LIVE
SCENE = Scene(LIVE, TrafficClass.OTP, "ES")
BOOK = RouteBook(
    routes={name: a_route(name, environment=LIVE) for name in "abc"},
    lists={("*", "live", "*", "*"): Lists(primary=("a", "b"), backup=("c",))},
)


class Bench:
    def __init__(self, book: RouteBook = BOOK) -> None:
        self.world: Any = World(start=NOW, book=book)

    def outlooks(self, **ports: Any) -> Outlooks:
        parts = {"health": self.world.health, "lineups": self.world.lineups, **ports}
        changed = self.world.carrier_changes.extend
        return Outlooks(**parts, changed=changed, clock=self.world.clock)

    def router(self, **ports: Any) -> Router:
        world = self.world
        return Router(
            routes=world.routes,
            outlooks=self.outlooks(**ports),
            fuses=Fuses(breakers=world.breakers, clock=world.clock),
            clock=world.clock,
            draw=iter_bytes(),
        )

    def count(self, carrier: str, ago: int, environment: Environment = LIVE, **counts: int) -> None:
        """Count submits of `ago` seconds before now: taken, arrived or refused."""
        at = self.world.clock() - ago * SECOND
        slot = at % MINUTE // (5 * SECOND)
        kinds = {"taken": "t", "arrived": "-1", "refused": "r"}
        self.world.health.add(
            Tally(
                environment=environment,
                traffic_class=SCENE.traffic_class,
                carrier=carrier,
                country=SCENE.country,
                minute=at // MINUTE,
                what=f"{slot}{kinds[kind]}",
                count=number,
            )
            for kind, number in counts.items()
        )

    def calm(self, carrier: str, environment: Environment = LIVE) -> None:
        for ago in range(60, 600, 5):
            self.count(carrier, ago, environment, taken=10, arrived=10)

    def silent(self, carrier: str, environment: Environment = LIVE) -> None:
        for ago in range(0, 60, 5):
            self.count(carrier, ago, environment, taken=10)


def iter_bytes() -> Any:
    numbers = iter(range(1, 10_000))
    return lambda size: next(numbers).to_bytes(size, "big")


def heads(number: int, **changes: Any) -> list[Head]:
    return [a_live(id=f"{n:026d}", **changes) for n in range(number)]


def a_live(**changes: Any) -> Head:
    return a_head(**{"environment": LIVE, "traffic_class": TrafficClass.OTP, **changes})


def firsts(groups: list[list[Routed]]) -> list[str]:
    return [routed.plan.candidates[0].route.name for group in groups for routed in group]


def test_without_any_health_the_configured_order_stands() -> None:
    assert firsts(Bench().router().route(heads(3))) == ["a", "a", "a"]


def test_silence_of_the_first_moves_the_lead_and_is_told_once() -> None:
    bench = Bench()
    bench.calm("a")
    bench.silent("a")

    workers = [bench.router() for _ in range(3)]
    chosen = [firsts(worker.route(heads(2))) for worker in workers]

    assert chosen == [["b", "b"]] * 3
    assert [(one.carrier, one.out, one.lead) for one in bench.world.carrier_changes] == [
        ("a", True, "b")
    ]
    assert bench.world.lineups.get(SCENE).out("a")


def test_routing_goes_on_where_nobody_can_be_told() -> None:
    bench = Bench()
    bench.calm("a")
    bench.silent("a")
    outlooks = replace(bench.outlooks(), changed=unreachable)
    router = replace(bench.router(), outlooks=outlooks)

    assert firsts(router.route(heads(2))) == ["b", "b"]


def unreachable(_: object) -> None:
    raise ConnectionError


def test_what_health_does_here_changes_nothing_elsewhere() -> None:
    """The same carriers in another class, country or environment are other scenes."""
    bench = Bench()
    bench.calm("a")
    bench.silent("a")
    router = bench.router()

    elsewhere = [
        a_live(traffic_class=TrafficClass.TRANSACTIONAL),
        a_live(country="MX"),
    ]

    assert firsts(router.route(elsewhere)) == ["a", "a"]


def test_in_the_sandbox_the_configured_order_always_stands() -> None:
    """There a message fails as its own number says, and the next one must not feel it."""
    sandbox = RouteBook(
        routes={name: a_route(name) for name in "ab"},
        lists={("*", "test", "*", "*"): Lists(primary=("a", "b"))},
    )
    bench = Bench(sandbox)
    bench.calm("a", Environment.TEST)
    bench.silent("a", Environment.TEST)

    chosen = bench.router().route(heads(2, environment=Environment.TEST))

    assert firsts(chosen) == ["a", "a"]


def test_a_pinned_route_goes_first_whatever_its_health() -> None:
    bench = Bench()
    bench.calm("a")
    bench.silent("a")

    assert firsts(bench.router().route(heads(1, pinned="a"))) == ["a"]


def out_since(at: int, **changes: Any) -> Lineup:
    standing = Standing(since=at, estimate=0.1, next_probe=at, **changes)
    return Lineup(lead="b", standings={"a": standing})


def test_one_message_of_a_batch_is_the_probe() -> None:
    bench = Bench()
    bench.world.lineups.save(SCENE, out_since(NOW - MINUTE))

    groups = bench.router().route(heads(10))

    assert sorted(firsts(groups)) == ["a", *["b"] * 9]
    assert bench.world.lineups.get(SCENE).standings["a"].probing == NOW


def test_one_probe_at_a_time_across_workers() -> None:
    bench = Bench()
    bench.world.lineups.save(SCENE, out_since(NOW - MINUTE))
    workers = [bench.router() for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        chosen = list(pool.map(lambda worker: firsts(worker.route(heads(5))), workers))

    assert sum(names.count("a") for names in chosen) == 1


@pytest.mark.parametrize("changes", [{"pinned": "b"}, {"max_price": Decimal("0.01")}])
def test_who_did_not_ask_for_it_is_no_probe(changes: dict[str, Any]) -> None:
    """Not a message that has its route pinned, nor one that the carrier cannot take."""
    bench = Bench()
    bench.world.lineups.save(SCENE, out_since(NOW - MINUTE))

    groups = bench.router().route(heads(3, **changes))

    first = [r.plan.candidates[0].route.name for g in groups for r in g if r.plan.candidates]
    assert "a" not in first
    assert bench.world.lineups.get(SCENE).standings["a"].probing is None


def test_a_carrier_that_serves_again_returns() -> None:
    bench = Bench()
    bench.world.lineups.save(SCENE, out_since(NOW - MINUTE, good=2, probing=NOW - 10 * SECOND))
    bench.count("a", 10, taken=1, arrived=1)

    assert firsts(bench.router().route(heads(2))) == ["a", "a"]
    assert [(one.carrier, one.out) for one in bench.world.carrier_changes] == [("a", False)]


@pytest.mark.parametrize("port", ["health", "lineups"])
def test_loss_of_the_table_leaves_the_configured_order(
    port: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench()
    bench.calm("a")
    bench.silent("a")
    broken = Faulty(getattr(bench.world, port), before=fails)

    with caplog.at_level(logging.WARNING):
        groups = bench.router(**{port: broken}).route(heads(2))

    assert firsts(groups) == ["a", "a"]
    assert {one.message for one in caplog.records} == {"health-unread"}


def fails(*_: Any) -> None:
    raise TimeoutError("away")


def test_a_judgement_is_kept_for_two_seconds() -> None:
    bench = Bench()
    router = bench.router()
    bench.calm("a")
    router.route(heads(1))
    bench.silent("a")

    soon = firsts(router.route(heads(1)))
    bench.world.clock.advance(2 * SECOND)

    assert soon == ["a"]
    assert firsts(router.route(heads(1))) == ["b"]


def test_a_decision_is_remembered_with_the_health_it_was_made_on() -> None:
    bench = Bench(replace(BOOK, excluded={"acc_test": frozenset({"c"})}))
    bench.calm("a")
    bench.silent("a")

    ((routed,),) = bench.router().route(heads(1))

    kept = bench.world.routes.decision(routed.decision)
    assert [(row["route"], "score" in row) for row in kept["candidates"]] == [
        ("b", True),
        ("a", True),
    ]
    assert kept["exclusions"] == [{"route": "c", "reason": "account-excluded"}]
    healthy, silent = kept["health"]
    assert healthy["carrier"] == "b"
    assert float(healthy["estimate"]) > 0.9
    assert silent["carrier"] == "a"
    assert silent["outSince"] == NOW
    assert float(silent["estimate"]) < 0.5 < float(silent["seen"])
    assert silent["changedAt"] >= NOW - MINUTE


def test_a_log_line_for_each_decision() -> None:
    bench = Bench()
    bench.world.lineups.save(SCENE, out_since(NOW - MINUTE))

    lines = list(decisions_in(bench.router().route(heads(3))))

    assert sorted((line["chosen"], len(about)) for about, line in lines) == [("a", 1), ("b", 2)]
    assert len({line["decision"] for _, line in lines}) == 2
    assert all(set(line["scores"]) == {"a", "b", "c"} for _, line in lines)
