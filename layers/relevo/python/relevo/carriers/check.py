"""Hold the adapters against samples: `python -m relevo.carriers.check SAMPLE.json…`.

Every sample is a message as it goes over the wire, and what it means; one line for each says
whether we read it so. Our words are turned into the samples' here and nowhere else.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

from relevo.carriers import registry
from relevo.carriers.aws_eum import webhooks_in
from relevo.carriers.base import Adapter, Forged
from relevo.carriers.check_requests import flaws
from relevo.carriers.check_vectors import vector_flaws
from relevo.carriers.reading import as_json, child, word
from relevo.carriers.values import (
    CarrierAccount,
    Funds,
    HttpReply,
    Inbound,
    Kind,
    Notice,
    Webhook,
)
from relevo.domain.outcome import Accepted, Ambiguous, Cause, Outcome, Retryable
from relevo.domain.timing import SECOND, Millis

Sample: TypeAlias = Mapping[str, Any]
Words: TypeAlias = Mapping[str, Any]

TOKEN: Final = "tkn"  # noqa: S105 - the samples' own
FROZEN: Final = 1_790_848_810
SKIPPED: Final = "no expect"
SECRETS: Final = {
    "auth_token": ("auth_token",),
    "shared_key_secret": ("webhook_shared_key",),
    "secret": ("signature_secret", "webhook_secret"),
    "public_key_b64": ("public_key",),
}
"""Where our accounts keep what the samples' `signature` names."""


@dataclass(frozen=True, slots=True)
class Verdict:
    word: str
    why: str = ""


def main(arguments: Sequence[str]) -> int:
    files = [path for argument in arguments for path in _files(Path(argument))]
    verdicts = []
    for path in files:
        verdict = judged(path)
        verdicts.append(verdict.word)
        tail = f": {verdict.why}" if verdict.why else ""
        sys.stdout.write(f"{verdict.word} {path.parent.name}/{path.stem}{tail}\n")
    failed = verdicts.count("FAIL")
    sys.stdout.write(f"{verdicts.count('ok')} passed, {failed} failed\n")
    return 1 if failed else 0


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.json")) if path.is_dir() else [path]


def judged(path: Path) -> Verdict:
    """Judge one sample; whatever goes wrong with it is its failure and not ours."""
    try:
        sample = json.loads(path.read_text(encoding="utf-8"))
        return _judged(sample, _name(sample, path))
    except Exception as error:  # noqa: BLE001 - the other samples want to be checked too
        return Verdict("FAIL", f"{type(error).__name__}: {error}")


def _judged(sample: Sample, name: str) -> Verdict:
    kind = word(sample, "meta", "kind")
    if "vectors" in sample:
        found: list[str] = list(vector_flaws(name, sample["vectors"]))
    elif kind.endswith("request") and child(sample, "http", "method"):
        found = list(flaws(name, sample))
    elif "expect" not in sample:
        return Verdict("skipped", SKIPPED)
    else:
        found = list(_different(sample, _adapter(sample, name), kind))
    return Verdict("FAIL", "; ".join(found)) if found else Verdict("ok")


def _name(sample: Sample, path: Path) -> str:
    """Name the adapter; two carriers have two APIs in one folder."""
    name = word(sample, "meta", "carrier") or path.parent.name
    name = name.replace("_", "-")
    wire = json.dumps([sample.get("http"), sample.get("http_request")])
    if name == "vonage":
        newer = ("message_uuid", "/v1/messages", "/api-errors")
        messages = path.stem.startswith("messages") or any(one in wire for one in newer)
        return "vonage-messages" if messages else name
    if name == "alibaba":
        abroad = ("ResponseCode", "ap-southeast-1", '"TaskId"', "QueryMessage")
        far = path.stem.startswith("intl") or any(one in wire for one in abroad)
        return "alibaba-intl" if far else name
    return name


def _adapter(sample: Sample, name: str) -> Adapter[Any]:
    """Give the adapter; a sample that carries no signature is read as if it had one."""
    adapter = registry.adapter(name)
    if _signed(sample):
        return adapter
    unsigned: Adapter[Any] = type("Unsigned", (type(adapter),), {"forgery": lambda *_: None})()
    return unsigned


