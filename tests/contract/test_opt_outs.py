"""Opt-outs: remembered once, for one account and environment, until they are taken back."""

from relevo.domain.words import Environment
from relevo.ports.accounts import Debit
from tests.contract.builders import TODAY, account_of, content_of, head_of
from tests.contract.conftest import Side
from tests.fakes import NOON

LIVE, TEST = Environment.LIVE, Environment.TEST


def is_out(side: Side) -> bool:
    head = head_of(1)
    return side.letters.read({head.id: head}, opt_outs=True)[head.id].opted_out


def test_who_says_stop_is_found_by_every_submit_and_counted_once(side: Side) -> None:
    head = head_of(1)
    debit = Debit(account=account_of(), today=TODAY)
    side.open(debit.account)
    side.messages.create(head, content_of(head), debit)
    who = head.recipient_hash

    assert side.opt_outs.add("other", LIVE, who, NOON, by="m1")
    assert side.opt_outs.add("acme", TEST, who, NOON, by="m1")
    assert not is_out(side)
    assert side.opt_outs.add("acme", LIVE, who, NOON, by="m1")
    assert not side.opt_outs.add("acme", LIVE, who, NOON + 1, by="m2")
    assert side.opt_outs.add("acme", LIVE, who, NOON + 2, by="m1"), "a repeat of the very message"
    assert is_out(side)

    side.opt_outs.remove("acme", LIVE, who)
    side.opt_outs.remove("acme", LIVE, who)
    assert not is_out(side)
