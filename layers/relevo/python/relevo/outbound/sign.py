"""Standard Webhooks signatures, made by the official package behind the checks it leaves out.

It takes secrets of one byte, and reads an aware time of another zone as if it were UTC; see
docs/webhooks.md for what that means to whoever verifies.
"""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from relevo.domain.endpoint import PREFIX
from relevo.domain.timing import SECOND, Millis

SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, as the specification wants them."""

SEPARATOR: Final = "."


class BadSecret(ValueError):
    """A stored secret that nothing may be signed with."""


def signed(event_id: str, body: str, secrets: Sequence[str], at: Millis) -> dict[str, str]:
    """Give the three headers; each secret signs, so that either may verify during a rotation."""
    # Only a delivery pays for the import.
    from standardwebhooks.webhooks import Webhook  # noqa: PLC0415

    if not secrets:
        raise BadSecret("no secret")
    if SEPARATOR in event_id:
        raise ValueError("an id with a separator in it could be shifted into the time")
    moment = datetime.fromtimestamp(at // SECOND, UTC)
    signatures = [Webhook(checked(one)).sign(event_id, moment, body) for one in secrets]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(at // SECOND),
        "webhook-signature": " ".join(signatures),
    }


def checked(secret: str) -> str:
    """Give the secret back, or raise BadSecret for what the specification does not allow."""
    if not secret.startswith(PREFIX):
        raise BadSecret("without its prefix")
    try:
        raw = b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise BadSecret("not base64") from None
    if not SHORTEST <= len(raw) <= LONGEST:
        raise BadSecret("of the wrong length")
    return secret
