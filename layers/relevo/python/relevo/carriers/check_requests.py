"""Request samples read backwards: the submission and account they were made of, to build again."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from relevo.carriers import registry
from relevo.carriers.reading import child, word
from relevo.carriers.values import CarrierAccount, HttpRequest, SdkCall, Stamp
from relevo.domain.outcome import Refused
from relevo.domain.segments import measure
from relevo.domain.templates import Registered
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.domain.words import TrafficClass
from relevo.ports.carriers import Submission

HOOK: Final = "https://hook.example.com"
TEN_MINUTES: Final = 10 * MINUTE
OURS_TO_LEAVE_OUT: Final = frozenset(
    {"campaignReferenceId", "feedback_enabled", "webhook_failover_url", "DryRun", "priority"}
)
"""What samples show and we do not send: it is optional, and nothing of ours stands for it."""

NOT_COMPARED: Final = frozenset({"accept", "host", "x-amz-date", "x-amz-target"})
CLASSES: Final = {
    "OTP": TrafficClass.OTP,
    "MKT": TrafficClass.MARKETING,
    "PROMOTIONAL": TrafficClass.MARKETING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a sample shows of the wire: its URL, headers (lower case) and fields, however sent."""

    url: str
    headers: Mapping[str, str]
    fields: Mapping[str, Any]
    secrets: Mapping[str, Any]

    @property
    def root(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def basic(self) -> tuple[str, str]:
        pair = base64.b64decode(self.headers["authorization"].removeprefix("Basic ")).decode()
        user, _, password = pair.partition(":")
        return user, password

    def step(self, place: int) -> str:
        return urlsplit(self.url).path.split("/")[place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a request was made of."""

    account: Mapping[str, str]
    to: str
    text: str = ""
    sender: str | None = None
    reference: str = ""
    ttl: Millis = TEN_MINUTES
    at: Millis = 0
    nonce: str = ""
    kind: str = ""
    registered: Registered | None = None
    signed: bool = field(default=True)


def _infobip(source: Source) -> Made:
    message = source.fields["messages"][0]
    validity = message["options"]["validityPeriod"]
    unit = {"SECONDS": SECOND, "MINUTES": MINUTE, "HOURS": 60 * MINUTE}[validity["timeUnit"]]
    key = source.headers["authorization"].removeprefix("App ")
    return Made(
        account={"base_url": source.root, "api_key": key},
        to=message["destinations"][0]["to"],
        text=message["content"]["text"],
        sender=message["sender"],
        reference=message["destinations"][0]["messageId"],
        ttl=validity["amount"] * unit,
    )


def _twilio(source: Source) -> Made:
    fields, (_, password) = source.fields, source.basic
    return Made(
        account={
            "account_sid": source.step(3),
            "auth_token": password,
            "messaging_service": fields.get("MessagingServiceSid", ""),
        },
        to=fields["To"],
        text=fields["Body"],
        sender=fields.get("From"),
        reference=_given_back(fields["StatusCallback"]),
        ttl=int(fields["ValidityPeriod"]) * SECOND,
    )


def _aws_eum(source: Source) -> Made:
    fields = source.fields
    return Made(
        account={"region": "eu-west-1", "configuration_set": fields["ConfigurationSetName"]},
        to=fields["DestinationPhoneNumber"],
        text=fields["MessageBody"],
        sender=fields["OriginationIdentity"],
        reference=fields["Context"]["mid"],
        ttl=fields["TimeToLive"] * SECOND,
        kind=fields["MessageType"],
    )


def _tencent(source: Source) -> Made:
    fields, secrets = source.fields, source.secrets
    return Made(
        account={
            "secret_id": secrets.get("secret_id", "-"),
            "secret_key": secrets.get("secret_key", "-"),
            "app_id": fields["SmsSdkAppId"],
            "sign_name": fields.get("SignName", ""),
            "region": source.headers["x-tc-region"],
            "host": urlsplit(source.url).netloc,
        },
        to=fields["PhoneNumberSet"][0],
        sender=fields.get("SenderId"),
        reference=fields["SessionContext"],
        at=int(source.headers["x-tc-timestamp"]) * SECOND,
        registered=Registered(
            template_id=fields["TemplateId"], params=tuple(fields["TemplateParamSet"])
        ),
        signed="secret_key" in secrets,
    )


def _kannel(source: Source) -> Made:
    fields = source.fields
    return Made(
        account={
            "base_url": source.root,
            "username": fields["username"],
            "password": fields["password"],
            "smsc": fields.get("smsc", ""),
        },
        to=fields["to"],
        text=fields["text"],
        sender=fields["from"],
        reference=_given_back(fields["dlr-url"]),
        ttl=int(fields["validity"]) * MINUTE,
    )


def _jasmin(source: Source) -> Made:
    fields = source.fields
    text = fields.get("content") or bytes.fromhex(fields["hex-content"]).decode("utf-16-be")
    return Made(
        account={
            "base_url": source.root,
            "username": fields["username"],
            "password": fields["password"],
        },
        to=fields["to"],
        text=text,
        sender=fields["from"],
        reference=_given_back(fields["dlr-url"]),
        ttl=int(fields["validity-period"]) * MINUTE,
    )


def _vonage(source: Source) -> Made:
    fields, (key, secret) = source.fields, source.basic
    return Made(
        account={"api_key": key, "api_secret": secret},
        to=fields["to"],
        text=fields["text"],
        sender=fields["from"],
        reference=fields["client-ref"].partition("/")[0],
        ttl=int(fields["ttl"]),
    )


def _vonage_messages(source: Source) -> Made:
    fields, (key, secret) = source.fields, source.basic
    return Made(
        account={"api_key": key, "api_secret": secret},
        to=fields["to"],
        text=fields["text"],
        sender=fields["from"],
        reference=fields["client_ref"],
        ttl=fields["ttl"] * SECOND,
    )


def _sinch(source: Source) -> Made:
    fields = source.fields
    expires = int(datetime.fromisoformat(fields["expire_at"]).timestamp() * SECOND)
    return Made(
        account={
            "base_url": source.root,
            "service_plan": source.step(3),
            "api_token": source.headers["authorization"].removeprefix("Bearer "),
        },
        to=fields["to"][0],
        text=fields["body"],
        sender=fields["from"],
        reference=fields["client_reference"],
        at=expires - TEN_MINUTES,
    )


def _alibaba(source: Source) -> Made:
    made = _acs3(source)
    fields = source.fields
    return Made(
        account={**made.account, "sign_name": fields["SignName"]},
        to=f"86{fields['PhoneNumbers'].removeprefix('86')}",
        reference=fields["OutId"],
        at=made.at,
        nonce=made.nonce,
        signed=made.signed,
        registered=Registered(
            template_id=fields["TemplateCode"], params=json.loads(fields["TemplateParam"])
        ),
    )


def _alibaba_intl(source: Source) -> Made:
    made, fields = _acs3(source), source.fields
    return Made(
        account=made.account,
        to=fields["To"],
        text=fields["Message"],
        sender=fields["From"],
        reference=fields["TaskId"],
        ttl=int(fields["ValidityPeriod"]) * SECOND,
        at=made.at,
        nonce=made.nonce,
        signed=made.signed,
        kind=fields["Type"],
    )


def _acs3(source: Source) -> Made:
    credential = source.headers["authorization"].partition("Credential=")[2].partition(",")[0]
    key = source.secrets.get("access_key_secret")
    return Made(
        account={"access_key_id": credential, "access_key_secret": key or "-"},
        to="",
        at=int(datetime.fromisoformat(source.headers["x-acs-date"]).timestamp()) * SECOND,
        nonce=source.headers["x-acs-signature-nonce"],
        signed=bool(key),
    )


def _telnyx(source: Source) -> Made:
    fields = source.fields
    return Made(
        account={
            "api_key": source.headers["authorization"].removeprefix("Bearer "),
            "public_key": "-",
            "messaging_profile": fields.get("messaging_profile_id", ""),
        },
        to=fields["to"],
        text=fields["text"],
        sender=fields.get("from"),
        reference=source.headers["idempotency-key"],
    )


def _plivo(source: Source) -> Made:
    fields, (auth_id, token) = source.fields, source.basic
    return Made(
        account={
            "auth_id": auth_id,
            "auth_token": token,
            "powerpack": fields.get("powerpack_uuid", ""),
        },
        to=fields["dst"],
        text=fields["text"],
        sender=fields.get("src"),
        reference=_given_back(fields["url"]),
        ttl=fields["message_expiry"] * SECOND,
    )


BACKWARDS: Final[Mapping[str, Callable[[Source], Made]]] = {
    "infobip": _infobip,
    "twilio": _twilio,
    "aws-eum": _aws_eum,
    "tencent": _tencent,
    "kannel": _kannel,
    "jasmin": _jasmin,
    "vonage": _vonage,
    "vonage-messages": _vonage_messages,
    "sinch": _sinch,
    "alibaba": _alibaba,
    "alibaba-intl": _alibaba_intl,
    "telnyx": _telnyx,
    "plivo": _plivo,
}


def _given_back(url: str) -> str:
    return dict(parse_qsl(urlsplit(url).query)).get("mid", "x-1")


def flaws(name: str, sample: Mapping[str, Any]) -> Iterator[str]:
    """Build the sample's request from its own parts, and say where ours is another."""
    source = _source(sample)
    made = BACKWARDS[name](source)
    adapter = registry.adapter(name)
    built = adapter.build(_submission(made), _account(name, made), _stamp(made))
    if isinstance(built, Refused):
        yield f"not built: {built.reason}"
    elif isinstance(built, SdkCall):
        yield from _different(source.fields, built.arguments, "")
    else:
        yield from _different_requests(sample["http"], built, signed=made.signed)


def _source(sample: Mapping[str, Any]) -> Source:
    http = sample["http"]
    headers = {name.lower(): value for name, value in http.get("headers", {}).items()}
    fields = child(sample, "boto3", "kwargs") or _fields(http, headers)
    return Source(
        url=http["url"], headers=headers, fields=fields, secrets=sample.get("signature", {})
    )


def _fields(http: Mapping[str, Any], headers: Mapping[str, str]) -> Mapping[str, Any]:
    if isinstance(http.get("body"), dict):
        return dict(http["body"])
    if raw := http.get("raw_body"):
        json_ = "json" in headers.get("content-type", "") or raw.startswith("{")
        return dict(json.loads(raw)) if json_ else dict(parse_qsl(raw, keep_blank_values=True))
    return dict(parse_qsl(urlsplit(http["url"]).query, keep_blank_values=True))


def _submission(made: Made) -> Submission:
    to = f"+{made.to.removeprefix('+')}"
    return Submission(
        reference=made.reference,
        to=to,
        country="CN" if to.startswith("+86") else "ES",
        text=made.text,
        sizing=measure(made.text),
        sender=made.sender,
        within=5 * SECOND,
        ttl=made.ttl,
        traffic_class=CLASSES.get(made.kind, TrafficClass.TRANSACTIONAL),
        registered=made.registered,
    )


def _account(name: str, made: Made) -> CarrierAccount:
    fields = {key: value for key, value in made.account.items() if value}
    return CarrierAccount(name=name, public_url=HOOK, tokens=("tkn",), fields=fields)


def _stamp(made: Made) -> Stamp:
    return Stamp(at=made.at or 1_790_848_800_000, nonce=made.nonce)


def _different_requests(
    http: Mapping[str, Any], built: HttpRequest, *, signed: bool
) -> Iterator[str]:
    theirs, ours = urlsplit(http["url"]), urlsplit(built.url)
    if built.method != http.get("method", "POST"):
        yield f"method is {built.method}"
    if (theirs.scheme, theirs.netloc, theirs.path) != (ours.scheme, ours.netloc, ours.path):
        yield f"url is {ours.scheme}://{ours.netloc}{ours.path}"
    yield from _different(dict(parse_qsl(theirs.query)), dict(parse_qsl(ours.query)), "query ")
    headers = {name.lower(): value for name, value in built.headers.items()}
    for name, value in http.get("headers", {}).items():
        given = headers.get(name.lower())
        unknown = name.lower() == "authorization" and not signed
        if name.lower() not in NOT_COMPARED and not unknown and given != value:
            yield f"header {name.lower()} is {'another' if given else 'missing'}"
    wanted = (
        _fields({**http, "url": ""}, headers) if http.get("body") or http.get("raw_body") else {}
    )
    yield from _different(
        wanted, _fields({"url": "", "raw_body": built.body.decode()}, headers), ""
    )


def _different(theirs: Any, ours: Any, where: str) -> Iterator[str]:
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        for name in {**theirs, **ours}:
            if name in OURS_TO_LEAVE_OUT and name not in ours:
                continue
            if name not in ours or name not in theirs:
                yield f"{where}{name} is {'missing' if name in theirs else 'not in the sample'}"
            else:
                yield from _different(theirs[name], ours[name], f"{where}{name}.")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for place, pair in enumerate(zip(theirs, ours, strict=True)):
            yield from _different(*pair, f"{where}{place}.")
    elif not _alike(where, theirs, ours):
        yield f"{where.rstrip('.')} is another"


def _alike(where: str, theirs: object, ours: object) -> bool:
    # The samples' reference and callback are not always consistent with each other.
    if where.endswith("callbackData."):
        return bool(ours)
    if word(theirs).startswith(HOOK) and word(ours).startswith(HOOK):
        asked = urlsplit(word(theirs)).query
        return not asked or asked == urlsplit(word(ours)).query
    return theirs == ours
