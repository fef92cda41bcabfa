"""The policies that are compared: fixed rules, Notify's, ours, and two that know too much."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp
from random import Random

from relevo.domain.lineup import Lineup, probing, wants_probe
from relevo.domain.outlook import Configured, Outlook, outlook
from relevo.domain.plan import Wish, plan
from relevo.domain.preference import Option, preferred
from relevo.domain.routes import Candidate, Lists, Route, RouteBook, RoutePlan
from relevo.domain.words import Environment, ListName
from tests.simulation.proving.counts import Counts
from tests.simulation.proving.dice import Dice, Message
from tests.simulation.proving.road import News, Policy, millis
from tests.simulation.proving.scenario import TO_FIRST_SUBMIT, Scenario


@dataclass
class Shelf:
    """Plans by order, each made once, so that equal plans are the same plan."""

    scenario: Scenario

    def __post_init__(self) -> None:
        self._plans: dict[tuple[str, ...], RoutePlan] = {}
        self.candidates = {
            name: Candidate(
                route=route_at(name, self.scenario.carriers[name].price),
                list=ListName(self.scenario.lists[name]),
                price=Decimal(str(self.scenario.carriers[name].price)),
            )
            for name in self.scenario.order
        }

    def plan(self, order: Sequence[str]) -> RoutePlan:
        key = tuple(order)
        if key not in self._plans:
            found = tuple(self.candidates[name] for name in key)
            self._plans[key] = RoutePlan(candidates=found)
        return self._plans[key]

    def first(self, name: str) -> RoutePlan:
        return self.plan([name, *(other for other in self.scenario.order if other != name)])


def route_at(name: str, price: float) -> Route:
    return Route(
        name=name,
        carrier=name,
        environment=Environment.LIVE,
        price=Decimal(str(price)),
        currency="EUR",
    )


class Fixed:
    """Rules that hear nothing of what became of their messages."""

    redraws = False
    learns = False

    def __init__(
        self, scenario: Scenario, seed: int, *, name: str, fails_over: bool = False
    ) -> None:
        self.name, self.fails_over = name, fails_over
        self.scenario, self.shelf = scenario, Shelf(scenario)
        self._rng, self._turn = Random(f"policy/{name}/{seed}"), 0

    def plan(self, t: float, message: Message) -> RoutePlan:
        match self.name:
            case "round-robin":
                self._turn += 1
                order = self.scenario.order
                return self.shelf.first(order[self._turn % len(order)])
            case "least-cost":
                prices = {n: self.scenario.traits(n, t).price for n in self.scenario.order}
                return self.shelf.plan(sorted(prices, key=lambda n: prices[n]))
            case "random-weighted":
                weights = [0.5**n for n in range(len(self.scenario.order))]
                return self.shelf.first(self._rng.choices(self.scenario.order, weights)[0])
            case _:
                return self.shelf.plan(self.scenario.order)

    def told(self, t: float, news: News) -> None:
        raise NotImplementedError


class Oracle:
    """Knows every carrier's true chances of the moment, not the dice; prefers as we do."""

    name, fails_over, redraws, learns = "state-oracle", True, False, False

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.shelf = scenario, Shelf(scenario)
        self._orders: dict[tuple[int, ...], tuple[object, RoutePlan]] = {}

    def plan(self, t: float, message: Message) -> RoutePlan:
        traits = [self.scenario.traits(name, t) for name in self.scenario.order]
        key = tuple(id(one) for one in traits)
        if key not in self._orders:
            options = [
                Option(
                    name=name,
                    estimate=one.chance(self.scenario.within - TO_FIRST_SUBMIT),
                    price=Decimal(str(one.price)),
                )
                for name, one in zip(self.scenario.order, traits, strict=True)
            ]
            order = [o.name for o in preferred(options, self.scenario.traffic_class)]
            # The traits are kept with it, so that their identity stays theirs.
            self._orders[key] = (traits, self.shelf.plan(order))
        return self._orders[key][1]

    def told(self, t: float, news: News) -> None:
        raise NotImplementedError


