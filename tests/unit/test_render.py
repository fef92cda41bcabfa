"""render starts what may go, and gives everything else a time at which it is looked at again."""

from typing import Any

import pytest

from relevo.domain.message import Content, Head
from relevo.domain.timing import LEASE, MINUTE, SECOND, Millis
from relevo.domain.words import State, Status, TrafficClass
from relevo.ports.messages import WorkflowFailed
from relevo.services.render import Renderer
from tests.builders import NOW, a_content, a_head, an_attempt
from tests.fakes import World

LATER = NOW + 5 * MINUTE


def rendered(
    head: Head,
    *,
    opens: Millis | None = NOW,
    wording: str | None = None,
    content: Content | None = None,
) -> tuple[Any, list[Head]]:
    world: Any = World(start=NOW)
    world.messages.heads[head.id] = head
    if content is not None:
        world.contents[head.id] = content
    renderer = Renderer(
        letters=world.letters,
        messages=world.messages,
        contents=world.contents,
        dues=world.dues,
        workflow=world.workflow,
        opening=lambda *_: opens,
        wording=lambda *_: wording,
        clock=world.clock,
    )
    return world, renderer.render([head.id, head.id])


def test_a_message_queued_twice_in_a_batch_is_started_once_with_its_lease() -> None:
    world, started = rendered(a_head(), content=a_content())

    assert [len(run) for run in world.workflow.runs] == [1]
    assert len(started) == 1
    assert world.dues.next_at == NOW + LEASE


@pytest.mark.parametrize(
    "head",
    [
        a_head(attempts=(an_attempt(1, State.DELIVERED),), plan=()),
        a_head(attempts=(an_attempt(1, State.ACCEPTED),), plan=("b",)),
        a_head(canceled=True),
        a_head(expires_at=NOW),
        a_head(send_at=LATER),
    ],
    ids=["delivered", "in flight", "canceled", "expired", "scheduled"],
)
def test_a_stale_copy_starts_nothing(head: Head) -> None:
    world, started = rendered(head, content=a_content())

    assert (started, world.workflow.runs) == ([], [])


def test_a_back_off_is_waited_for() -> None:
    refused = an_attempt(1, State.REFUSED, retryable=True)
    world, started = rendered(
        a_head(attempts=(refused,), plan=("a",), not_before=NOW + 4 * SECOND), content=a_content()
    )

    assert started == []
    assert world.dues.next_at == NOW + 4 * SECOND


def test_content_that_is_gone_ends_the_message() -> None:
    world, started = rendered(a_head())

    assert started == []
    assert world.messages.heads["m" * 26].status is Status.FAILED


@pytest.mark.parametrize(
    ("traffic_class", "status"),
    [
        (TrafficClass.MARKETING, Status.SCHEDULED),
        (TrafficClass.TRANSACTIONAL, Status.ACCEPTED),
        (TrafficClass.OTP, Status.ACCEPTED),
    ],
)
def test_outside_the_window_only_promotion_is_put_off(
    traffic_class: TrafficClass, status: Status
) -> None:
    world, _ = rendered(a_head(traffic_class=traffic_class), opens=LATER, content=a_content())

    assert world.messages.heads["m" * 26].status is status


def test_promotion_that_was_put_off_is_looked_at_when_the_window_opens() -> None:
    head = a_head(traffic_class=TrafficClass.MARKETING)

    world, started = rendered(head, opens=LATER, content=a_content())

    assert started == []
    assert world.dues.next_at == LATER


def test_promotion_that_bounced_outside_the_window_waits_for_it_too() -> None:
    bounced = an_attempt(1, State.UNDELIVERED)
    head = a_head(traffic_class=TrafficClass.MARKETING, attempts=(bounced,), plan=("b",))

    world, started = rendered(head, opens=LATER, content=a_content())

    assert started == []
    assert world.messages.heads[head.id].not_before == LATER
    assert world.dues.next_at == LATER


def test_promotion_whose_zones_share_no_hour_fails_and_says_so() -> None:
    head = a_head(traffic_class=TrafficClass.MARKETING)

    world, _ = rendered(head, opens=None, content=a_content())

    stored = world.messages.heads[head.id]
    assert (stored.status, stored.stop) == (Status.FAILED, "no-common-window")


OLD, NEW = "Responde BAJA", "Envia BAJA al 900"


@pytest.mark.parametrize(
    ("content", "wording", "shown"),
    [
        (a_content(text=f"Rebajas\n{OLD}", wording=OLD), NEW, f"Rebajas\n{NEW}"),
        (a_content(text=f"Rebajas\n{OLD}", wording=OLD), OLD, f"Rebajas\n{OLD}"),
        (a_content(text=f"Rebajas\n{OLD}", wording=OLD), None, f"Rebajas\n{OLD}"),
        (a_content(text=f"Rebajas. {OLD}"), NEW, f"Rebajas. {OLD}"),
    ],
    ids=["another", "the same", "the carrier's now", "never put there by us"],
)
def test_promotion_carries_the_wording_of_the_moment_it_is_sent(
    content: Content, wording: str | None, shown: str
) -> None:
    head = a_head(traffic_class=TrafficClass.MARKETING)

    world, started = rendered(head, content=content, wording=wording)

    assert world.contents[head.id].text == shown
    assert len(started) == 1


def test_a_workflow_that_fails_raises_and_its_messages_keep_their_due_item() -> None:
    world: Any = World(start=NOW)
    head = a_head()
    world.messages.heads[head.id], world.contents[head.id] = head, a_content()

    def fails(_: Any) -> None:
        raise WorkflowFailed("FAILED")

    world.workflow.then = fails
    renderer = Renderer(
        letters=world.letters,
        messages=world.messages,
        contents=world.contents,
        dues=world.dues,
        workflow=world.workflow,
        opening=lambda *_: NOW,
        wording=lambda *_: None,
        clock=world.clock,
    )

    with pytest.raises(WorkflowFailed):
        renderer.render([head.id])

    assert world.dues.waiting(head.id)
