"""Keep to what a carrier's account takes in a second: some go now, the others are told when."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from relevo.domain.facts import HeldBack
from relevo.domain.message import Head
from relevo.domain.pace import Gate, stretch, turns
from relevo.domain.plan import shut_at
from relevo.domain.steps import Submit, next_step
from relevo.domain.timing import SECOND, Millis
from relevo.ports.basics import Clock, Draw, Parallel
from relevo.ports.messages import Messages
from relevo.ports.routing import Pace
from relevo.services.advance import advance
from relevo.services.route import Routed

log = logging.getLogger(__name__)

SOON: Final = 3 * SECOND
"""Within what time those come back at random whose place in line nobody could tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacer:
    pace: Pace
    messages: Messages
    clock: Clock
    draw: Draw
    parallel: Parallel

    def paced(self, group: Sequence[Routed]) -> list[Routed]:
        """Hold back what its carrier has no room for; a route that states no limit costs no call.

        Who would stand in line for longer than it lives is sent by the next route instead.
        """
        gates: defaultdict[tuple[Gate, bool], list[Routed]] = defaultdict(list)
        for routed in group:
            if gate := _gate(routed, self.clock()):
                gates[gate, routed.head.not_before is not None].append(routed)
        changed: dict[str, Routed] = {}
        for (gate, waited), waiting in gates.items():
            waiting.sort(key=lambda routed: routed.head.begun_at)
            late = waiting[self._granted(gate, len(waiting), waited=waited) :]
            if late:
                changed |= {routed.head.id: routed for routed in self._held(gate, late)}
        return [changed.get(routed.head.id, routed) for routed in group]

    def _granted(self, gate: Gate, wanted: int, *, waited: bool) -> int:
        try:
            return self.pace.take(gate, wanted, self.clock(), waited=waited)
        except Exception as error:  # noqa: BLE001 - a limit we cannot ask about holds nobody up
            log.warning("pace-unread", extra={"error": type(error).__name__})
            return wanted

    def _held(self, gate: Gate, late: Sequence[Routed]) -> list[Routed]:
        times = self._line_up(gate, [routed.head for routed in late])
        if times is None:
            rest = [_elsewhere(routed, gate) for routed in late]
            return self.paced(rest)
        pairs = zip(late, times, strict=True)
        return self.parallel([partial(self._hold, routed, until) for routed, until in pairs])

    def _line_up(self, gate: Gate, heads: Sequence[Head]) -> list[Millis] | None:
        now, count = self.clock(), len(heads)
        span = stretch(count, gate.most)
        horizon = min(head.expires_at for head in heads) - span
        try:
            begins = self.pace.line_up(gate, span, now, horizon)
        except Exception as error:  # noqa: BLE001 - then they come back as chance has it
            log.warning("line-unread", extra={"error": type(error).__name__})
            return [now + SECOND + self._chance() for _ in heads]
        return None if begins is None else turns(begins, now, count, gate.most)

    def _hold(self, routed: Routed, until: Millis) -> Routed:
        head, fact = routed.head, HeldBack(until=until)
        try:
            stored = advance(
                self.messages, head.id, fact, clock=self.clock, by="dispatch", head=head
            )
        except Exception as error:  # noqa: BLE001 - unwritten it waits all the same, in our hands
            log.warning("hold-unwritten", extra={"error": type(error).__name__})
            stored = replace(head, not_before=until)
        return replace(routed, head=stored or head)

    def _chance(self) -> Millis:
        return int.from_bytes(self.draw(2), "big") * SOON // 2**16


def _gate(routed: Routed, now: Millis) -> Gate | None:
    step = next_step(routed.head, routed.plan, now)
    if not isinstance(step, Submit) or not step.candidate.route.tps:
        return None
    route = step.candidate.route
    return Gate(route.carrier_account, routed.head.traffic_class, route.tps or 1)


def _elsewhere(routed: Routed, gate: Gate) -> Routed:
    return replace(routed, plan=shut_at(routed.plan, {gate.account}, "throughput-used-up"))
