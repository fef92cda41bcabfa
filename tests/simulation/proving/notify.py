"""GOV.UK Notify's rule: two carriers, weights that move by ten points and drift back."""

from bisect import bisect_left
from random import Random

from relevo.domain.routes import RoutePlan
from tests.simulation.proving.dice import Message
from tests.simulation.proving.policies import Shelf
from tests.simulation.proving.road import UNTIL_TOLD, News
from tests.simulation.proving.scenario import Scenario

REST = 51.0
POINTS = 10.0
SLOW, SHARE, LOOKBACK = 300.0, 0.15, 900.0
ERRORS, ERROR_WINDOW = 50, 60.0


class Notify:
    redraws, learns = True, True

    def __init__(self, scenario: Scenario, seed: int, *, fails_over: bool) -> None:
        self.name = "notify+failover" if fails_over else "notify"
        self.fails_over = fails_over
        self.shelf = Shelf(scenario)
        self.pair = scenario.order[:2]
        self._weight = REST  # of the first; the other has the rest of a hundred
        self._rng = Random(f"policy/notify/{seed}")
        self._checked = 0.0
        self._changed = -LOOKBACK
        self._drifted = 0.0
        self._errors: dict[str, list[float]] = {name: [] for name in self.pair}
        # Accepted submits and delivery times, both in the order they became known.
        self._sent: dict[str, list[float]] = {name: [] for name in self.pair}
        self._done: dict[str, dict[float, float]] = {name: {} for name in self.pair}

    def plan(self, t: float, message: Message) -> RoutePlan:
        self._minute(t)
        if len(self.pair) < 2:
            return self.shelf.first(self.pair[0])
        return self.shelf.first(self.pair[self._rng.random() * 100 >= self._weight])

    def told(self, t: float, news: News) -> None:
        if news.carrier not in self.pair:
            return
        match news.what:
            case "refused":
                self._error(t, news)
            case "accepted":
                self._sent[news.carrier].append(news.submitted)
            case "delivered":
                self._done[news.carrier][news.submitted] = news.known

    def _error(self, t: float, news: News) -> None:
        errors = self._errors[news.carrier]
        errors.append(t)
        recent = len(errors) - bisect_left(errors, t - ERROR_WINDOW)
        if recent > ERRORS and t - self._changed >= 60:
            self._lower(news.carrier, t)

    def _minute(self, t: float) -> None:
        """Once a minute: lower one that is slow while the other is not, else drift back."""
        if t - self._checked < 60:
            return
        self._checked = t
        slow = [name for name in self.pair if self._slow(name, t)]
        if len(slow) == 1 and t - self._changed >= 300:
            self._lower(slow[0], t)
        elif not slow and t - max(self._changed, self._drifted) >= LOOKBACK:
            self._drifted = t
            gap = REST - self._weight
            self._weight += max(-POINTS, min(POINTS, gap))

    def _slow(self, name: str, t: float) -> bool:
        sent, now = self._sent[name], t - UNTIL_TOLD
        sent.sort()
        recent = sent[bisect_left(sent, t - LOOKBACK) :]
        if not recent:
            return False
        done = self._done[name]
        late = sum(done.get(at, now) - at > SLOW for at in recent)
        return late / len(recent) >= SHARE

    def _lower(self, name: str, t: float) -> None:
        step = -POINTS if name == self.pair[0] else POINTS
        self._weight = min(100.0, max(0.0, self._weight + step))
        self._changed = t
