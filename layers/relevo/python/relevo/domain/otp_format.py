"""One-time codes that a browser or an app reads by itself: how such a message must end."""

import re
from typing import Final

from relevo.domain.problem import Flaw, Problem
from relevo.domain.templates import RETRIEVER_BYTES, OtpFormat

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}")
_HASH: Final = re.compile(r"[A-Za-z0-9+/]{11}")


def format_flaws(otp: OtpFormat) -> tuple[Flaw, ...]:
    """Say what is wrong with the format as such, whatever the text."""
    if (otp.webotp_domain is None) == (otp.retriever_hash is None):
        detail = "Give webotp or smsRetriever, not both: each must end the message."
        return (Flaw("/otp", "one-format", detail),)
    if otp.webotp_domain is not None and not _DOMAIN.fullmatch(otp.webotp_domain):
        detail = "Give the host name alone, in lower case (punycode), without https:// or a port."
        return (Flaw("/otp/webotp/domain", "not-a-domain", detail),)
    if otp.retriever_hash is not None and not _HASH.fullmatch(otp.retriever_hash):
        detail = "An app's hash has 11 characters of base 64."
        return (Flaw("/otp/smsRetriever/appHash", "not-a-hash", detail),)
    return ()


def ending(otp: OtpFormat, code: str) -> str:
    """Give what follows the text.

    A browser wants `@domain #code` alone on the last line; an app wants its hash at the end,
    and finds the code in the text above.
    """
    if otp.webotp_domain is not None:
        return f"\n@{otp.webotp_domain} #{code}"
    return f"\n{otp.retriever_hash}"


def ended(text: str, otp: OtpFormat, code: str) -> str:
    """Finish a signed text; raises Problem when Android would not hand it to the app."""
    finished = text.rstrip() + ending(otp, code)
    if otp.retriever_hash is not None and len(finished.encode()) > RETRIEVER_BYTES:
        detail = f"A message for SMS Retriever has at most {RETRIEVER_BYTES} bytes."
        raise Problem("template-limit-exceeded", detail, details={"maxBytes": RETRIEVER_BYTES})
    return finished
