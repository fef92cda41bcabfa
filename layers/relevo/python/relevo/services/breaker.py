"""Carrier accounts out of service: left out of plans, tried again by one message, heard of."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from relevo.domain.breaker import (
    REASON,
    closed,
    closes,
    fitted,
    opened,
    opens,
    probed,
)
from relevo.domain.outcome import Cause, Outcome, Refused, Retryable
from relevo.domain.plan import shut_at
from relevo.domain.routes import Route, RoutePlan
from relevo.domain.steps import Submit, next_step
from relevo.ports.basics import Clock, Conflict
from relevo.ports.routing import Breakers

if TYPE_CHECKING:
    from relevo.services.route import Routed

log = logging.getLogger(__name__)

TO_DO: Final[Mapping[Cause, str]] = {
    Cause.AUTH: "check the credentials at the carrier, then make carriers",
    Cause.NO_CREDIT: "top up the account at the carrier",
    Cause.CONFIG: "check sender, template and settings at the carrier, and the route",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuses:
    """The breakers of all carrier accounts, as every worker sees them."""

    breakers: Breakers
    clock: Clock

    def fitted(self, chosen: RoutePlan) -> RoutePlan:
        """Shut what is out of service in a plan; while nobody can tell, nothing is."""
        try:
            known = self.breakers.known()
        except Exception as error:  # noqa: BLE001 - a breaker that cannot be read is closed
            log.warning("breakers-unread", extra={"error": type(error).__name__})
            return chosen
        return fitted(chosen, known, self.clock()) if known else chosen

    def tried(self, group: "Sequence[Routed]") -> "list[Routed]":
        """Let one message of all try an account that is on trial; the others pass it by."""
        asked: dict[str, bool] = {}
        return [self._tried(routed, asked) for routed in group]

    def heard(self, route: Route, outcome: Outcome, *, trial: bool) -> None:
        """Open the account's breaker, or close it after a probe; the message is taken care of."""
        try:
            if opens(outcome):
                self._open(route, outcome)
            elif trial and closes(outcome):
                self._close(route)
        except Exception as error:  # noqa: BLE001 - the next message finds out as well
            log.warning("breaker-unwritten", extra={"error": type(error).__name__})
        if isinstance(outcome, Refused) and outcome.cause is Cause.CONFIG:
            _tell(route, outcome)

    def _tried(self, routed: "Routed", asked: "dict[str, bool]") -> "Routed":
        step = next_step(routed.head, routed.plan, self.clock())
        if not isinstance(step, Submit) or not step.candidate.trial:
            return routed
        account = step.candidate.route.carrier_account
        may = asked.get(account)
        if may is None:
            may, asked[account] = self._ask(account)
        if may:
            return routed
        shut = replace(routed, plan=shut_at(routed.plan, {account}, REASON))
        return self._tried(shut, asked)

    def _ask(self, account: str) -> tuple[bool, bool]:
        """Say whether this message may try the account, and whether those after it may."""
        try:
            known = self.breakers.get(account)
            if known is None or known.trips == 0:
                return True, True
            if known.is_open(self.clock()):
                return False, False
            self.breakers.save(known, probed(known, self.clock()))
        except Conflict:
            return False, False
        except Exception as error:  # noqa: BLE001 - a breaker that cannot be read is closed
            log.warning("breakers-unread", extra={"error": type(error).__name__})
            return True, True
        return True, False

    def _open(self, route: Route, outcome: Outcome) -> None:
        account = route.carrier_account
        known = self.breakers.get(account)
        if not isinstance(outcome, Refused | Retryable):
            return
        new = opened(known, account, outcome, self.clock())
        if new is known:
            return
        try:
            self.breakers.save(known, new)
        except Conflict:
            return
        _tell(route, outcome)

    def _close(self, route: Route) -> None:
        known = self.breakers.get(route.carrier_account)
        if known is None or known.trips == 0:
            return
        self.breakers.save(known, closed(known))
        log.info("breaker-closed", extra={"carrier": route.carrier, "account": route.credentials})


def _tell(route: Route, outcome: Refused | Retryable) -> None:
    """Say what is wrong and what to do; an alarm matches `carrier-config`."""
    details = {"carrier": route.carrier, "account": route.credentials, "code": outcome.code}
    if outcome.cause in TO_DO:
        todo = {"cause": outcome.cause.value, "todo": TO_DO[outcome.cause]}
        log.error("carrier-config", extra={**details, **todo})
    else:
        log.warning("carrier-paused", extra=details)
