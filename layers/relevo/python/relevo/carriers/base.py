"""What every carrier is here: pure functions between our words and its wire format.

A carrier is one file with one `Adapter`, one line in `registry`, and its samples. An adapter
holds no state, opens no socket and never raises for what a carrier may answer.
"""

import hmac
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, Literal, TypeAlias, TypeVar, final

from relevo.carriers import reading
from relevo.carriers.values import (
    CarrierAccount,
    Funds,
    HttpReply,
    HttpRequest,
    Inbound,
    Inquiry,
    Kind,
    Notice,
    SdkCall,
    Stamp,
    Webhook,
)
from relevo.domain.attempt import Report
from relevo.domain.message import split_attempt_id
from relevo.domain.outcome import Cause, Outcome, Refused
from relevo.domain.segments import Encoding
from relevo.domain.shift_tables import NO_SHIFTS, Shift
from relevo.domain.templates import UNSENDABLE
from relevo.domain.timing import SECOND, Millis
from relevo.ports.carriers import Receipt, Submission

Path: TypeAlias = tuple[str, ...]

REPLAY_WINDOW: Final = 300 * SECOND


class _Seal:
    """Proof that a webhook went through `Adapter.verify`; nobody else has one."""


_SEAL: Final = _Seal()


class VerifiedWebhook:
    """A webhook that is its carrier's; only `Adapter.verify` can make one, only these are read."""

    __slots__ = ("webhook",)

    def __init__(self, webhook: Webhook, seal: _Seal) -> None:
        if seal is not _SEAL:
            raise TypeError("only Adapter.verify makes verified webhooks")
        self.webhook = webhook


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """A webhook that is not, or not provably, its carrier's: token, signature, stale …"""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a carrier can do, as data: routing reads it, and so does the published matrix.

    `signed` says who vouches for its webhooks; times are seconds where the carrier counts in them.
    """

    free_text: bool = True
    encodings: frozenset[Encoding] = frozenset({"GSM-7", "UCS-2"})
    shifts: frozenset[Shift] = NO_SHIFTS
    receipts: Literal["whole", "part"] = "whole"
    signed: Literal["always", "optional", "never", "iam"] = "never"
    replay_window: Millis | None = None
    deduplicates: bool = False
    lookup: Literal["by reference", "by id", "none"] = "none"
    balance: bool = False
    inbound: bool = True
    ttl: tuple[int, int] | None = None
    max_segments: int | None = None
    max_characters: int | None = None
    acknowledgement: str = "2xx"
    answer_within: Millis | None = None


RequestT = TypeVar("RequestT", HttpRequest, SdkCall)
OK: Final = HttpReply(status=200)


class Adapter(ABC, Generic[RequestT]):
    """One carrier. Subclasses fill in the hooks; callers use the final methods beside them.

    `needs` are the account's fields without which nothing works, `secret` those never shown;
    `funds_at` says where the answer about the balance has its amount and its currency. Webhooks
    with a flaw of `comes_again` are sent once more, in order, when they are answered with a 5xx.
    """

    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    needs: ClassVar[frozenset[str]] = frozenset()
    optional: ClassVar[frozenset[str]] = frozenset()
    secret: ClassVar[frozenset[str]] = frozenset()
    funds_at: ClassVar[tuple[Path, Path] | None] = None
    comes_again: ClassVar[frozenset[str]] = frozenset()

    @final
    def build(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> RequestT | Refused:
        """Give the call that submits, or why this carrier cannot be asked for it."""
        if flaw := self._flaw(submission, account):
            return unsendable(flaw)
        return self.compose(submission, account, stamp)

    @final
    def missing(self, account: CarrierAccount) -> frozenset[str]:
        """Name the fields without which this account cannot be used, to say so at start."""
        return frozenset(name for name in self.needs if not account.get(name))

    def _flaw(self, submission: Submission, account: CarrierAccount) -> str | None:
        can = self.capabilities
        if self.missing(account):
            return "not-configured"
        if not can.free_text:
            return None if submission.registered else "no-registered-template"
        if not submission.text or UNSENDABLE.search(submission.text):
            return "text-unsendable"
        if can.max_characters and len(submission.text) > can.max_characters:
            return "too-long"
        if can.max_segments and submission.sizing.segments > can.max_segments:
            return "too-long"
        return None

    @abstractmethod
    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> RequestT | Refused:
        """Write the call; every field of `needs` is there and the text fits."""

    @abstractmethod
    def parse_reply(self, reply: HttpReply) -> Outcome:
        """Read the answer to a submit; what cannot be read or is not documented is ambiguous."""

    @final
    def verify(
        self, webhook: Webhook, account: CarrierAccount, now: Millis
    ) -> VerifiedWebhook | Forged:
        """Let a webhook in that names the secret of its path and is signed as it should be."""
        if not any([same(webhook.token, token) for token in account.tokens]):  # noqa: C419 - all
            return Forged(reason="token")
        if flaw := self.forgery(webhook, account, now):
            return Forged(reason=flaw)
        return VerifiedWebhook(webhook, _SEAL)

    def forgery(self, webhook: Webhook, account: CarrierAccount, now: Millis) -> str | None:
        """Say what is wrong with a webhook's signature, for carriers that sign."""
        return None

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        return ()

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        return ()

    def acknowledge(self, kind: Kind) -> HttpReply:
        """Give the answer after which the carrier does not call again."""
        return OK

    def lookup(
        self,
        inquiry: Inquiry,
        account: CarrierAccount,
        stamp: Stamp,
    ) -> HttpRequest | None:
        """Give the call that asks what became of an attempt; None where nothing can be asked."""
        return None

    def parse_lookup(self, reply: HttpReply) -> Sequence[Notice] | None:
        """Read its answer: none known (yet) is an empty list, None means that it does not say."""
        return None

    def balance(self, account: CarrierAccount, stamp: Stamp) -> HttpRequest | None:
        return None

    def parse_balance(self, reply: HttpReply) -> Funds | None:
        return reading.funds(reply, *self.funds_at) if self.funds_at else None


def same(given: str, wanted: str) -> bool:
    """Compare secrets in a time that says nothing about them; an empty one never matches."""
    return bool(wanted) and hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def unsendable(flaw: str) -> Refused:
    """Refuse before a byte has left: something here has to be set up differently."""
    return Refused(reason=flaw, cause=Cause.CONFIG)


def within(ttl: Millis, bounds: tuple[int, int]) -> int:
    """Give the validity in whole seconds, as near as the carrier's bounds allow."""
    shortest, longest = bounds
    return min(max(ttl // SECOND, shortest), longest)


def receipt_of(notice: Notice, carrier: str, now: Millis) -> Receipt | None:
    """Put a notice into the words of the road; None if it states nothing of an attempt of ours."""
    named = split_attempt_id(notice.reference or "")
    if named is None or notice.state is None:
        return None
    report = Report(
        n=named[1],
        state=notice.state,
        at=now,
        reason=notice.reason,
        code=notice.code,
        reference=notice.carrier_id,
        stop=notice.stop,
        part=notice.part or "",
        parts=notice.parts,
        stated_at=notice.at,
    )
    return Receipt(message_id=named[0], carrier=carrier, report=report)
