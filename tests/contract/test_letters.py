from dataclasses import replace

from relevo.domain.words import Environment
from relevo.ports.accounts import Debit
from relevo.ports.messages import Letter
from tests.contract.builders import TODAY, account_of, content_of, head_of
from tests.contract.conftest import Side

DEBIT = Debit(account=account_of(), today=TODAY)


def test_letters_hold_heads_and_contents_as_stored(side: Side) -> None:
    side.open(DEBIT.account)
    heads = [head_of(1), head_of(2)]
    for head in heads:
        side.messages.create(head, content_of(head), DEBIT)

    found = side.letters.read({head.id: None for head in heads}, opt_outs=False)

    assert dict(found) == {head.id: Letter(head=head, content=content_of(head)) for head in heads}


def test_a_letter_shows_the_head_as_it_is_now_not_as_it_was_known(side: Side) -> None:
    side.open(DEBIT.account)
    old = side.messages.create(head_of(), content_of(head_of()), DEBIT)
    new = replace(old, canceled=True, version=2)
    side.messages.save(old, new)

    assert side.letters.read({old.id: old}, opt_outs=True)[old.id].head == new


def test_an_opted_out_recipient_is_marked_where_it_was_asked_for(side: Side) -> None:
    side.open(DEBIT.account)
    out, other_environment = head_of(1), head_of(2)
    for head in (out, other_environment):
        side.messages.create(head, content_of(head), DEBIT)
    side.opt_out("acme", Environment.LIVE, out.recipient_hash)
    side.opt_out("acme", Environment.TEST, other_environment.recipient_hash)
    known = {head.id: head for head in (out, other_environment)}

    asked = side.letters.read(known, opt_outs=True)
    unasked = side.letters.read(known, opt_outs=False)

    assert [asked[id_].opted_out for id_ in known] == [True, False]
    assert not any(letter.opted_out for letter in unasked.values())


def test_two_messages_to_one_recipient_share_the_opt_out(side: Side) -> None:
    side.open(DEBIT.account)
    known = {}
    for number in (1, 2):
        head = head_of(number, recipient_hash="same")
        known[head.id] = side.messages.create(head, content_of(head), DEBIT)
    side.opt_out("acme", Environment.LIVE, "same")

    found = side.letters.read(known, opt_outs=True)

    assert [letter.opted_out for letter in found.values()] == [True, True]


def test_content_that_is_gone_leaves_a_letter_without_it(side: Side) -> None:
    side.open(DEBIT.account)
    head = side.messages.create(head_of(), content_of(head_of()), DEBIT)
    side.drop_content(content_of(head))

    assert side.letters.read({head.id: head}, opt_outs=True)[head.id].content is None


def test_an_unknown_message_is_no_letter(side: Side) -> None:
    assert dict(side.letters.read({head_of().id: None}, opt_outs=False)) == {}
