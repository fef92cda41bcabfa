"""A claimed attempt: whose it is, what forbids it at last, and what its carrier is handed."""

from dataclasses import dataclass
from functools import partial

from relevo.domain.facts import Unsent
from relevo.domain.message import Head, attempt_id
from relevo.domain.routes import Candidate, Route
from relevo.domain.segments import finished
from relevo.domain.timing import SUBMIT, Millis
from relevo.domain.words import State
from relevo.ports.carriers import Submission
from relevo.ports.messages import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One message's next attempt as it is written down before any byte leaves."""

    old: Head
    new: Head
    candidate: Candidate

    @property
    def route(self) -> Route:
        return self.candidate.route

    @property
    def n(self) -> int:
        return len(self.new.attempts)

    @property
    def again(self) -> bool:
        """Whether it repeats an attempt of which nobody knows whether it was taken."""
        return self.n == len(self.old.attempts)

    @property
    def owner(self) -> str:
        return self.new.attempts[-1].owner

    @property
    def carrier(self) -> str:
        return self.new.attempts[-1].carrier

    def stands_in(self, stored: Head) -> bool:
        """Say whether the head as it was read back is ours to submit."""
        attempt = stored.attempt(self.n)
        state = State.AMBIGUOUS if self.again else State.INTENT
        return attempt is not None and attempt.owner == self.owner and attempt.state is state


def hindrance(letter: Letter, claim: Claim, *, now: Millis, until: Millis) -> Unsent | None:
    """Give the reason not to submit after all; nothing has left yet."""
    unsent = partial(Unsent, n=claim.n, owner=claim.owner)
    if letter.content is None:
        return unsent(reason="content-gone", stop=True)
    if letter.opted_out and not letter.head.confirms:
        return unsent(reason="opted-out", stop=True)
    if letter.head.expired or now >= letter.head.expires_at:
        return unsent(reason="expired", retryable=True)
    if now + SUBMIT[letter.head.traffic_class] > until:
        return unsent(reason="no-time-left", retryable=True)
    return None


def handed_over(letter: Letter, claim: Claim, now: Millis) -> Submission:
    """Give what the carrier is handed; raises ValueError where there is nothing to send."""
    head, content = letter.head, letter.content
    if content is None:
        raise ValueError("nothing to submit")
    text, sizing = finished(content.text, claim.route.shifts, smart=content.smart)
    return Submission(
        reference=attempt_id(head.id, claim.n),
        to=content.to,
        country=head.country,
        text=text,
        sizing=sizing,
        sender=content.sender,
        within=SUBMIT[head.traffic_class],
        ttl=head.expires_at - now,
        traffic_class=head.traffic_class,
        receipt_deadline=head.receipt_deadline,
        registered=content.registered.get(claim.carrier),
    )
