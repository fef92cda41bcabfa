"""What a row of the table of everything served says: an operation with its scope, or a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from relevo.api.answers import Answer
from relevo.api.auth import Scope
from relevo.api.http import Call, Reply
from relevo.api.operations import Asked, Services
from relevo.api.schemas import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One row; `problems` are those of its own, beside what every operation may answer.

    `query` names the parameters it reads of the query; without `answer` there is no body.
    """

    method: str
    path: str
    id: str
    summary: str
    scope: Scope
    run: Callable[[Services, Asked], Reply]
    answer: type[Answer] | None
    request: type[Request] | None = None
    query: tuple[str, ...] = ()
    status: int = 200
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One row that anybody may GET; `listed` is what OpenAPI describes."""

    path: str
    id: str
    summary: str
    media: str
    read: Callable[[Call, Mapping[str, str]], Reply]
    listed: bool = True
    method: str = "GET"


Row: TypeAlias = Operation | Page
