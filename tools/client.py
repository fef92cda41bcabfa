"""A small client of the API, as any customer would write one."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

TIMEOUT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    base_url: str
    key: str

    def send(self, **fields: object) -> Answer:
        return self.call("POST", "/api/v1/messages/send", fields)

    def status(self, message_id: str) -> dict[str, Any]:
        return self.call("GET", f"/api/v1/messages/{message_id}/status").body

    def events(self, message_id: str) -> list[dict[str, Any]]:
        return list(self.call("GET", f"/api/v1/messages/{message_id}/events").body["data"])

    def call(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Make one request; a problem is an answer like any other."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        if data is not None:
            sent["Content-Type"] = "application/json"
        request = Request(f"{self.base_url}{path}", data=data, headers=sent, method=method)  # noqa: S310
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - our own address
                return _read(answer.status, dict(answer.headers), answer.read())
        except HTTPError as refusal:
            return _read(refusal.code, dict(refusal.headers), refusal.read())


def _read(status: int, headers: dict[str, str], raw: bytes) -> Answer:
    lowered = {name.lower(): value for name, value in headers.items()}
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        body = {"detail": raw.decode(errors="replace")}
    return Answer(status=status, headers=lowered, body=body)
