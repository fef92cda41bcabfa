"""Who may come in: keys, scopes, addresses, suspended accounts, and one 401 for every wrong key."""

import secrets

import pytest

from relevo.api.auth import Scope
from relevo.api.openapi import document
from relevo.api.routes import table
from relevo.api.rows import Operation, Page
from relevo.domain.api_keys import fingerprint, mint
from relevo.domain.timing import MINUTE
from relevo.domain.words import Environment
from tests.fakes import Faulty
from tests.front import BALANCE, BODY, EVERY_SCOPE, PEPPER, Front, body_of, book, path_of

OPERATIONS = [row for row in table() if isinstance(row, Operation)]
PUBLIC = {
    "/openapi.json",
    "/docs",
    "/docs/quickstart",
    "/docs/sandbox",
    "/docs/errors",
    "/docs/errors/{slug}",
    "/docs/assets/{asset}",
}


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.id)
def test_every_operation_wants_a_key_and_its_scope(row: Operation) -> None:
    front = Front()
    scopes = EVERY_SCOPE - {row.scope.value}
    narrow, only = front.key_for("alice", scopes=scopes), {row.scope.value}
    soon = front.world.clock() + MINUTE
    exact = front.key_for("alice", scopes=frozenset(only), expires_at=soon)

    body = body_of(row)
    assert front.call(row.method, path_of(row), body=body, key=None).slug == "missing-credentials"
    assert front.call(row.method, path_of(row), body=body, key=narrow).slug == "insufficient-scope"
    assert front.call(row.method, path_of(row), body=body, key=exact).status in (
        200,
        201,
        202,
        204,
        404,
        409,
    )


def test_only_the_pages_are_open_to_all() -> None:
    front = Front()
    described = document()["paths"]
    listed = [row for row in table() if not isinstance(row, Page) or row.listed]
    everything = {(row.path, row.method.lower()) for row in listed}

    assert {row.path for row in table() if isinstance(row, Page)} == PUBLIC
    assert everything == {(path, method) for path in described for method in described[path]}
    for row in table():
        answer = front.call(row.method, path_of(row), key=None)
        assert (row.path in PUBLIC) == (answer.status == 200), row.path
        assert (row.path in PUBLIC) == (answer.status != 401), row.path
    for row in listed:
        security = described[row.path][row.method.lower()]["security"]
        assert bool(security) is (row.path not in PUBLIC)


def test_the_scopes_of_the_contract_are_all_there_are() -> None:
    assert {scope.value for scope in Scope} == {
        "messages:send",
        "messages:read",
        "messages:content",
        "account:read",
        "templates:read",
        "templates:write",
        "webhooks:read",
        "webhooks:write",
        "operator:routes",
        "operator:exchanges",
    }
    assert {row.scope for row in OPERATIONS} == set(Scope) - {Scope.MESSAGES_CONTENT}


def test_keys_that_do_not_work_look_the_same() -> None:
    front = Front()
    now = front.world.clock()
    typo = front.key[:-1] + ("a" if front.key[-1] != "a" else "b")
    other_environment = mint(Environment.TEST, secrets.token_bytes(32))
    record = front.world.accounts.keys[fingerprint(front.key, PEPPER)]
    front.world.accounts.keys[fingerprint(other_environment, PEPPER)] = record
    keys = {
        "typo": typo,
        "unknown": mint(Environment.LIVE, secrets.token_bytes(32)),
        "revoked": front.key_for("alice", revoked_at=now),
        "expired": front.key_for("alice", expires_at=now),
        "of no account": front.key_for("nobody"),
        "prefix and record disagree": other_environment,
        "a token of somebody else": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
    }

    answers = {why: front.call("GET", BALANCE, key=key) for why, key in keys.items()}

    assert {why: answer.slug for why, answer in answers.items()} == dict.fromkeys(
        keys, "invalid-credentials"
    )
    assert len({answer.anonymous for answer in answers.values()}) == 1
    assert len({tuple(answer.headers) for answer in answers.values()}) == 1
    assert answers["typo"].headers["WWW-Authenticate"].startswith("Bearer")


