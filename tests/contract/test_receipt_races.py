"""One receipt in many hands at once: one transition, one event."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from relevo.domain.attempt import Report
from relevo.domain.words import State, Status
from relevo.ports.accounts import Debit
from relevo.ports.carriers import Receipt
from relevo.services.receive import Receiver
from tests.builders import an_attempt
from tests.contract.builders import TODAY, account_of, content_of, head_of
from tests.contract.conftest import Side
from tests.fakes import InMemoryOrphans


def test_f31_a_receipt_that_comes_many_times_at_once_is_one_transition(side: Side) -> None:
    account = account_of()
    side.open(account)
    head = head_of()
    side.messages.create(head, content_of(head), Debit(account=account, today=TODAY))
    taken = replace(
        head,
        attempts=(an_attempt(1, State.ACCEPTED),),
        plan=(),
        status=Status.SENT,
        version=head.version + 1,
    )
    side.messages.save(head, taken)
    receiver = Receiver(messages=side.messages, orphans=InMemoryOrphans(), clock=side.clock)
    report = Report(n=1, state=State.DELIVERED, at=side.clock())
    receipt = Receipt(message_id=head.id, carrier="a", report=report)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: receiver.receive(receipt), range(12)))

    stored = side.messages.get(head.id)
    assert stored is not None
    assert (stored.status, stored.version) == (Status.DELIVERED, taken.version + 1)
    assert [told.type for told in stored.told].count("delivered") == 1
