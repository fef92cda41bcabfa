"""How Alibaba Cloud is called (ACS3-HMAC-SHA256) and refuses, the same for both of its SMS APIs."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlencode

from relevo.carriers import reading, verdicts
from relevo.carriers.values import CarrierAccount, HttpReply, HttpRequest, Stamp
from relevo.domain.outcome import Accepted, Outcome

NO_BODY: Final = hashlib.sha256().hexdigest()
ACKNOWLEDGED: Final = HttpReply(
    status=200, headers={"content-type": "application/json"}, body=b'{"code":0,"msg":"OK"}'
)
CODES: Final = verdicts.spread(
    (
        verdicts.THROTTLED,
        """
        BUSINESS_LIMIT_CONTROL DAY_LIMIT_CONTROL MONTH_LIMIT_CONTROL QPS_LIMIT_CONTROL
        Throttling Throttling.*
        """,
    ),
    (verdicts.NO_CREDIT, "AMOUNT_NOT_ENOUGH OUT_OF_SERVICE"),
    (verdicts.INVALID_NUMBER, "MOBILE_NUMBER_ILLEGAL"),
    (
        verdicts.SPAM,
        """
        SMS_CONTENT_ILLEGAL BLACK_KEY_CONTROL_LIMIT PARAM_NOT_SUPPORT_URL
        SMS_SECURITY_INTERCEPTED
        """,
    ),
    (
        verdicts.SETUP,
        """
        SMS_TEMPLATE_ILLEGAL SMS_SIGNATURE_ILLEGAL SMS_SIGN_ILLEGAL TEMPLATE_MISSING_PARAMETERS
        INVALID_JSON_PARAM PARAM_LENGTH_LIMIT MOBILE_COUNT_OVER_LIMIT DENY_IP_RANGE
        DOMESTIC_NUMBER_NOT_SUPPORTED INVALID_SENDERID NOT_SUPPORTED_COUNTRY FORBIDDEN_ACTION
        """,
    ),
    (
        verdicts.AUTH,
        """
        ACCOUNT_NOT_EXISTS ACCOUNT_ABNORMAL ACCOUNT_ILLEGAL PRODUCT_UN_SUBSCRIPT
        PRODUCT_NOT_SUBSCRIBED RAM_PERMISSION_DENY SignatureDoesNotMatch
        InvalidAccessKeyId InvalidAccessKeyId.* IncompleteSignature
        """,
    ),
    (verdicts.LATER, "SYSTEM_ERROR ONLINE_BILLING_FAILED"),
)
"""Of both sites; the mainland's codes carry `isv.` (ours to put right) or `isp.` (theirs)."""


def call(
    action: str,
    version: str,
    host: str,
    query: Mapping[str, str],
    account: CarrierAccount,
    stamp: Stamp,
) -> HttpRequest:
    written = urlencode(sorted(query.items()), quote_via=quote, safe="~")
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-version": version,
        "x-acs-date": f"{datetime.fromtimestamp(stamp.seconds, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": stamp.nonce,
        "x-acs-content-sha256": NO_BODY,
    }
    headers["Authorization"] = authorization("POST", written, headers, account)
    url = f"{account.get('base_url', f'https://{host}')}/?{written}"
    return HttpRequest(method="POST", url=url, headers=headers)


def authorization(
    method: str, query: str, headers: Mapping[str, str], account: CarrierAccount
) -> str:
    """Sign a call without a body as ACS3-HMAC-SHA256 has it; the secret is the key as it is."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = f"{method}\n/\n{query}\n{lines}\n{names}\n{NO_BODY}"
    signed = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    mark = hmac.new(account["access_key_secret"].encode(), signed.encode(), "sha256").hexdigest()
    key = account["access_key_id"]
    return f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={names},Signature={mark}"


def bare(code: str) -> str:
    return code.removeprefix("isv.").removeprefix("isp.")


def outcome(reply: HttpReply, answer: object, named: str, said: str, id_: str | None) -> Outcome:
    code = reading.code(answer, named)
    text = reading.word(answer, said) or reading.word(answer, "Message")
    if reply.status == 200 and code == "OK" and id_:
        return Accepted(reference=id_, segments=reading.segments(answer, "Segments"))
    verdict = verdicts.find(CODES, bare(code or ""))
    if verdict is None and (code or "").startswith("isv."):
        verdict = verdicts.OUR_BUG  # by its prefix a refusal that is ours to put right
    return verdicts.judged(verdict, reply, code=code, text=text)
