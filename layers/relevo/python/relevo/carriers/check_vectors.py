"""Signature vectors of the samples: what is signed with which secret, and what must come out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from relevo.carriers import twilio, vonage
from relevo.carriers.base import Forged
from relevo.carriers.values import CarrierAccount, Webhook

TOKEN: Final = "tkn"  # noqa: S105 - nobody's
SHARED: Final = "x-twilio-webhooks-signature-settings"


def vector_flaws(name: str, vectors: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say which vectors come out otherwise."""
    check = {"twilio": _twilio, "vonage": _vonage}.get(name)
    for place, vector in enumerate(vectors):
        if check is None or not check(vector):
            yield f"vector {place} comes out otherwise"


def _twilio(vector: Mapping[str, Any]) -> bool:
    algorithm = vector.get("algorithm", "HMAC_SHA1")
    token = vector.get("token", "12345")
    headers = {"x-twilio-signature": vector["signature"], "content-type": "application/json"}
    body = vector.get("json_body", "")
    if "params" in vector:
        headers["content-type"] = "application/x-www-form-urlencoded"
        body = urlencode(vector["params"])
    if algorithm != "HMAC_SHA1":
        headers[SHARED] = f"key=k,algorithm={algorithm}"
    webhook = Webhook(
        method="POST",
        url=vector.get("url_seen") or vector["url"],
        token=TOKEN,
        headers=headers,
        body=body.encode(),
    )
    fields = {"auth_token": token, "webhook_shared_key": token}
    account = CarrierAccount(name="twilio", public_url="", tokens=(TOKEN,), fields=fields)
    return not isinstance(twilio.Twilio().verify(webhook, account, 0), Forged)


def _vonage(vector: Mapping[str, Any]) -> bool:
    fields = {name: str(value) for name, value in vector["params"].items()}
    method = vector["algorithm"].lower().removeprefix("hmac-").replace("md5 hash", "md5hash")
    wanted: str = vector["sig"]
    return vonage.signature(vector["secret"], fields, method) == wanted.lower()
