from relevo.domain.event import Event, event_id
from relevo.domain.words import Environment
from tests.contract.conftest import Aws, Side
from tests.fakes import NOON


def an_event(about: str = "received", **data: object) -> Event:
    return Event(
        id=event_id("m" * 26, about),
        account="acc_test",
        environment=Environment.LIVE,
        type="message.received",
        at=NOON,
        data={"messageId": "m" * 26, **data},
    )


def test_what_was_announced_is_read_back_as_it_was(side: Side) -> None:
    event = an_event(keyword="STOP", part=1, known=True, ids=["a", "b"])

    side.bulletins.announce(event)

    assert side.bulletins.get_many([event.id, "n" * 26]) == {event.id: event}


def test_the_same_news_told_twice_is_one_event(side: Side) -> None:
    side.bulletins.announce(an_event())
    side.bulletins.announce(an_event())

    assert side.bulletins.get_many([an_event().id]) == {an_event().id: an_event()}


def test_the_queue_learns_the_id_and_nothing_else(aws: Aws) -> None:
    aws.bulletins().announce(an_event())

    [queued] = aws.received("webhook")
    assert queued["Body"] == f'{{"event":"{an_event().id}"}}'
    assert queued["Attributes"]["MessageGroupId"] == "acc_test"
