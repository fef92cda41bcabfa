"""AWS End User Messaging SMS: an SDK call, and events that IAM vouches for instead of signatures.

An event as SNS carries it (`Records[].Sns.Message`); EventBridge has it as `detail`:
`{"eventType": "TEXT_DELIVERED", "eventVersion": "1.0", "eventTimestamp": 1790848805123,
"isFinal": true, "destinationPhoneNumber": "+34600000001", "messageId": "0d3a9a4e-…-000000000001",
"messageStatus": "DELIVERED", "messageStatusDescription": "Message has been accepted by phone",
"context": {"mid": "k7q2…-1"}, "totalMessageParts": 1, "totalMessagePrice": 0.0785}`
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from relevo.carriers import reading, verdicts
from relevo.carriers.base import Adapter, Capabilities, VerifiedWebhook, unsendable, within
from relevo.carriers.senders import says_stop, sender_flaw, sender_of
from relevo.carriers.values import (
    CarrierAccount,
    HttpReply,
    Inbound,
    Notice,
    SdkCall,
    Stamp,
    Webhook,
)
from relevo.domain.outcome import Accepted, Outcome, Reason, Refused
from relevo.domain.words import BOUNCES, State, TrafficClass
from relevo.ports.carriers import Submission

TTL: Final = (5, 259_200)
REFERENCE: Final = "mid"
"""The pair of `Context` that brings our attempt id back in every event."""

EVENTS_SOURCE: Final = "aws.sms-voice"

ERRORS: Final = verdicts.spread(
    (verdicts.THROTTLED, "ThrottlingException"),
    (verdicts.LATER, "InternalServerException"),
    (
        verdicts.AUTH,
        """
        AccessDeniedException ACCOUNT_DISABLED INSUFFICIENT_ACCOUNT_REPUTATION
        UnrecognizedClientException InvalidSignatureException SignatureDoesNotMatch
        IncompleteSignature InvalidClientTokenId ExpiredTokenException ExpiredToken
        MissingAuthenticationTokenException MissingAuthenticationToken RequestExpired
        """,
    ),
    (verdicts.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
    (
        verdicts.OUR_BAN,
        """
        DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION
        DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE
        """,
    ),
    (
        verdicts.SETUP,
        """
        DESTINATION_PHONE_NUMBER_NOT_VERIFIED NO_ORIGINATION_IDENTITIES_FOUND
        RESOURCE_NOT_ACTIVE MESSAGE_TYPE_MISMATCH NUMBER_CAPABILITIES_MISMATCH
        DESTINATION_COUNTRY_BLOCKED COUNTRY_NOT_ENABLED SENDER_ID_NOT_SUPPORTED
        SENDER_ID_REQUIRES_REGISTRATION SENDER_ID_NOT_REGISTERED
        INVALID_IDENTITY_FOR_DESTINATION_COUNTRY INTERNATIONAL_SENDING_NOT_SUPPORTED
        PRICE_OVER_THRESHOLD ConflictException ServiceQuotaExceededException
        """,
    ),
    (verdicts.NO_CREDIT, "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"),
    (verdicts.OUR_BUG, "ResourceNotFoundException ValidationException"),
)
UNREADABLE: Final = frozenset({"FIELD_VALIDATION_FAILED", "CANNOT_PARSE"})

STATES: Final[Mapping[str, tuple[State | None, Reason | None]]] = {
    "TEXT_PENDING": (State.ACCEPTED, None),
    "TEXT_QUEUED": (State.ACCEPTED, None),
    "TEXT_SENT": (State.SENT, None),
    "TEXT_SUCCESSFUL": (State.SENT, None),
    "TEXT_DELIVERED": (State.DELIVERED, None),
    "TEXT_INVALID": (State.FAILED, Reason.INVALID_NUMBER),
    "TEXT_INVALID_MESSAGE": (State.FAILED, Reason.CARRIER_REJECTED),
    "TEXT_UNREACHABLE": (State.UNDELIVERED, Reason.ABSENT_SUBSCRIBER),
    "TEXT_CARRIER_UNREACHABLE": (State.UNDELIVERED, Reason.UNREACHABLE),
    "TEXT_BLOCKED": (State.REJECTED, Reason.OPTED_OUT),
    "TEXT_CARRIER_BLOCKED": (State.REJECTED, Reason.CARRIER_REJECTED),
    "TEXT_SPAM": (State.REJECTED, Reason.BLOCKED_SPAM),
    "TEXT_TTL_EXPIRED": (State.EXPIRED, Reason.EXPIRED),
    "TEXT_PROTECT_BLOCKED": (State.REJECTED, Reason.CARRIER_REJECTED),
    "TEXT_UNKNOWN": (None, Reason.UNKNOWN),
}
OWN_WORDS: Final = {
    "OPTED_OUT": (State.REJECTED, Reason.OPTED_OUT),
    "MAX_PRICE_EXCEEDED": (State.REJECTED, Reason.CARRIER_REJECTED),
}
"""Values of `messageStatus` met in production whose event type is not documented."""


class AwsEum(Adapter[SdkCall]):
    name = "aws-eum"
    needs = frozenset({"region", "configuration_set"})
    optional = frozenset({"sender", "origination", "max_price"})
    capabilities = Capabilities(signed="iam", ttl=TTL, max_characters=1_600, acknowledgement="none")

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> SdkCall | Refused:
        sender = sender_of(submission, account)
        if flaw := sender_flaw(sender):
            # A pool or an ARN is a sender that only an account can name.
            if sender or not account.get("origination"):
                return unsendable(flaw)
            sender = account["origination"]
        promotes = submission.traffic_class is TrafficClass.MARKETING
        arguments = {
            "DestinationPhoneNumber": submission.to,
            "OriginationIdentity": sender,
            "MessageBody": submission.text,
            "MessageType": "PROMOTIONAL" if promotes else "TRANSACTIONAL",
            "ConfigurationSetName": account["configuration_set"],
            "TimeToLive": within(submission.ttl, TTL),
            "Context": {REFERENCE: submission.reference},
        }
        if limit := account.get("max_price"):
            arguments["MaxPrice"] = limit
        return SdkCall(arguments=arguments)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        answer = reading.as_json(reply.body)
        id_ = reading.identity(answer, "MessageId")
        if reply.status == 200 and id_:
            return Accepted(reference=id_)
        kind = reading.word(answer, "__type").rpartition("#")[2].partition(":")[0]
        reason = reading.word(answer, "Reason")
        text = reading.word(answer, "Message") or reading.word(answer, "message")
        verdict = _verdict(answer, kind, reason)
        code = (reason or kind)[: reading.LONGEST_CODE] or None
        return verdicts.judged(verdict, reply, code=code, text=text)

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        event = reading.as_json(verified.webhook.body)
        if not reading.word(event, "eventType").startswith("TEXT_"):
            return ()
        state, reason = _state(event)
        return (
            Notice(
                state=state,
                closed=state is None and reading.child(event, "isFinal") is not False,
                reference=reading.identity(event, "context", REFERENCE),
                carrier_id=reading.identity(event, "messageId"),
                reason=reason,
                code=reading.code(event, "eventType"),
                text=reading.hushed(reading.word(event, "messageStatusDescription")),
                stop=verdicts.stops(reason, state)
                or reading.word(event, "eventType") == "TEXT_PROTECT_BLOCKED",
                segments=reading.segments(event, "totalMessageParts"),
                price=reading.price(event, "totalMessagePrice"),
                currency="USD" if reading.price(event, "totalMessagePrice") is not None else None,
                at=reading.epoch(event, "eventTimestamp", unit=1),
                confidence=_confidence(event, state),
            ),
        )

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        event = reading.as_json(verified.webhook.body)
        sender, text = reading.word(event, "originationNumber"), reading.child(event, "messageBody")
        if not sender or not isinstance(text, str):
            return ()
        return (
            Inbound(
                id=reading.identity(event, "inboundMessageId"),
                sender=reading.e164(sender),
                recipient=reading.e164(reading.word(event, "destinationNumber")) or None,
                text=reading.raw_text(event, "messageBody"),
                opt_out=says_stop(text),
                answered=says_stop(text),  # AWS answers unless that was turned off
            ),
        )


def webhooks_in(event: Mapping[str, Any]) -> Sequence[Webhook]:
    """Give what a Lambda event of SNS or EventBridge brings; its topic or source is the token."""
    if reading.word(event, "source") == EVENTS_SOURCE:
        body = json.dumps(event.get("detail")).encode()
        return (Webhook(method="EVENT", url="", token=EVENTS_SOURCE, body=body),)
    return [
        Webhook(
            method="EVENT",
            url="",
            token=reading.word(record, "Sns", "TopicArn"),
            body=reading.word(record, "Sns", "Message").encode(),
        )
        for record in reading.items(event, "Records")
        if reading.word(record, "Sns", "TopicArn")
    ]


def _verdict(answer: object, kind: str, reason: str) -> verdicts.Verdict | None:
    named = [reading.word(one, "Name") for one in reading.items(answer, "Fields")]
    if reason in UNREADABLE and "DestinationPhoneNumber" in named:
        return verdicts.INVALID_NUMBER
    return ERRORS.get(reason) or ERRORS.get(kind)


def _state(event: object) -> tuple[State | None, Reason | None]:
    kind = reading.word(event, "eventType")
    if own := OWN_WORDS.get(reading.word(event, "messageStatus")):
        return own
    if kind == "TEXT_SUCCESSFUL" and reading.child(event, "isFinal") is True:
        return State.DELIVERED, None
    state, reason = STATES.get(kind, (None, Reason.UNKNOWN))
    if state in BOUNCES and reading.child(event, "isFinal") is False:
        return State.SENT, None  # it is still being tried
    text = reading.word(event, "messageStatusDescription").casefold()
    if kind == "TEXT_BLOCKED" and "spam" in text:
        return state, Reason.BLOCKED_SPAM
    if kind == "TEXT_BLOCKED" and "blocked list" in text:
        return state, Reason.CARRIER_REJECTED
    return state, reason


def _confidence(event: object, state: State | None) -> Literal["carrier", "handset"] | None:
    if state is not State.DELIVERED:
        return None
    return "handset" if reading.word(event, "eventType") == "TEXT_DELIVERED" else "carrier"
