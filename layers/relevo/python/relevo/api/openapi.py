"""The OpenAPI 3.1 document, generated from the table of routes and the models."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from pydantic.json_schema import models_json_schema

from relevo.api.answers import ProblemAnswer
from relevo.api.http import JSON, PROBLEM
from relevo.api.operations import KEY, REPLAYED
from relevo.api.paging import DEFAULT, MOST
from relevo.api.paths import SHAPES, names_in
from relevo.api.portal.annotated import annotate
from relevo.api.routes import table
from relevo.api.rows import Operation, Page
from relevo.domain.problem import KINDS
from relevo.domain.words import Status, TrafficClass
from relevo.services.telemetry import GROUPS, WINDOWS

Schema: TypeAlias = dict[str, Any]
SCHEME: Final = "key"

_REF: Final = "#/components/schemas/{model}"
_AUTHENTICATED: Final = (
    "missing-credentials",
    "invalid-credentials",
    "ip-not-allowed",
    "tenant-suspended",
    "insufficient-scope",
    "not-acceptable",
    "internal-error",
    "temporary-reduced-capacity",
)
_WITH_BODY: Final = (
    "malformed-json",
    "invalid-encoding",
    "json-too-deep",
    "duplicate-json-key",
    "payload-too-large",
    "unsupported-media-type",
    "validation-failed",
)
_ABOUT: Final = """One HTTPS API in front of many SMS carriers. A message goes out over a primary
list of carriers; when that list refuses, bounces or stays silent, the backup list takes over.