def _signed(sample: Sample) -> bool:
    return bool(SECRETS.keys() & sample.get("signature", {}).keys())


def _different(sample: Sample, adapter: Adapter[Any], kind: str) -> Iterator[str]:
    expect = sample["expect"]
    if "status" in sample.get("http", {}):
        yield from _compared(expect, _reply_words(sample, adapter, kind))
        return
    inbound = kind.startswith(("inbound", "mo")) or {"from", "text"} & set(expect)
    wanted: Kind = "inbound" if inbound else "receipts"
    for webhook in _webhooks(sample):
        verified = adapter.verify(webhook, _account(sample, adapter), _now(sample))
        if isinstance(verified, Forged):
            refused = expect.get("verified", expect.get("valid")) is False
            yield from () if refused else (f"not verified: {verified.reason}",)
            continue
        found: Sequence[Notice] | Sequence[Inbound] = (
            adapter.parse_inbound(verified) if inbound else adapter.parse_receipts(verified)
        )
        yield from _compared(expect, [_words_of(one) for one in found])
    yield from _other_answer(sample.get("reply"), adapter.acknowledge(wanted))


def _webhooks(sample: Sample) -> Sequence[Webhook]:
    events = [value for name, value in sample.items() if name.startswith("lambda_event")]
    if events:
        return [webhook for event in events for webhook in webhooks_in(event)]
    if "event" in sample:
        body = json.dumps(sample["event"]).encode()
        return [Webhook(method="EVENT", url="", token=TOKEN, body=body)]
    return [_webhook(sample["http"])]


def _webhook(http: Mapping[str, Any]) -> Webhook:
    headers = {name.lower(): value for name, value in http.get("headers", {}).items()}
    body, raw = http.get("body"), http.get("raw_body")
    if raw is None and body is not None:
        form = "form" in headers.get("content-type", "")
        raw = urlencode(body) if form else json.dumps(body, ensure_ascii=False)
        if not form:
            headers.setdefault("content-type", "application/json")
    url = http.get("url") or f"https://hook.example.com/{TOKEN}"
    if "query" in http and "?" not in url:
        url = f"{url}?{urlencode(http['query'])}"
    method = http.get("method", "POST")
    return Webhook(method=method, url=url, token=TOKEN, headers=headers, body=(raw or "").encode())


def _account(sample: Sample, adapter: Adapter[Any]) -> CarrierAccount:
    shown = sample.get("signature", {})
    fields = {
        ours: shown[theirs]
        for theirs, names in SECRETS.items()
        if theirs in shown
        for ours in names
    }
    fields.setdefault("auth_token", "-")
    fields["signature_method"] = _method(sample)
    topics = [webhook.token for webhook in _webhooks(sample)]
    return CarrierAccount(name=adapter.name, public_url="", tokens=(TOKEN, *topics), fields=fields)


def _method(sample: Sample) -> str:
    """Find out which of its ways of signing a sample shows."""
    named = word(sample, "signature", "algorithm").lower().removeprefix("hmac_")
    mark = word(sample, "http", "body", "sig").lower()
    every = sample.get("signature", {}).get("all_algorithms", {})
    shown = [name for name, value in every.items() if value.lower() == mark]
    return named or (shown[0].removeprefix("hmac_") if shown else "sha256")


def _now(sample: Sample) -> Millis:
    """Give the time at which the sample was just signed."""
    given = child(sample, "http", "headers") or {}
    headers = {name.lower(): value for name, value in given.items()}
    times = (
        child(sample, "signature", "freeze_clock_at"),
        child(sample, "signature", "claims", "iat"),
        headers.get("telnyx-timestamp"),
        headers.get("x-sinch-webhook-signature-timestamp"),
        child(sample, "http", "body", "timestamp"),
    )
    numbers = [word(time) for time in times if word(time).isdigit()]
    return int(numbers[0] if numbers else FROZEN) * SECOND


