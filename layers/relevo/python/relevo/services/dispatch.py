"""Send: claim an attempt, submit it once, record the answer, and say what is left to do."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from relevo.domain.attempt import Report
from relevo.domain.breaker import opens
from relevo.domain.correlation import about
from relevo.domain.facts import Fact, Undecided, Unsent
from relevo.domain.look import due_at
from relevo.domain.message import Head
from relevo.domain.outcome import Accepted, Ambiguous, Outcome, report_of
from relevo.domain.plan import may_carry
from relevo.domain.routes import Route
from relevo.domain.steps import Nothing, Submit, Wait, claimed, next_step
from relevo.domain.timing import DISPATCH, SECOND, Millis
from relevo.ports.basics import Clock, Conflict, Draw, Parallel
from relevo.ports.carriers import CarrierOf
from relevo.ports.messages import Dues, Letter, Letters, Messages
from relevo.services.advance import advance
from relevo.services.breaker import Fuses
from relevo.services.claim import Claim, handed_over, hindrance
from relevo.services.pace import Pacer
from relevo.services.route import Routed

log = logging.getLogger(__name__)

RECORDING = 3 * SECOND
"""What dispatch keeps back of its own time-out for writing answers down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What still wants a submit, and how long to wait before it."""

    items: Sequence[Routed]
    wait: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatcher:
    messages: Messages
    letters: Letters
    dues: Dues
    carrier_of: CarrierOf
    knows_repeats: Callable[[Route], bool]
    pacer: Pacer
    fuses: Fuses
    clock: Clock
    draw: Draw
    parallel: Parallel

    def dispatch(self, group: Sequence[Routed], *, waits: Millis) -> Left:
        """Do one round: each message's next step, all at once; `waits` bounds the next pause."""
        submit_until = self.clock() + DISPATCH - RECORDING
        owner = self.draw(8).hex()
        group = self.pacer.paced(self.fuses.tried(group))
        claims = self._claims(group, owner)
        self.parallel([partial(self._save, claim) for claim in claims.values()])
        heads = {routed.head.id: routed.head for routed in group}
        if claims:
            heads.update(self._send(heads, claims, submit_until))
        self._remember(heads.values())
        return self._left([replace(routed, head=heads[routed.head.id]) for routed in group], waits)

    def _claims(self, group: Sequence[Routed], owner: str) -> dict[str, Claim]:
        now = self.clock()
        claims = {}
        for routed in group:
            step = next_step(routed.head, routed.plan, now)
            # Live and sandbox were kept apart by the plan; this is the last line before a byte.
            if isinstance(step, Submit) and may_carry(
                step.candidate.route, routed.head.environment
            ):
                decided = replace(routed.head, decision=routed.decision)
                new = claimed(
                    decided,
                    step,
                    owner=owner,
                    now=now,
                    by="dispatch",
                    knows_repeats=self.knows_repeats(step.candidate.route),
                )
                claims[new.id] = Claim(old=routed.head, new=new, candidate=step.candidate)
        return claims

    def _save(self, claim: Claim) -> None:
        try:
            self.messages.save(claim.old, claim.new)
        except Conflict:
            log.info("claim-lost", extra=about(claim.new))
        except Exception as error:  # noqa: BLE001 - whatever it answered, the read back decides
            log.warning(
                "claim-unanswered",
                extra={**about(claim.new), "error": type(error).__name__},
            )

    def _send(
        self, heads: Mapping[str, Head], claims: Mapping[str, Claim], until: Millis
    ) -> dict[str, Head]:
        try:
            letters = self.letters.read(heads, opt_outs=True)
        except Exception:
            self.parallel([partial(self._withdraw, claim) for claim in claims.values()])
            raise
        mine = [
            partial(self._deliver, letter, claims[id_], until)
            for id_, letter in letters.items()
            if id_ in claims and claims[id_].stands_in(letter.head)
        ]
        stored = {id_: letter.head for id_, letter in letters.items()}
        stored.update({head.id: head for head in self.parallel(mine)})
        return stored

    def _withdraw(self, claim: Claim) -> None:
        if claim.again:
            return
        fact = Unsent(n=claim.n, owner=claim.owner, reason="not-read-back", retryable=True)
        advance(self.messages, claim.new.id, fact, clock=self.clock, by="dispatch")

    def _deliver(self, letter: Letter, claim: Claim, until: Millis) -> Head:
        answer = hindrance(letter, claim, now=self.clock(), until=until) or self._submit(
            letter, claim
        )
        if claim.again and not isinstance(answer, Accepted):
            return self._still_unknown(letter, claim, answer)
        if isinstance(answer, Unsent):
            return self._record(letter, claim, answer)
        head = self._record(letter, claim, self._report(claim, answer))
        self.fuses.heard(claim.route, answer, trial=claim.candidate.trial)
        return head

    def _still_unknown(self, letter: Letter, claim: Claim, answer: Outcome | Unsent) -> Head:
        """Keep the attempt ambiguous: that a repeat was not taken says nothing of the first."""
        if not isinstance(answer, Unsent):
            self.fuses.heard(claim.route, answer, trial=claim.candidate.trial)
        log.info("repeat-undecided", extra={**about(claim.new), "carrier": claim.carrier})
        return self._record(letter, claim, Undecided(n=claim.n, owner=claim.owner))

    def _record(self, letter: Letter, claim: Claim, fact: Fact) -> Head:
        try:
            head = advance(
                self.messages,
                claim.new.id,
                fact,
                clock=self.clock,
                by="dispatch",
                head=letter.head,
            )
        except Exception as error:  # noqa: BLE001 - the intent stands and its lease finds it
            log.error(
                "answer-unrecorded",
                extra={**about(claim.new), "error": type(error).__name__},
            )
            head = None
        return head or letter.head

    def _report(self, claim: Claim, outcome: Outcome) -> Report:
        report = report_of(outcome, claim.n, self.clock())
        # A message that tries an account for the others loses nothing by it.
        lent = claim.candidate.trial and opens(outcome)
        return replace(report, retryable=True) if lent else report

    def _submit(self, letter: Letter, claim: Claim) -> Outcome | Unsent:
        unsent = partial(Unsent, n=claim.n, owner=claim.owner)
        try:
            carrier = self.carrier_of(claim.route)
            submission = handed_over(letter, claim, self.clock())
        except Exception as error:  # noqa: BLE001 - nothing has left yet, so the next route may
            details = {"carrier": claim.carrier, "error": type(error).__name__}
            log.error("submission-defect", extra=details)
            return unsent(reason="submission-defect")
        if carrier is None:
            return unsent(reason="unknown-carrier")
        try:
            return carrier.submit(submission)
        except Exception as error:  # noqa: BLE001 - a defect after bytes left looks the same
            log.error(
                "carrier-defect",
                extra={**about(claim.new), "carrier": claim.carrier, "error": type(error).__name__},
            )
            return Ambiguous(reason="carrier-defect")

    def _remember(self, heads: Iterable[Head]) -> None:
        now = self.clock()
        self.dues.put({head.id: due_at(head, now) for head in heads if not head.final})

    def _left(self, items: Sequence[Routed], waits: Millis) -> Left:
        now = self.clock()
        pauses = {}
        for routed in items:
            match next_step(routed.head, routed.plan, now):
                case Submit():
                    pauses[routed.head.id] = 0
                case Wait(until=until) if until - now <= waits:
                    pauses[routed.head.id] = until - now
                case Wait() | Nothing():
                    continue
        left = [routed for routed in items if routed.head.id in pauses]
        # Who may go first does not wait for the others; those say again then how long they need.
        return Left(items=left, wait=min(pauses.values(), default=0))