Every problem is answered as `application/problem+json` (RFC 9457); `code` is stable, and `type`
leads to a page that says what it means and what to do."""
_HEADERS: Final[Schema] = {
    "X-Request-Id": {"description": "Names this request in our logs.", "schema": {"type": "string"}}
}


def document() -> Schema:
    """Give the whole document as plain data."""
    paths: defaultdict[str, Schema] = defaultdict(dict)
    for row in table():
        if isinstance(row, Page) and not row.listed:
            continue
        described = _page(row) if isinstance(row, Page) else _operation(row)
        paths[row.path][row.method.lower()] = described
    made = {
        "openapi": "3.1.0",
        "info": {"title": "Relevo", "version": "1", "description": _ABOUT},
        # Relative to where this document is served, whatever the API is mounted below.
        "servers": [{"url": "./", "description": "The API that serves this description."}],
        "paths": dict(paths),
        "components": {
            "schemas": _schemas(),
            "responses": {
                _name(status): _refusal(status, slugs) for status, slugs in _shared().items()
            },
            "securitySchemes": {SCHEME: _scheme()},
        },
    }
    annotate(made)
    return made


def problems_of(operation: Operation) -> tuple[str, ...]:
    """Give every problem the operation may answer."""
    named = ("not-found",) if names_in(operation.path) else ()
    body = _WITH_BODY if operation.request else ()
    return (*_AUTHENTICATED, *named, *body, *operation.problems)


def _operation(row: Operation) -> Schema:
    described: Schema = {
        "operationId": row.id,
        "summary": row.summary,
        "description": f"Needs the scope `{row.scope.value}`.",
        "security": [{SCHEME: [row.scope.value]}],
        "responses": {str(row.status): _success(row), **_refusals(problems_of(row))},
    }
    if parameters := _parameters(row):
        described["parameters"] = parameters
    if row.request:
        content = {JSON: {"schema": _ref(row.request)}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _page(row: Page) -> Schema:
    media = row.media.partition(";")[0]
    kind = "object" if media == JSON else "string"
    content = {media: {"schema": {"type": kind}}}
    slugs = ("not-found", "internal-error") if names_in(row.path) else ("internal-error",)
    described: Schema = {
        "operationId": row.id,
        "summary": row.summary,
        "security": [],
        "responses": {
            "200": {"description": row.summary, "headers": _HEADERS, "content": content},
            "304": {"description": "As it was, says `If-None-Match`.", "headers": _HEADERS},
            **_refusals(slugs),
        },
    }
    if parameters := [_named(name) for name in names_in(row.path)]:
        described["parameters"] = parameters
    return described


def _parameters(row: Operation) -> list[Schema]:
    found = [_named(name) for name in names_in(row.path)]
    found += [_QUERY[name] for name in row.query]
    return found + ([_idempotency_key()] if _keyed(row) else [])


def _named(name: str) -> Schema:
    shape = {"type": "string", "pattern": f"^{SHAPES[name]}$"}
    return {"name": name, "in": "path", "required": True, "schema": shape}


_QUERY: Final[Mapping[str, Schema]] = {
    **{
        name: {"name": name, "in": "query", "schema": schema}
        for name, schema in {
            "status": {"type": "string", "enum": [status.value for status in Status]},
            "to": {"type": "string", "description": "E.164"},
            "from": {"type": "string"},
            "since": {"type": "string", "format": "date-time"},
            "until": {"type": "string", "format": "date-time"},
            "trafficClass": {"type": "string", "enum": [kind.value for kind in TrafficClass]},
            "window": {"type": "string", "enum": [*WINDOWS], "default": "15m"},
            "groupBy": {"type": "string", "enum": [*GROUPS, "none"], "default": "none"},
        }.items()
    },
    "limit": {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT},
    },
    "cursor": {
        "name": "cursor",
        "in": "query",
        "description": "`nextCursor` of the answer before.",
        "schema": {"type": "string"},
    },
}


def _idempotency_key() -> Schema:
    about = (
        "Same key and same body: the message as it is now, not another one. "
        "Bare or quoted, printable ASCII."
    )
    text = {"type": "string", "minLength": 1, "maxLength": 255}
    return {"name": KEY.title(), "in": "header", "description": about, "schema": text}


def _keyed(row: Operation) -> bool:
    return "idempotency-key-invalid" in row.problems


def _success(row: Operation) -> Schema:
    headers = dict(_HEADERS)
    if _keyed(row):
        headers[REPLAYED] = {
            "description": "Present when an earlier request with this key made the message.",
            "schema": {"const": "true"},
        }
    described: Schema = {"description": row.summary, "headers": headers}
    if row.answer:
        described["content"] = {JSON: {"schema": _ref(row.answer)}}
    return described


def _refusals(slugs: Iterable[str]) -> Mapping[str, Schema]:
    shared = _shared()
    return {
        str(status): {"$ref": f"#/components/responses/{_name(status)}"}
        if named == shared.get(status)
        else _refusal(status, named)
        for status, named in _by_status(slugs).items()
    }


def _shared() -> Mapping[int, list[str]]:
    """Give the answers that operations have in common, written once."""
    return _by_status((*_AUTHENTICATED, "not-found"))


def _by_status(slugs: Iterable[str]) -> Mapping[int, list[str]]:
    statuses: defaultdict[int, list[str]] = defaultdict(list)
    for slug in slugs:
        statuses[KINDS[slug].status].append(slug)
    return dict(sorted(statuses.items()))


def _name(status: int) -> str:
    return HTTPStatus(status).name.title().replace("_", "")


def _refusal(status: int, slugs: list[str]) -> Schema:
    headers = dict(_HEADERS)
    if status == 401:
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}}
    if status in (429, 503):
        headers["Retry-After"] = {"schema": {"type": "integer"}}
    schema = {"allOf": [_ref(ProblemAnswer), {"properties": {"code": {"enum": slugs}}}]}
    return {
        "description": " ".join(f"`{slug}`: {KINDS[slug].title}." for slug in slugs),
        "headers": headers,
        "content": {PROBLEM: {"schema": schema}},
    }


def _scheme() -> Schema:
    return {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "rlv_live_… or rlv_test_…",
        "description": "An API key. Messages of test keys only ever reach sandbox carriers.",
    }


def _ref(model: type) -> Schema:
    return {"$ref": _REF.format(model=model.__name__)}


def _schemas() -> Schema:
    rows = [row for row in table() if isinstance(row, Operation)]
    asked = {row.request: None for row in rows if row.request}
    answered = {row.answer: None for row in rows if row.answer} | {ProblemAnswer: None}
    _, schema = models_json_schema(
        [
            *((model, "validation") for model in asked),
            *((model, "serialization") for model in answered),
        ],
        ref_template=_REF,
    )
    return dict(sorted(schema["$defs"].items()))
