"""Record one warm invocation of each function on the road of a full batch, with AWS's answers."""

import json
import secrets
from base64 import b64encode
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from relevo.domain.timing import MINUTE, SECOND
from relevo.runtime.bootstrap import parts
from tests.integration.harness import BATCH, Invocation, System, deployed
from tests.integration.shapes import Call

OWNER: Final = 8
"""Dispatch recognises its own claims by these random bytes, so a replay must draw the same."""

FUNCTIONS: Final = ("accept", "render", "route", "dispatch", "dlr", "events", "watch")
"""`notify` rests where nobody listens, as on this road."""

TEXT: Final = "Su pedido 48213 ha salido del almacén y llegará mañana entre las 10 y las 12."


def body(number: int, traffic_class: str = "transactional") -> dict[str, Any]:
    """A message as a shop would send it."""
    return {
        "to": f"+346123456{number:02d}",
        "text": TEXT,
        "from": "Relevo",
        "trafficClass": traffic_class,
        "clientReference": f"order-{number}",
        "metadata": {"shop": "central", "order": str(number)},
    }


def drawn(count: int) -> bytes:
    return b"\1" * count if count == OWNER else _random(count)


_random = secrets.token_bytes


def record(path: Path) -> None:
    """Write events, variables and answers of each function's fullest invocation down as JSON."""
    with (
        patch.object(secrets, "token_bytes", drawn),
        patch.object(parts, "token_bytes", drawn),
        deployed() as system,
    ):
        started = system.now()
        calls: list[list[Any]] = []
        puts: list[dict[str, Any]] = []
        system.after.append(lambda call: calls.append([call.function, *call.raw]))
        system.after.append(lambda call: puts.extend(_puts(call)))
        _drive(system)
        recorded = {
            name: {
                "event": _fullest(system, name).event,
                "env": system.functions[name].env,
                "now": started,
                "answers": [
                    [target, _text(sent), _text(got)]
                    for function, target, sent, got in calls
                    if function == name and target
                ],
            }
            for name in FUNCTIONS
        }
        recorded["render"]["answers"].append(
            ["AWSStepFunctions.StartSyncExecution", "", _text(_succeeded())]
        )
    path.write_text(json.dumps({"functions": recorded, "put": puts[0]}))


def _drive(system: System) -> None:
    for number in range(BATCH):
        status, answer = system.http("POST", "/api/v1/messages/send", body(number))
        assert status == 202, answer
    system.run(system.now() + 3 * SECOND)
    system.run(system.now() + 2 * MINUTE)


def _fullest(system: System, name: str) -> Invocation:
    found = [one for one in system.invocations if one.function == name]
    return max(found, key=lambda one: len(json.dumps(one.event)))


def _puts(call: Call) -> list[dict[str, Any]]:
    """The Put of a head in accept's transaction: what one plain PutItem is measured with."""
    actions = call.params.get("TransactItems", ())
    return [action["Put"] for action in actions if "Put" in action]


def _succeeded() -> bytes:
    arn = "arn:aws:states:eu-west-1:123456789012:express:delivery:x:y"
    return json.dumps({"executionArn": arn, "status": "SUCCEEDED", "output": "[]"}).encode()


def _text(raw: bytes | str) -> str:
    return b64encode(raw.encode() if isinstance(raw, str) else raw).decode()
