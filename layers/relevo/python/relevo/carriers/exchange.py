"""What passed between us and a carrier, without what must not be kept: numbers, texts, secrets."""

import logging
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from relevo.carriers.reading import as_json
from relevo.carriers.values import CarrierAccount, HttpReply, HttpRequest
from relevo.domain.outcome import Accepted, Outcome
from relevo.domain.timing import Millis
from relevo.ports.carriers import Submission

log = logging.getLogger(__name__)

HIDDEN: Final = "…"
LONGEST: Final = 200
MOST: Final = 60
SHINGLE: Final = 6
"""A value that shares this many characters in a row with the text repeats it."""

SHORT: Final = 4
"""What is shorter is hidden only where it stands alone: any word may contain it."""

KEPT_HEADERS: Final = frozenset(
    {"content-type", "retry-after", "x-request-id", "x-amzn-requestid", "request-id"}
)
_NUMBER: Final = re.compile(r"\+?[0-9]{8,15}")
_DIGITS: Final = re.compile(r"[0-9][0-9 ().-]{4,}[0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One call and its answer as they may be kept; `request` and `reply` are plain data."""

    carrier: str
    reference: str
    at: Millis
    took: Millis
    method: str
    host: str
    path: str
    request: Any
    status: int | None
    headers: Mapping[str, str]
    reply: Any
    outcome: str
    reason: str | None
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One submit as it went, with everything that must not be kept of it."""

    account: CarrierAccount = field(repr=False)
    secret: Collection[str]
    submission: Submission = field(repr=False)
    request: HttpRequest
    reply: HttpReply | None
    outcome: Outcome
    at: Millis
    took: Millis


Record: TypeAlias = Callable[[Exchange], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """Hides what is known to be secret here, and what looks like a number or repeats the text."""

    known: tuple[str, ...]
    short: frozenset[str]
    shingles: frozenset[str]

    def of(self, value: object, depth: int = 6) -> Any:
        if isinstance(value, Mapping) and depth:
            some = list(value.items())[:MOST]
            return {self._leaf(str(name)): self.of(one, depth - 1) for name, one in some}
        if isinstance(value, list) and depth:
            return [self.of(one, depth - 1) for one in value[:MOST]]
        if value is None or isinstance(value, bool):
            return value
        return self._leaf(str(value))

    def _leaf(self, said: str) -> str:
        text = said
        for one in self.known:
            text = text.replace(one, HIDDEN)
        bare = text.casefold()
        repeats = (bare[i : i + SHINGLE] in self.shingles for i in range(len(bare)))
        if text in self.short or _NUMBER.fullmatch(text) or any(repeats):
            return HIDDEN
        # Prose may name a number; ids, which have no spaces, stay readable.
        quiet = _DIGITS.sub(HIDDEN, text) if " " in text else text
        return quiet[:LONGEST]


def redaction(
    submission: Submission, account: CarrierAccount, secret: Collection[str]
) -> Redaction:
    """Give the redaction that everything about this submit needs."""
    text = submission.text.casefold()
    known = sorted(_sensitive(submission, account, secret), key=len, reverse=True)
    return Redaction(
        known=tuple(one for one in known if len(one) >= SHORT),
        short=frozenset(one for one in known if len(one) < SHORT),
        shingles=frozenset(text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)),
    )


def _sensitive(
    submission: Submission, account: CarrierAccount, secret: Collection[str]
) -> Iterator[str]:
    digits = submission.to.removeprefix("+")
    yield digits
    yield digits[-9:]
    if submission.text:
        yield submission.text
        yield submission.text.encode("utf-16-be", "replace").hex()
    if submission.registered:
        params = submission.registered.params
        yield from params if isinstance(params, tuple) else params.values()
    yield from account.tokens
    yield from (account.get(name) for name in secret)


def exchange_of(call: Call) -> Exchange:
    """Make the record of a call."""
    request, reply, outcome = call.request, call.reply, call.outcome
    parts = urlsplit(request.url)
    sent = dict(parse_qsl(parts.query)) | _fields(request.body)
    hide = redaction(call.submission, call.account, call.secret)
    failed = None if isinstance(outcome, Accepted) else outcome
    return Exchange(
        carrier=call.account.name,
        reference=call.submission.reference,
        at=call.at,
        took=call.took,
        method=request.method,
        host=parts.hostname or "",
        path="/".join(hide.of(step) for step in parts.path.split("/")),
        request=hide.of(sent),
        status=reply.status if reply else None,
        headers=_kept(reply.headers, hide) if reply else {},
        reply=hide.of(_said(reply.body)) if reply else None,
        outcome=type(outcome).__name__.lower(),
        reason=failed.reason if failed else None,
        code=hide.of(failed.code) if failed else None,
    )


def note(record: Record, call: Call) -> None:
    """Hand a record over; losing it must not make an answer that we have look like none."""
    try:
        record(exchange_of(call))
    except Exception as error:  # noqa: BLE001 - the answer matters more than its record
        log.warning("exchange-unrecorded", extra={"error": type(error).__name__})


def _fields(body: bytes) -> dict[str, Any]:
    """Read a request body of ours: JSON, or a form."""
    read = as_json(body)
    return read if isinstance(read, dict) else dict(parse_qsl(body.decode("utf-8", "replace")))


def _said(body: bytes) -> object:
    read = as_json(body)
    return read if isinstance(read, dict | list) else body.decode("utf-8", "replace")


def _kept(headers: Mapping[str, str], hide: Redaction) -> dict[str, str]:
    return {name: hide.of(headers[name]) for name in sorted(KEPT_HEADERS & headers.keys())}
