"""The front of Relevo: an event in, an answer out, and nothing that can go wrong in between."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from relevo.api.address import Address
from relevo.api.auth import Door, check_allowed
from relevo.api.guard import check_accept
from relevo.api.http import Call, Reply, call_of, refused, written
from relevo.api.operations import REPLAYED, Asked, Services
from relevo.api.paths import Found
from relevo.api.routes import find
from relevo.api.rows import Page, Row
from relevo.domain.problem import Problem
from relevo.domain.words import Environment
from relevo.ports.basics import Clock, Conflict, Draw
from relevo.services.advance import Contended

log = logging.getLogger(__name__)

RETRY_AFTER: Final = "5"


class Audit(Protocol):
    def __call__(self, what: str, **details: Any) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Serves the table of routes.

    `unavailable` recognises the errors of what we depend on, `address` says where the API is.
    """

    door: Door
    services: Services
    audit: Audit
    unavailable: Callable[[Exception], bool]
    address: Address
    clock: Clock
    draw: Draw

    def __call__(self, event: Mapping[str, Any], _: object = None) -> dict[str, Any]:
        """Answer one event of the HTTP API; never raises."""
        started = self.clock()
        call = call_of(event, self.draw, self.address)
        trace: dict[str, Any] = {"request": call.request_id}
        if call.correlation:
            trace["correlation"] = call.correlation
        reply = self._answer(call, trace)
        if reply.message is not None:
            trace["messages"] = [reply.message]
        if REPLAYED in reply.headers:
            trace["replayed"] = True
        self.audit("answered", status=reply.status, duration=self.clock() - started, **trace)
        return written(reply, call)

    def _answer(self, call: Call, trace: dict[str, Any]) -> Reply:
        try:
            return self._serve(call, trace)
        except Problem as problem:
            trace["problem"] = problem.slug
            return refused(problem, call)
        except Exception as error:  # noqa: BLE001 - a client gets an answer whatever happens
            fault = self._fault(error)
            trace["problem"] = fault.slug
            # Its words and its stack may hold what the client sent; its type cannot.
            log.error(fault.slug, extra={"error": type(error).__name__, **trace})
            return refused(fault, call)

    def _serve(self, call: Call, trace: dict[str, Any]) -> Reply:
        found = find(call.path)
        if found is None:
            raise Problem("not-found")
        row = _row(call, found)
        if row is None:
            return Reply(status=204, headers={"Allow": found.allow})
        trace["operation"] = row.id
        if isinstance(row, Page):
            return row.read(call, found.named)
        caller = self.door.identify(call)
        trace |= {"account": caller.account.id, "key": caller.key.id}
        if caller.environment is Environment.TEST:
            trace["test"] = True
        check_allowed(caller, call, row.scope, self.clock())
        check_accept(call.event)
        asked = Asked(call=call, caller=caller, named=found.named)
        return row.run(self.services, asked)

    def _fault(self, error: Exception) -> Problem:
        if isinstance(error, Conflict | Contended) or self.unavailable(error):
            return Problem("temporary-reduced-capacity", headers={"Retry-After": RETRY_AFTER})
        return Problem("internal-error")


def _row(call: Call, found: Found) -> Row | None:
    """Choose the row of the method; None for OPTIONS, which needs none."""
    method = "GET" if call.method == "HEAD" else call.method
    row = found.rows.get(method)
    if row is None and method != "OPTIONS":
        raise Problem("method-not-allowed", headers={"Allow": found.allow})
    return row
