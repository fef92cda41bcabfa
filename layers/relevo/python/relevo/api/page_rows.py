"""The public pages: the description of the API, for programs and for people."""

from typing import Final

from relevo.api.docs import docs, specification
from relevo.api.http import HTML, JSON
from relevo.api.rows import Page

ROWS: Final[tuple[Page, ...]] = (
    Page(
        path="/openapi.json",
        id="fetchSpecification",
        summary="This description.",
        media=JSON,
        read=specification,
    ),
    Page(
        path="/docs",
        id="showDocs",
        summary="This description for people.",
        media=HTML,
        read=docs,
    ),
)
