"""The API over DynamoDB says what it says over memory, word for word but for the ids."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from relevo.aws.balances import balance_item
from relevo.aws.errors import unavailable
from relevo.domain.plan import plan, wish_of
from relevo.domain.words import Environment
from tests.contract.conftest import Aws, OverMoto
from tests.fakes import Faulty
from tests.front import BALANCE, BODY, SEND, Answer, Front, book

FULL = {**BODY, "from": "ACME", "clientReference": "pedido 7", "metadata": {"a": "b"}}


def over(aws: Aws, front: Front) -> Any:
    """Put what the front has into tables, and wire its app to them."""
    side = OverMoto(aws)
    side.configure(book())
    for account in front.world.accounts.accounts.values():
        side.open(account)
        aws.put("Accounts", balance_item(account, Environment.TEST, 0, Decimal(10), aws.clock()))
    for fingerprint, key in front.world.accounts.keys.items():
        side.add_key(fingerprint, key)
    front.world.clock = aws.clock
    return replace(
        front.build(
            messages=side.messages,
            contents=side.contents,
            routes=side.routes,
            accounts=side.accounts,
            queues=aws.class_queues(),
        ),
        unavailable=unavailable,
    )


def journey(front: Front, app: Any, messages: Any, routes: Any) -> list[Answer]:
    """Send, repeat, look at everything, cancel."""

    def call(method: str, path: str, **options: Any) -> Answer:
        return front.call(method, path, app=app, **options)

    headers = {"idempotency-key": "order-1"}
    first = call("POST", SEND, body=FULL, headers=headers)
    self_ = first.json["links"]["self"]
    head = messages.get(first.json["id"])
    routes.remember("d1", plan(wish_of(head), book()), head.created_at)
    messages.save(head, replace(head, decision="d1", version=head.version + 1))
    return [
        first,
        call("POST", SEND, body=FULL, headers=headers),
        call("POST", SEND, body=BODY, headers=headers),
        call("GET", self_),
        call("GET", f"{self_}/status"),
        call("GET", f"{self_}/route"),
        call("POST", f"{self_}/cancel"),
        call("GET", f"{self_}/events"),
        call("GET", BALANCE),
        call("GET", BALANCE, key=front.key_for("nobody")),
    ]


def test_the_same_journey_over_memory_and_over_dynamodb(aws: Aws) -> None:
    front = Front()
    memory = journey(front, front.app, front.world.messages, front.world.routes)
    app = over(aws, front)

    stored = journey(front, app, aws.messages(), aws.routes())

    assert [answer.status for answer in stored] == [202, 202, 422, *[200] * 6, 401]
    assert [answer.anonymous for answer in stored] == [answer.anonymous for answer in memory]
    assert len(aws.bodies("transactional")) == 1


def test_a_table_that_does_not_answer_is_a_503(aws: Aws) -> None:
    front = Front()
    healthy = over(aws, front)

    def slow(name: str) -> None:
        raise aws.dynamodb.client.exceptions.ProvisionedThroughputExceededException(
            {"Error": {"Code": "ProvisionedThroughputExceededException"}}, name
        )

    door = replace(healthy.door, accounts=Faulty(healthy.door.accounts, before=slow))
    answer = front.call("POST", SEND, body=BODY, app=replace(healthy, door=door))

    assert (answer.status, answer.slug) == (503, "temporary-reduced-capacity")
    assert aws.rows("Messages") == []
