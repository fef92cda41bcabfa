"""Senders: an account's own, replaced as a whole."""

from relevo.domain.sender import Sender
from tests.contract.conftest import Side

ACME = Sender(
    name="ACME",
    countries=frozenset({"ES", "FR"}),
    registrations=frozenset({"es-alias"}),
    default_for=frozenset({"ES", "ES:ca"}),
)
CODE = Sender(name="+12015550100")


def test_senders_come_back_by_name_for_their_account_alone(side: Side) -> None:
    side.senders.change("acme", [CODE, ACME])

    assert side.senders.of("acme") == (CODE, ACME)
    assert side.senders.of("other") == ()


def test_what_is_not_named_again_is_gone(side: Side) -> None:
    side.senders.change("acme", [CODE, ACME])
    side.senders.of("acme")
    side.senders.change("acme", [ACME])

    assert side.senders.of("acme") == (ACME,)
    side.senders.change("acme", [])
    assert side.senders.of("acme") == ()


def test_a_number_leads_to_its_owners_however_it_is_written(side: Side) -> None:
    side.senders.change("acme", [CODE, ACME])
    side.senders.change("other", [Sender(name="12015550100"), Sender(name="217217")])

    assert sorted(side.senders.owners("+12015550100")) == ["acme", "other"]
    assert side.senders.owners("217217") == ("other",)
    assert side.senders.owners("ACME") == ()
    assert side.senders.owners("") == ()


def test_a_number_given_up_leads_to_nobody(side: Side) -> None:
    twice = [CODE, Sender(name=CODE.name.removeprefix("+"))]
    side.senders.change("acme", twice)
    side.senders.change("acme", twice[:1])
    assert side.senders.owners(CODE.name) == ("acme",)

    side.senders.change("acme", [ACME])
    assert side.senders.owners(CODE.name) == ()
