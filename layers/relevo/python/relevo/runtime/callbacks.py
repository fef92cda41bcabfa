"""Carriers' calls to us: let in by token and signature, read, taken in, answered in their form."""

import base64
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from relevo.carriers import registry
from relevo.carriers.accounts import Entry
from relevo.carriers.base import Adapter, Forged
from relevo.carriers.heard import heard
from relevo.carriers.values import HttpReply, Inbound, Kind, Notice, Webhook
from relevo.domain.problem import Problem
from relevo.ports.basics import Clock
from relevo.ports.carriers import InboundText
from relevo.runtime.logs import audit
from relevo.services.receive import Desk, Stray

log = logging.getLogger(__name__)

PATH: Final = re.compile(
    r"/carriers/(?P<account>[A-Za-z0-9_.-]{1,64})/(?P<token>[A-Za-z0-9_-]{1,128})"
    r"/(?P<kind>receipts|inbound)",
    re.ASCII,
)
COME_AGAIN: Final = HttpReply(status=503)
FORBIDDEN: Final = HttpReply(status=403)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """`entry` gives an account by name, `entries` all of an adapter's."""

    entry: Callable[[str], Entry | None]
    entries: Callable[[str], Iterable[Entry]]
    desk: Desk
    clock: Clock

    def answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer an HTTP call; one that could not be taken in is asked to come again."""
        try:
            return self._answer(event)
        except Exception as error:  # noqa: BLE001 - an exception's text must not reach a stranger
            log.error("callback-failed", extra={"error": type(error).__name__})
            return reply_out(COME_AGAIN)

    def _answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Let it in; what names no account, or not its token, is answered alike."""
        place = PATH.fullmatch(str(event.get("rawPath") or ""))
        entry = self.entry(place["account"]) if place else None
        if place is None or entry is None:
            return self._unknown(event)
        webhook = webhook_of(event, entry.account.public_url, place["token"])
        kind: Kind = "receipts" if place["kind"] == "receipts" else "inbound"
        adapter = registry.adapter(entry.adapter)
        flaw = self._take(adapter, entry, webhook, kind)
        if flaw is None:
            return reply_out(adapter.acknowledge(kind))
        return self._unknown(event) if flaw == "token" else reply_out(_refusal(adapter, flaw))

    def event(self, webhooks: Iterable[Webhook], adapter_name: str) -> None:
        """Take in what a carrier hands over as events of AWS, in which both kinds come alike."""
        adapter = registry.adapter(adapter_name)
        for webhook in webhooks:
            for entry in self.entries(adapter_name):
                if self._take(adapter, entry, webhook, None) is None:
                    break

    def _take(
        self, adapter: Adapter[Any], entry: Entry, webhook: Webhook, kind: Kind | None
    ) -> str | None:
        """Let a call in and take it in; gives what is wrong with it, if anything is."""
        now = self.clock()
        verified = adapter.verify(webhook, entry.account, now)
        if isinstance(verified, Forged):
            refusal = {"carrier": entry.adapter, "account": entry.account.name}
            audit("callback-refused", **refusal, reason=verified.reason)
            return verified.reason
        said = heard(adapter, verified, kind, now)
        queued = self.desk.take(
            said.receipts,
            [stray_of(one, adapter.name) for one in said.strays],
            [text_of(one, entry) for one in said.inbound],
        )
        audit(
            "callback",
            account=entry.account.name,
            kind=kind or "event",
            messages=[receipt.message_id for receipt in said.receipts],
            queued=queued,
            strays=len(said.strays),
            texts=len(said.inbound),
        )
        return None

    def _unknown(self, event: Mapping[str, Any]) -> dict[str, Any]:
        audit("callback-refused", reason="unknown")
        problem = Problem("not-found")
        request_id = event.get("requestContext", {}).get("requestId", "")
        return {
            "statusCode": problem.status,
            "headers": {"content-type": "application/problem+json", "x-request-id": request_id},
            "body": json.dumps(problem.body(request_id)),
        }


def webhook_of(event: Mapping[str, Any], public_url: str, token: str) -> Webhook:
    """Rebuild a call as its carrier made it: the public URL, the raw query, the exact bytes."""
    raw, query = str(event.get("body") or ""), event.get("rawQueryString") or ""
    return Webhook(
        method=event["requestContext"]["http"]["method"],
        url=f"{public_url}{event['rawPath']}{'?' if query else ''}{query}",
        token=token,
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=base64.b64decode(raw) if event.get("isBase64Encoded") else raw.encode(),
    )


def reply_out(reply: HttpReply) -> dict[str, Any]:
    return {
        "statusCode": reply.status,
        "headers": dict(reply.headers),
        "body": reply.body.decode("utf-8", "replace"),
    }


def stray_of(notice: Notice, carrier: str) -> Stray:
    """Keep of a notice what helps support to find out whose it was."""
    said = {
        "carrierId": notice.carrier_id,
        "reference": notice.reference,
        "state": notice.state,
        "reason": notice.reason,
        "code": notice.code,
    }
    return Stray(carrier=carrier, said={name: str(word) for name, word in said.items() if word})


def text_of(said: Inbound, entry: Entry) -> InboundText:
    """Put what a carrier says of a text into the words of the road."""
    return InboundText(
        carrier=entry.adapter,
        line=entry.account.name,
        key=said.id,
        sender=said.sender,
        recipient=said.recipient,
        text=said.text,
        owner=entry.owner,
        refuses=said.opt_out,
        answered=said.answered,
        part=said.part,
    )


def _refusal(adapter: Adapter[Any], flaw: str) -> HttpReply:
    return COME_AGAIN if flaw in adapter.comes_again else FORBIDDEN
