"""Styles and scripts of the pages: ours, and Swagger UI as Powertools brings it along."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from relevo.api.http import Call, Reply
from relevo.api.portal.serving import FOREVER, digest, served
from relevo.domain.problem import Problem

_MEDIA: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_OURS: Final = Path(__file__).parent / "static"
_OTHERS: Final = {
    "swagger-ui.css": "swagger-ui.min.css",
    "swagger-ui.js": "swagger-ui-bundle.min.js",
}


@cache
def addresses() -> Mapping[str, str]:
    """Give the name each asset is served by: it changes with the content, so it can be kept."""
    ours = [path.name for path in sorted(_OURS.iterdir())]
    return {name: _address(name) for name in (*ours, *_OTHERS)}


def asset(call: Call, named: Mapping[str, str]) -> Reply:
    """Serve an asset by its present address."""
    for name, address in addresses().items():
        if address == named["asset"]:
            return served(_body(name), _MEDIA[name.rpartition(".")[2]], call, kept=FOREVER)
    raise Problem("not-found")


def _address(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    return f"{stem}.{digest(_body(name))}.{kind}"


@cache
def _body(name: str) -> bytes:
    if name not in _OTHERS:
        return (_OURS / name).read_bytes()
    folder = files("aws_lambda_powertools") / "event_handler" / "openapi" / "swagger_ui"
    return (folder / _OTHERS[name]).read_bytes()
