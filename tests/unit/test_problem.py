"""The table of problems, and the one exception that carries them."""

import pytest

from relevo.domain.problem import KINDS, Flaw, Problem

STATUSES = {
    400: "malformed-json invalid-encoding json-too-deep duplicate-json-key invalid-cursor "
    "idempotency-key-missing idempotency-key-invalid",
    401: "missing-credentials invalid-credentials invalid-signature stale-timestamp",
    402: "spend-limit-reached",
    403: "destination-not-enabled sender-not-allowed wrong-environment insufficient-scope "
    "ip-not-allowed tenant-suspended",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "not-cancellable template-exists edit-conflict route-in-use endpoint-limit-reached",
    413: "payload-too-large",
    415: "unsupported-media-type",
    422: "validation-failed invalid-recipient unsupported-destination invalid-sender "
    "sender-not-supported content-too-long template-not-found template-variable-missing "
    "template-limit-exceeded template-not-allowed recipient-opted-out invalid-schedule "
    "invalid-callback-url idempotency-key-reused no-route",
    429: "quota-exceeded abnormal-usage-detected",
    500: "internal-error",
    503: "temporary-reduced-capacity",
}


def test_every_slug_of_the_contract_has_its_status() -> None:
    expected = {slug: status for status, slugs in STATUSES.items() for slug in slugs.split()}

    assert {slug: kind.status for slug, kind in KINDS.items()} == expected


def test_the_body_has_every_member_of_the_contract() -> None:
    flaw = Flaw("/to", "missing", "Give to or contactId.")
    problem = Problem("validation-failed", errors=[flaw], details={"max": 10})

    assert problem.body("r-1", "https://api.example") == {
        "type": "https://api.example/docs/errors/validation-failed",
        "title": "The request is not valid",
        "status": 422,
        "detail": "The request is not valid.",
        "instance": "r-1",
        "code": "validation-failed",
        "errors": [{"pointer": "/to", "code": "missing", "detail": "Give to or contactId."}],
        "max": 10,
    }


def test_further_members_cannot_hide_the_standard_ones() -> None:
    problem = Problem("not-found", details={"status": 200, "type": "about:blank"})

    assert problem.body("r-1")["status"] == 404


@pytest.mark.parametrize("slug", ["quota-exceeded", "abnormal-usage-detected"])
def test_registered_types_are_the_registry_s(slug: str) -> None:
    assert Problem(slug).type() == f"https://iana.org/assignments/http-problem-types#{slug}"


def test_unauthorised_answers_carry_a_challenge_and_others_what_they_are_given() -> None:
    assert Problem("missing-credentials").headers == {"WWW-Authenticate": 'Bearer realm="relevo"'}
    assert Problem("quota-exceeded", headers={"Retry-After": "3"}).headers == {"Retry-After": "3"}
    assert Problem("not-found").headers == {}


def test_printing_a_problem_says_its_slug_only() -> None:
    assert str(Problem("invalid-recipient", "Write the number as E.164.")) == "invalid-recipient"


def test_unknown_slugs_are_our_mistake() -> None:
    with pytest.raises(KeyError):
        Problem("no-such-slug")