def test_an_unknown_and_a_revoked_key_cost_the_same_look_ups() -> None:
    front = Front()
    looked: list[str] = []
    app = front.build(accounts=Faulty(front.world.accounts, before=looked.append))

    costs = []
    for key in (
        mint(Environment.LIVE, secrets.token_bytes(32)),
        front.key_for("alice", revoked_at=1),
        front.key_for("alice", expires_at=1),
        front.key[:-1] + "_",
    ):
        looked.clear()
        front.call("GET", BALANCE, key=key, app=app)
        costs.append(list(looked))

    assert costs == [["key"], ["key"], ["key"], []]


def test_keys_that_will_end_still_work() -> None:
    front = Front()
    later = front.world.clock() + 1

    assert front.call("GET", BALANCE, key=front.key_for("alice", revoked_at=later)).status == 200
    assert front.call("GET", BALANCE, key=front.key_for("alice", expires_at=later)).status == 200


@pytest.mark.parametrize(
    "written", ["Bearer {}", "bearer {}", "BEARER  {} ", " Bearer {}"], ids=str
)
def test_the_scheme_is_read_as_http_says(written: str) -> None:
    front = Front()
    headers = {"Authorization": written.format(front.key)}

    assert front.call("GET", BALANCE, key=None, headers=headers).status == 200


@pytest.mark.parametrize(
    ("cidrs", "source", "allowed"),
    [
        ((), "198.51.100.1", True),
        (("203.0.113.0/24",), "203.0.113.9", True),
        (("203.0.113.9",), "203.0.113.9", True),
        (("203.0.113.9/24",), "203.0.113.200", True),
        (("10.0.0.0/8", "203.0.113.0/24"), "203.0.113.9", True),
        (("203.0.113.0/24",), "::ffff:203.0.113.9", True),
        (("2001:db8::/32",), "2001:db8::1", True),
        (("203.0.113.0/24",), "198.51.100.1", False),
        (("203.0.113.0/24",), "2001:db8::1", False),
        (("203.0.113.0/24",), "", False),
        (("203.0.113.0/24",), "nonsense", False),
        (("nonsense",), "203.0.113.9", False),
        (("0.0.0.0/0",), "2001:db8::1", False),
    ],
    ids=str,
)
def test_row_55_addresses(cidrs: tuple[str, ...], source: str, allowed: bool) -> None:
    front = Front()
    key = front.key_for("alice", cidrs=cidrs)

    answer = front.call(
        "GET",
        BALANCE,
        key=key,
        source_ip=source,
        headers={"x-forwarded-for": "203.0.113.9", "forwarded": "for=203.0.113.9"},
    )

    assert (answer.status == 200) is allowed
    assert allowed or answer.slug == "ip-not-allowed"


def test_row_66_a_suspended_account() -> None:
    front = Front()
    front.change("alice", suspended=True)

    assert front.send().slug == "tenant-suspended"
    assert front.send(key=front.key_for("bob")).status == 202


def test_the_environment_of_the_key_chooses_balance_and_routes() -> None:
    front = Front()
    front.world.routes.current = book(Environment.TEST)
    test_key = front.key_for("alice", Environment.TEST)

    sent = front.send(key=test_key)

    assert sent.status == 202
    assert front.send().slug == "no-route"
    assert front.call("GET", BALANCE, key=test_key).json["balance"]["amount"] == "9.95"
    assert front.call("GET", BALANCE).json["balance"]["amount"] == "10"


def test_the_text_needs_its_own_scope() -> None:
    front = Front()
    narrow = front.key_for("alice", scopes=EVERY_SCOPE - {"messages:content"})
    path = f"/api/v1/messages/{front.send(text='sesame').json['id']}"

    assert front.call("GET", path).json["text"] == "sesame"
    without = front.call("GET", path, key=narrow)
    assert (without.status, without.json["to"]) == (200, BODY["to"])
    assert "sesame" not in without.body
    assert "text" not in without.json
