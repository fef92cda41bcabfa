"""A carrier that is called by an SDK: botocore writes and signs the call, our transport sends it.

So one wall clock and one proof of what was not sent hold here too, and no client sends it again:
left to itself botocore hands the same text over up to three times when the answer is slow.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from relevo.carriers.base import Adapter
from relevo.carriers.credentials import Credentials, prepare
from relevo.carriers.exchange import Call, Record, note
from relevo.carriers.http import Answer, Transport
from relevo.carriers.values import CarrierAccount, HttpReply, HttpRequest, SdkCall, Stamp
from relevo.domain.outcome import Ambiguous, Cause, Outcome, Refused
from relevo.domain.timing import CONNECT, SECOND, Millis
from relevo.ports.basics import Clock, Draw
from relevo.ports.carriers import Submission

_SUBMIT: Final[ContextVar["_Submit"]] = ContextVar("submit")


class _Sent(Exception):
    """Ends the SDK's part: the call was made, by us."""


@dataclass(slots=True)
class _Submit:
    within: Millis
    transport: Transport
    request: HttpRequest | None = None
    answer: Answer | None = None


SDKS: Final[Mapping[str, str]] = {"aws-eum": "send_text_message"}
"""Carriers called by an SDK, and the client's method that submits."""


@cache
def sms_client(region: str, endpoint: str | None = None) -> Any:
    """Make the client of End User Messaging; botocore is loaded only where it is used."""
    from botocore.config import Config  # noqa: PLC0415
    from botocore.session import Session  # noqa: PLC0415

    config = Config(
        connect_timeout=CONNECT / SECOND,
        read_timeout=CONNECT / SECOND,
        retries={"total_max_attempts": 1, "mode": "standard"},
        user_agent="relevo",
    )
    client = Session().create_client(
        "pinpoint-sms-voice-v2", region_name=region, endpoint_url=endpoint, config=config
    )
    client.meta.events.register("before-send.*", _send)
    return client


def _send(request: Any, **_: Any) -> None:
    """Send what botocore has signed, once, in its place."""
    call = _SUBMIT.get()
    headers = {name: _text(value) for name, value in request.headers.items()}
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    call.request = HttpRequest(method=request.method, url=request.url, headers=headers, body=body)
    call.answer = call.transport.call(call.request, within=call.within)
    raise _Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class SdkLine:
    """One account at AWS, ready for submits."""

    adapter: Adapter[SdkCall]
    credentials: Credentials
    clock: Clock
    draw: Draw
    record: Record
    transport: Transport = field(default_factory=Transport)

    def submit(self, submission: Submission) -> Outcome:
        """Hand the message over once, and judge the answer or its absence."""
        stamp = Stamp(at=self.clock(), nonce=self.draw(16).hex())
        prepared = prepare(self.adapter, self.credentials, submission, stamp)
        if not isinstance(prepared, tuple):
            return prepared
        account, built = prepared
        call = self._called(account, built.arguments, submission.within)
        if isinstance(call, Refused):
            return call
        outcome, reply = self._judged(call)
        if call.request and not isinstance(call.answer, Refused):
            exchange = Call(
                account=account,
                secret=self.adapter.secret,
                submission=submission,
                request=call.request,
                reply=reply,
                outcome=outcome,
                at=stamp.at,
                took=self.clock() - stamp.at,
            )
            note(self.record, exchange)
        return outcome

    def _called(
        self, account: CarrierAccount, arguments: Mapping[str, Any], within: Millis
    ) -> _Submit | Refused:
        call = _Submit(within, self.transport)
        held = _SUBMIT.set(call)
        try:
            client = sms_client(account["region"], account.get("base_url") or None)
            getattr(client, SDKS[self.adapter.name])(**arguments)
        except _Sent:
            pass
        except Exception as error:  # noqa: BLE001 - nothing is sent but by `_send`
            if call.request is None:
                return _unsent(type(error).__name__)
            call.answer = Ambiguous(reason="carrier-defect")
        finally:
            _SUBMIT.reset(held)
        return call

    def _judged(self, call: _Submit) -> tuple[Outcome, HttpReply | None]:
        if isinstance(call.answer, HttpReply):
            return self.adapter.parse_reply(call.answer), call.answer
        return call.answer or _unsent(None), None


def _unsent(error: str | None) -> Refused:
    return Refused(reason="sdk-refused", code=error, cause=Cause.CONFIG)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
