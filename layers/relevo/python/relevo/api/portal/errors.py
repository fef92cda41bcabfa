"""The pages of the catalogue of problems, which the `type` of every problem leads to."""

import json
from collections.abc import Iterator, Mapping

from relevo.api.http import Call, Reply
from relevo.api.portal.catalogue import entries
from relevo.api.portal.pages import page
from relevo.api.rows import Operation
from relevo.domain.problem import Problem


def index(call: Call, _: Mapping[str, str]) -> Reply:
    return page("errors.html", call, entries=tuple(entries().values()))


def one(call: Call, named: Mapping[str, str]) -> Reply:
    entry = entries().get(named["slug"])
    if entry is None:
        raise Problem("not-found")
    example = json.dumps(entry.body(call.base), ensure_ascii=False, indent=2)
    answered = tuple(_answering(entry.slug))
    return page("error.html", call, entry=entry, example=example, answered=answered)


def _answering(slug: str) -> Iterator[Operation]:
    # Not at the top: the document is generated from the table that these pages stand in.
    from relevo.api.openapi import problems_of  # noqa: PLC0415
    from relevo.api.routes import table  # noqa: PLC0415

    for row in table():
        if isinstance(row, Operation) and slug in problems_of(row):
            yield row