def _reply_words(sample: Sample, adapter: Adapter[Any], kind: str) -> list[Words]:
    reply = _reply(sample["http"])
    asked = word(sample, "http_request", "url").lower()
    if "balance" in kind or "balance" in asked:
        funds = adapter.parse_balance(reply)
        return [_words_of(funds)] if funds else []
    asks = word(sample, "http_request", "method") == "GET"
    if asks or any(one in kind for one in ("poll", "lookup", "logs", "query")):
        return [_words_of(notice) for notice in adapter.parse_lookup(reply) or ()]
    return [_outcome_words(adapter.parse_reply(reply))]


def _reply(http: Mapping[str, Any]) -> HttpReply:
    body = http.get("raw_body", http.get("body"))
    if not isinstance(body, str):
        body = "" if body is None else json.dumps(body, ensure_ascii=False)
    headers = {name.lower(): value for name, value in http.get("headers", {}).items()}
    return HttpReply(status=http["status"], headers=headers, body=body.encode())


def _outcome_words(outcome: Outcome) -> Words:
    match outcome:
        case Accepted():
            return {
                "status": "accepted",
                "class": "ok",
                "final": False,
                "provider_message_id": outcome.reference,
                "provider_message_ids": list(outcome.parts) or [outcome.reference],
                "segments": outcome.segments,
                "price": outcome.price,
                "price_total": outcome.price,
                "currency": outcome.currency,
            }
        case Ambiguous():
            return {"class": "ambiguous", "reason": "unknown", "code": outcome.code}
    pause = outcome.pause if isinstance(outcome, Retryable) else None
    return {
        "class": _word(outcome.cause),
        "reason": _word(outcome.reason),
        "code": outcome.code,
        "stop": not isinstance(outcome, Retryable) and outcome.stop,
        "retryable": outcome.cause in (Cause.THROTTLED, Cause.TRANSIENT),
        "retry_after_ms": pause,
        "retry_after": None if pause is None else pause // SECOND,
    }


def _words_of(found: Notice | Inbound | Funds) -> Words:
    match found:
        case Notice():
            return _notice_words(found)
        case Inbound():
            return {
                "from": found.sender,
                "to": found.recipient,
                "text": found.text,
                "opt_out": found.opt_out,
                "provider_message_id": found.id,
            }
        case Funds():
            return {
                "balance": found.amount,
                "amount": found.amount,
                "value": found.amount,
                "currency": found.currency,
            }


def _notice_words(notice: Notice) -> Words:
    return {
        "status": notice.state.value if notice.state else "unknown",
        "final": notice.final,
        "reason": _word(notice.reason or "unknown"),
        "code": notice.code,
        "provider_message_id": notice.carrier_id,
        "client_reference": notice.reference,
        "segments": notice.segments,
        "price": notice.price,
        "price_total": notice.price,
        "currency": notice.currency,
        "dedupe_key": notice.event,
        "confidence": notice.confidence,
        "retryable": notice.retryable,
    }


def _word(ours: str) -> str:
    return str(ours).replace("-", "_")


def _compared(expect: Any, found: Sequence[Words]) -> Iterator[str]:
    wanted = expect if isinstance(expect, list) else [expect]
    if len(found) < len(wanted):
        yield "nothing was read"
        return
    for theirs, ours in zip(wanted, found, strict=False):
        for name, value in theirs.items():
            if name in ours and not _alike(value, ours[name]):
                yield f"{name} is {ours[name]}, not {value}"


def _alike(theirs: object, ours: object) -> bool:
    if ours == theirs or (theirs is None and ours == "unknown"):
        return True
    if isinstance(ours, Decimal | int) and not isinstance(ours, bool):
        try:
            return abs(Decimal(str(theirs))) == abs(Decimal(ours))
        except InvalidOperation:
            return False
    return False


def _other_answer(wanted: Mapping[str, Any] | None, ours: HttpReply) -> Iterator[str]:
    """Compare what a carrier wants to hear; what it ignores in it may differ."""
    if not wanted:
        return
    if wanted.get("status", ours.status) != ours.status:
        yield f"answered {ours.status}"
    body = wanted.get("body")
    if isinstance(body, str) and body.encode() != ours.body:
        yield "answered in other words"
    if isinstance(body, dict):
        said = as_json(ours.body)
        for name, value in body.items():
            if name not in ("msg", "errmsg", "message") and child(said, name) != value:
                yield f"answered another {name}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
