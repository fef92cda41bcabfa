"""Every way Relevo says no to a client, as RFC 9457 problems: one table of slugs, one exception."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

PAGES: Final = "/docs/errors/"
"""Where the API that answers a problem serves the page about it."""

IANA_BASE: Final = "https://iana.org/assignments/http-problem-types#"

IANA: Final = frozenset({"quota-exceeded", "abnormal-usage-detected", "temporary-reduced-capacity"})
"""Problem types of the draft registry, which clients of other services already know."""


class Kind(NamedTuple):
    status: int
    title: str


KINDS: Final[Mapping[str, Kind]] = {
    "malformed-json": Kind(400, "The body is not valid JSON"),
    "invalid-encoding": Kind(400, "The body is not valid UTF-8"),
    "json-too-deep": Kind(400, "The body is nested too deeply"),
    "duplicate-json-key": Kind(400, "The body names a member twice"),
    "idempotency-key-missing": Kind(400, "This request needs an Idempotency-Key"),
    "idempotency-key-invalid": Kind(400, "The Idempotency-Key cannot be used"),
    "invalid-cursor": Kind(400, "The cursor cannot be used"),
    "missing-credentials": Kind(401, "Credentials are missing"),
    "invalid-credentials": Kind(401, "Credentials are not valid"),
    "invalid-signature": Kind(401, "The request signature is wrong"),
    "stale-timestamp": Kind(401, "The request's timestamp is too far from now"),
    "spend-limit-reached": Kind(402, "The account has no money or allowance left"),
    "destination-not-enabled": Kind(403, "The destination country is not enabled"),
    "sender-not-allowed": Kind(403, "The sender does not belong to this account"),
    "wrong-environment": Kind(403, "The key belongs to the other environment"),
    "insufficient-scope": Kind(403, "The credentials lack a scope"),
    "ip-not-allowed": Kind(403, "The source address is not allowed"),
    "tenant-suspended": Kind(403, "The account is suspended"),
    "not-found": Kind(404, "There is nothing here"),
    "method-not-allowed": Kind(405, "The method is not allowed here"),
    "not-acceptable": Kind(406, "Only JSON can be answered"),
    "not-cancellable": Kind(409, "The message can no longer be canceled"),
    "template-exists": Kind(409, "There is a template of this id"),
    "route-in-use": Kind(409, "A list still names the route"),
    "endpoint-limit-reached": Kind(409, "The account has as many endpoints as it may have"),
    "edit-conflict": Kind(409, "Somebody else changed it in the meantime"),
    "payload-too-large": Kind(413, "The body is too large"),
    "unsupported-media-type": Kind(415, "The body must be JSON"),
    "validation-failed": Kind(422, "The request is not valid"),
    "invalid-recipient": Kind(422, "The recipient is not a phone number"),
    "unsupported-destination": Kind(422, "The recipient cannot receive texts"),
    "invalid-sender": Kind(422, "The sender is not valid"),
    "sender-not-supported": Kind(422, "The destination does not allow this sender"),
    "content-too-long": Kind(422, "The text needs too many segments"),
    "no-route": Kind(422, "No carrier can take this message"),
    "template-not-found": Kind(422, "There is no such template"),
    "template-variable-missing": Kind(422, "A variable of the template is missing"),
    "template-limit-exceeded": Kind(422, "The template renders too much"),
    "template-not-allowed": Kind(422, "The template uses something not allowed"),
    "recipient-opted-out": Kind(422, "The recipient opted out"),
    "invalid-schedule": Kind(422, "The time of sending is not valid"),
    "invalid-callback-url": Kind(422, "The callback URL is not valid"),
    "idempotency-key-reused": Kind(422, "The Idempotency-Key was used for another body"),
    "quota-exceeded": Kind(429, "Too many requests"),
    "abnormal-usage-detected": Kind(429, "The traffic looks like abuse"),
    "internal-error": Kind(500, "Something went wrong on our side"),
    "temporary-reduced-capacity": Kind(503, "Temporarily not available"),
}


class Flaw(NamedTuple):
    """One invalid place of a request: a JSON pointer, a stable code, and words without values."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """A refusal with a slug of the table; `details` are further members of the body.

    Nothing in it may repeat text or a number of the request: it is answered, logged and printed.
    """

    def __init__(
        self,
        slug: str,
        detail: str = "",
        *,
        errors: Iterable[Flaw] = (),
        headers: Mapping[str, str] | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(slug)
        self.slug: Final = slug
        self.status, self.title = KINDS[slug]
        self.detail: Final = detail or f"{self.title}."
        self.errors: Final = tuple(errors)
        self.details: Final = dict(details or {})
        challenge = {"WWW-Authenticate": 'Bearer realm="relevo"'} if self.status == 401 else {}
        self.headers: Final = {**challenge, **(headers or {})}

    def page(self, base: str = "") -> str:
        """Give the address of the page about it; without a base, it is the asked host's."""
        return f"{base}{PAGES}{self.slug}"

    def type(self, base: str = "") -> str:
        """Give its address in the registry, or that of its page."""
        return f"{IANA_BASE}{self.slug}" if self.slug in IANA else self.page(base)

    def body(self, instance: str, base: str = "") -> dict[str, object]:
        """Give the members of the answer to the request `instance` at the API at `base`."""
        return {
            **self.details,
            "type": self.type(base),
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.slug,
            "errors": [error._asdict() for error in self.errors],
        }
