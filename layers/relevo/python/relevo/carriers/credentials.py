"""An account's credentials as kept here for minutes, and a submit made ready with them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from relevo.carriers.base import Adapter, RequestT
from relevo.carriers.values import CarrierAccount, Stamp
from relevo.domain.outcome import Cause, Refused, Retryable
from relevo.domain.timing import MINUTE, Millis
from relevo.ports.basics import Clock
from relevo.ports.carriers import Submission

log = logging.getLogger(__name__)

FRESH: Millis = 5 * MINUTE


@dataclass(slots=True, kw_only=True)
class Credentials:
    """An account as stored, read when first wanted and every five minutes.

    After a refusal it is read once more for the next call; if the same comes back, not again.
    """

    read: Callable[[], CarrierAccount]
    clock: Clock
    _account: CarrierAccount | None = None
    _read_at: Millis = 0
    _refused: CarrierAccount | None = None

    def current(self) -> CarrierAccount:
        now = self.clock()
        if self._account is None or now - self._read_at > FRESH:
            self._account, self._read_at = self._newest(), now
        return self._account

    def refused(self, account: CarrierAccount) -> None:
        if account == self._account and account != self._refused:
            self._refused, self._read_at = account, 0

    def _newest(self) -> CarrierAccount:
        try:
            return self.read()
        except Exception as error:
            if self._account is None:
                raise
            log.warning("credentials-stale", extra={"error": type(error).__name__})
            return self._account


def prepare(
    adapter: Adapter[RequestT], credentials: Credentials, submission: Submission, stamp: Stamp
) -> tuple[CarrierAccount, RequestT] | Refused | Retryable:
    """Do everything that can go wrong before a byte has left, and say that none has."""
    try:
        account = credentials.current()
    except Exception as error:  # noqa: BLE001 - whatever it was, the carrier knows nothing
        log.error("credentials-unread", extra={"error": type(error).__name__})
        return Retryable(reason="credentials-unread")
    try:
        request = adapter.build(submission, account, stamp)
    except Exception as error:  # noqa: BLE001 - a defect of ours, known before sending
        log.error("build-defect", extra={"error": type(error).__name__})
        return Refused(reason="build-defect", cause=Cause.CONFIG)
    return request if isinstance(request, Refused) else (account, request)
