"""How `watch` asks carriers: over the line that the submit took, matched to the very attempt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relevo.carriers import registry
from relevo.domain.attempt import Attempt, Report
from relevo.domain.message import Head, attempt_id
from relevo.domain.routes import Route
from relevo.ports.basics import Clock

if TYPE_CHECKING:
    from relevo.carriers.values import Inquiry, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """A `Lookup`; `ask` puts an inquiry to an account of an adapter."""

    ask: "Callable[[str, str, Inquiry], Sequence[Notice] | None]"
    clock: Clock

    def __call__(self, route: Route, head: Head, attempt: Attempt, to: str) -> Sequence[Report]:
        if route.carrier not in registry.ADAPTERS:
            return []
        if registry.adapter(route.carrier).capabilities.lookup == "none":
            return []
        from relevo.carriers.values import Inquiry  # noqa: PLC0415 - few messages need a carrier

        reference = attempt_id(head.id, attempt.n)
        inquiry = Inquiry(
            reference=reference, carrier_id=attempt.reference, to=to, at=attempt.claimed_at
        )
        notices = self.ask(route.carrier, route.credentials, inquiry) or ()
        about = (one for one in notices if _is_about(one, reference, attempt.reference))
        return [said for one in about if (said := self._report(one, attempt.n))]

    def _report(self, notice: "Notice", n: int) -> Report | None:
        if notice.state is None:
            return None
        return Report(
            n=n,
            state=notice.state,
            at=self.clock(),
            reason=notice.reason,
            code=notice.code,
            reference=notice.carrier_id,
            stop=notice.stop,
            part=notice.part or "",
            parts=notice.parts,
        )


def _is_about(notice: "Notice", reference: str, carrier_id: str | None) -> bool:
    """Whether a notice names this attempt: carriers list others of the same number too."""
    if notice.reference:
        return notice.reference == reference
    return carrier_id is not None and notice.carrier_id == carrier_id
