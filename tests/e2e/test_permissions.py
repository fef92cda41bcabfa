"""IAM is enforced: a role without one of its grants stops the journey until it is back."""

import json
from typing import Any

from tests.e2e.conftest import Running


def test_without_its_read_of_content_dispatch_sends_nothing(running: Running) -> None:
    iam, role = running.stack.client("iam"), running.stack.outputs["DispatchRole"]
    policies = {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }
    table = running.stack.outputs["ContentTable"]

    try:
        for name, document in policies.items():
            _put(iam, role, name, _without(document, table))
        id_ = running.send("+34612345678", ttlSeconds=10)
        status = running.ended([id_], within=40)[id_]
    finally:
        for name, document in policies.items():
            _put(iam, role, name, document)

    assert status["status"] in ("expired", "unconfirmed"), status
    assert running.submits(id_) == []
    again = running.send("+34612345678")
    assert running.ended([again], within=40)[again]["status"] == "delivered"


def _put(iam: Any, role: str, name: str, document: dict[str, Any]) -> None:
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def _without(document: dict[str, Any], table: str) -> dict[str, Any]:
    """Give the policy without the statements about this table."""
    kept = [one for one in document["Statement"] if table not in json.dumps(one["Resource"])]
    assert len(kept) < len(document["Statement"]), "the grant was not found"
    return {**document, "Statement": kept}
