"""The public pages: the description of the API, for programs and for people."""

from typing import Final

from relevo.api.http import HTML, JSON
from relevo.api.portal import assets, errors, guides, reference
from relevo.api.rows import Page
from relevo.domain.problem import PAGES

ROWS: Final[tuple[Page, ...]] = (
    Page(
        path="/openapi.json",
        id="fetchSpecification",
        summary="This description.",
        media=JSON,
        read=reference.specification,
    ),
    Page(
        path="/docs",
        id="showDocs",
        summary="This description for people.",
        media=HTML,
        read=reference.reference,
    ),
    Page(
        path="/docs/quickstart",
        id="showQuickStart",
        summary="A first message in curl, Python and JavaScript.",
        media=HTML,
        read=guides.quickstart,
    ),
    Page(
        path="/docs/sandbox",
        id="showSandbox",
        summary="What the last digits of a number do with a test key.",
        media=HTML,
        read=guides.sandbox,
    ),
    Page(
        path=PAGES.rstrip("/"),
        id="listErrors",
        summary="Every problem the API may answer.",
        media=HTML,
        read=errors.index,
    ),
    Page(
        path=f"{PAGES}{{slug}}",
        id="showError",
        summary="What a problem means and what to do; its `type` leads here.",
        media=HTML,
        read=errors.one,
    ),
    Page(
        path="/docs/assets/{asset}",
        id="fetchAsset",
        summary="A style or a script of the pages.",
        media="*/*",
        read=assets.asset,
        listed=False,
    ),
)