class Hindsight:
    """Knows each die: the first in order that will be in time, else the soonest there."""

    name, fails_over, redraws, learns = "hindsight", True, False, False

    def __init__(self, scenario: Scenario, dice: Dice) -> None:
        self.scenario, self.dice, self.shelf = scenario, dice, Shelf(scenario)

    def plan(self, t: float, message: Message) -> RoutePlan:
        ends = {name: self._end(name, t, message) for name in self.scenario.order}
        limit = message.at + self.scenario.within
        timely = [name for name in ends if ends[name] <= limit]
        first = timely[0] if timely else min(ends, key=lambda name: ends[name])
        return self.shelf.first(first)

    def _end(self, name: str, t: float, message: Message) -> float:
        traits, throw = self.scenario.traits(name, t), self.dice.throw(message.n, name, 0)
        lost = (
            throw.error < traits.error_rate
            or throw.drop < traits.drop_rate
            or throw.bounce < traits.bounce_rate
        )
        if lost:
            return float("inf")
        return max(t + traits.median_s * exp(traits.sigma * throw.delay), message.off_until)

    def told(self, t: float, news: News) -> None:
        raise NotImplementedError


class Relevo:
    """The production code: plan over an outlook made of counted evidence, judged every second."""

    name, fails_over, redraws, learns = "relevo", True, False, True

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.counts = Counts(scenario.traffic_class)
        self._wish = Wish(
            environment=Environment.LIVE,
            country="ES",
            traffic_class=scenario.traffic_class,
            segments=1,
            currency="EUR",
        )
        self._outlook = Outlook(at=0)
        self._lineup = Lineup()
        self._judged = -1.0
        self._books: dict[tuple[float, ...], RouteBook] = {}
        self._plan: RoutePlan | None = None

    def told(self, t: float, news: News) -> None:
        self.counts.add(news)

    def plan(self, t: float, message: Message) -> RoutePlan:
        if self._plan is None or t >= self._judged + 1.0:
            self._judge(t)
        due = wants_probe(self._lineup, self.scenario.order, millis(t))
        if due is None:
            assert self._plan is not None
            return self._plan
        self._lineup = probing(self._lineup, due, millis(t))
        looked = Outlook(
            at=self._outlook.at, scores=self._outlook.scores, lineup=self._lineup, probe=due
        )
        return plan(self._wish, self._book(t), looked)

    def _judge(self, t: float) -> None:
        book = self._book(t)
        configured = [Configured(n, book.routes[n].price) for n in self.scenario.order]
        evidence = self.counts.cohorts(millis(t))
        kind = self.scenario.traffic_class
        self._outlook = outlook(self._lineup, configured, kind, evidence, millis(t))
        self._lineup = self._outlook.lineup
        self._judged = t
        made = plan(self._wish, book, self._outlook)
        if self._plan is None or _names(made) != _names(self._plan):
            self._plan = made

    def _book(self, t: float) -> RouteBook:
        prices = tuple(self.scenario.traits(name, t).price for name in self.scenario.order)
        if prices not in self._books:
            lists = Lists(
                primary=tuple(
                    n for n in self.scenario.order if self.scenario.lists[n] == "primary"
                ),
                backup=tuple(n for n in self.scenario.order if self.scenario.lists[n] != "primary"),
            )
            pairs = zip(self.scenario.order, prices, strict=True)
            self._books[prices] = RouteBook(
                routes={name: route_at(name, price) for name, price in pairs},
                lists={("*", "live", "*", "*"): lists},
            )
        return self._books[prices]


def _names(made: RoutePlan) -> list[str]:
    return [candidate.route.name for candidate in made.candidates]


def policies(scenario: Scenario, dice: Dice, seed: int) -> list[Policy]:
    """Every policy of the comparison, each with a fresh memory."""
    from tests.simulation.proving.notify import Notify  # noqa: PLC0415

    return [
        Fixed(scenario, seed, name="static"),
        Fixed(scenario, seed, name="static+failover", fails_over=True),
        Fixed(scenario, seed, name="round-robin"),
        Fixed(scenario, seed, name="least-cost"),
        Fixed(scenario, seed, name="random-weighted"),
        Notify(scenario, seed, fails_over=False),
        Notify(scenario, seed, fails_over=True),
        Relevo(scenario),
        Oracle(scenario),
        Hindsight(scenario, dice),
    ]
