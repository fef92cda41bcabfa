"""Pages made from templates: escaped, with relative links, under a policy that lets nothing in."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from relevo.api.http import HTML, Call, Reply
from relevo.api.portal.assets import addresses
from relevo.api.portal.serving import ASK_AGAIN, served

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
_CODE: Final = re.compile("`([^`]+)`")


def page(template: str, call: Call, **context: object) -> Reply:
    """Render a page; `root` in it leads to the API, wherever it is mounted."""
    made = _environment().get_template(template)
    # Relative, because the emulator serves every API below a path of its own.
    root = "../" * (call.path.count("/") - 1) or "./"
    written = made.render(root=root, base=call.base, path=call.path, assets=addresses(), **context)
    return served(written.encode(), HTML, call, kept=ASK_AGAIN, headers=_HEADERS)


def marked(text: str) -> Markup:
    """Escape a text and show what stands in backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped here


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: Mapping[str, object] = {"marked": marked}
    made.filters.update(filters)
    return made
