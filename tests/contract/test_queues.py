from typing import Any

import pytest
from botocore.exceptions import ClientError

from relevo import wire
from relevo.aws.queues import NotQueued, SqsNudges
from relevo.domain.attempt import Report
from relevo.domain.words import State, TrafficClass
from relevo.ports.carriers import Receipt
from relevo.ports.webhooks import Write
from relevo.runtime.calls import calls_in
from relevo.services.notify import Changed
from tests.builders import a_change
from tests.contract.builders import head_of
from tests.contract.conftest import Aws, nudges_sent
from tests.fakes import NOON

RECEIPT = Receipt(
    message_id=head_of().id,
    carrier="sandbox-a",
    report=Report(n=2, state=State.DELIVERED, at=NOON, reference="r"),
)


def test_each_message_goes_to_the_queue_of_its_class_by_its_id_alone(aws: Aws) -> None:
    otp, news = head_of(1), head_of(2, traffic_class=TrafficClass.MARKETING)

    aws.class_queues().send([otp, news])

    assert aws.bodies("otp") == [{"ids": [otp.id]}]
    assert aws.bodies("marketing") == [{"ids": [news.id]}]
    assert aws.bodies("transactional") == []


def test_a_batch_of_23_takes_three_calls_and_one_body_a_message(aws: Aws) -> None:
    heads = [head_of(number) for number in range(1, 24)]

    aws.class_queues().send(heads)

    assert [name for name, _ in aws.sqs.calls] == ["send_message_batch"] * 3
    sent = aws.bodies("otp")
    assert sorted(id_ for body in sent for id_ in body["ids"]) == sorted(h.id for h in heads)
    assert all(len(body["ids"]) == 1 for body in sent)


def test_the_account_is_the_group_so_that_accounts_are_served_fairly(aws: Aws) -> None:
    aws.class_queues().send([head_of(1, account="a"), head_of(2, account="b")])

    groups = {message["Attributes"]["MessageGroupId"] for message in aws.received("otp")}

    assert groups == {"a", "b"}


def test_the_same_message_may_be_sent_twice_in_one_batch(aws: Aws) -> None:
    aws.class_queues().send([head_of(), head_of()])

    assert len(aws.bodies("otp")) == 2


def test_many_receipts_go_in_tens(aws: Aws) -> None:
    aws.receipts().send_all([RECEIPT] * 13)

    assert len(aws.bodies("receipts")) == 13
    assert [name for name, _ in aws.sqs.calls].count("send_message_batch") == 2


def test_nothing_to_send_is_no_call(aws: Aws) -> None:
    aws.class_queues().send([])
    aws.announcements().publish([])

    assert aws.sqs.calls == []


def test_refused_entries_are_sent_once_more(aws: Aws) -> None:
    client = Refusing(aws.sqs, times=1)

    aws.class_queues(client).send([head_of(1), head_of(2)])

    assert sorted(body["ids"][0] for body in aws.bodies("otp")) == sorted(
        [head_of(1).id, head_of(2).id]
    )


def test_entries_refused_twice_are_an_error(aws: Aws) -> None:
    with pytest.raises(NotQueued):
        aws.class_queues(Refusing(aws.sqs, times=2)).send([head_of(1), head_of(2)])


def test_a_receipt_travels_whole(aws: Aws) -> None:
    aws.receipts().send(RECEIPT)

    (body,) = aws.bodies("receipts")
    assert wire.receipt_from_item(body) == RECEIPT


@pytest.mark.parametrize(
    ("delay", "seconds"), [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (5_000_000, 900), (-5, 0)]
)
def test_a_delay_is_rounded_up_to_what_the_queue_can_do(aws: Aws, delay: int, seconds: int) -> None:
    aws.receipts().send(RECEIPT, delay)

    ((_, request),) = aws.sqs.calls
    assert request["DelaySeconds"] == seconds


def test_a_nudge_arrives_when_its_item_is_due_and_never_before(aws: Aws) -> None:
    aws.dues().put({"m": NOON + 1_200, "n": NOON + 1_900, "later": NOON + 30_000})

    assert nudges_sent(aws.sqs) == [({"shard": 0}, 2), ({"shard": 0}, 30)]


def test_a_lost_nudge_does_not_fail_what_has_been_written(aws: Aws) -> None:
    nudges = SqsNudges(client=Refusing(aws.sqs, times=9), url=aws.urls["nudge"])  # type: ignore[arg-type]

    nudges.send([(0, NOON), (0, NOON + 5_000)], now=NOON)
    nudges.send([(0, NOON)], now=NOON)

    assert aws.bodies("nudge") == []


def test_news_names_message_and_version_only(aws: Aws) -> None:
    aws.announcements().publish([Write(head_of().id, 3, "acc_test")])
    aws.announcements().park(head_of(2).id, 7)

    assert aws.bodies("webhook") == [{"id": head_of().id, "version": 3}]
    assert aws.bodies("events-dlq") == [{"id": head_of(2).id, "version": 7}]


def test_what_befell_a_carrier_travels_whole(aws: Aws) -> None:
    change = a_change()

    aws.announcements().carriers_changed([change])

    [body] = aws.bodies("webhook")
    assert calls_in(body) == [Changed(change=change)]


class Refusing:
    """A client whose queue takes the first entry of a batch and refuses the others, for a time."""

    def __init__(self, client: Any, *, times: int) -> None:
        self._client, self._left = client, times

    def send_message(self, **request: Any) -> Any:
        raise ClientError({"Error": {"Code": "OverLimit", "Message": "no"}}, "SendMessage")

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803
        if not self._left:
            return self._client.send_message_batch(QueueUrl=QueueUrl, Entries=Entries)
        self._left -= 1
        return {"Failed": [{"Id": entry["Id"]} for entry in Entries]}
