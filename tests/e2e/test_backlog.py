"""A campaign's backlog does not hold up a login code."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.conftest import Running

BACKLOG = 500
LATER_BY = 5.0
CODE = {"text": "Su clave es 410852", "trafficClass": "otp"}


def test_an_otp_overtakes_five_hundred_marketing_messages(running: Running) -> None:
    idle = _journey(running)

    with ThreadPoolExecutor(4) as clients:
        numbers = [f"+34612{i:03d}678" for i in range(BACKLOG)]
        queued = list(clients.map(lambda to: running.send(to, trafficClass="marketing"), numbers))
    busy = _journey(running)

    assert len(queued) == BACKLOG
    assert busy <= idle + LATER_BY


def _journey(running: Running) -> float:
    started = time.monotonic()
    id_ = running.send("+34612345678", **CODE)
    assert running.ended([id_], within=60)[id_]["status"] == "delivered"
    return time.monotonic() - started
