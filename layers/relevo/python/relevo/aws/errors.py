"""Which errors of AWS mean "not now" rather than "never"."""

from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from relevo.aws.dynamo import PASSING, Unprocessed, code_of

THROTTLED: Final = PASSING | {
    "Throttling",
    "RequestLimitExceeded",
    "TransactionCanceled",
    "LimitExceeded",
    "KMSThrottling",
}


def unavailable(error: Exception) -> bool:
    """Whether what we depend on is away or overloaded, so that trying again makes sense."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or code_of(error) in THROTTLED
    return isinstance(error, BotoCoreError | Unprocessed)
