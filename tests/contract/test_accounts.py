from decimal import Decimal

from relevo.domain.voice import Voice
from relevo.domain.words import Environment
from relevo.ports.accounts import Balance, Key
from tests.contract.builders import TODAY, account_of
from tests.contract.conftest import Side
from tests.fakes import NOON

KEY = Key(
    id="key-1",
    account="acme",
    environment=Environment.LIVE,
    scopes=frozenset({"messages:send", "messages:read"}),
    cidrs=("192.0.2.0/24",),
    expires_at=NOON,
)


def test_a_key_is_found_by_its_fingerprint_alone(side: Side) -> None:
    side.add_key("f1", KEY)

    assert side.accounts.key("f1") == KEY
    assert side.accounts.key("f2") is None


def test_an_account_comes_back_with_its_limits(side: Side) -> None:
    account = account_of(
        credit_limit=Decimal("2.50"),
        daily_cap=Decimal(100),
        suspended=True,
        countries=frozenset({"ES"}),
        senders=frozenset({"ACME"}),
        voice=Voice(
            language="es-MX",
            signatures=("探探", "UC浏览器"),
            brand="ACME",
            contact="900123456",
            registrations=frozenset({"es-alias"}),
            hosts=frozenset({"acme.example"}),
        ),
    )
    side.open(account)

    assert side.accounts.account("acme") == account
    assert side.accounts.account("other") is None


def test_countries_that_are_not_restricted_stay_apart_from_none_allowed(side: Side) -> None:
    side.open(account_of(countries=None))
    side.open(account_of(id="closed", countries=frozenset()))

    found = [side.accounts.account(name) for name in ("acme", "closed")]

    assert [account.countries for account in found if account] == [None, frozenset()]


def test_an_account_without_movement_has_an_empty_balance(side: Side) -> None:
    found = side.accounts.balance(account_of(), Environment.LIVE, today=TODAY)

    assert found == Balance(amount=Decimal(0), currency="EUR", spent_today=Decimal(0), updated_at=0)
