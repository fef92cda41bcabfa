"""The public pages: the OpenAPI document, and Swagger UI with everything it needs inlined."""

import json
from functools import cache
from importlib.resources import files
from typing import Final

from relevo.api.http import HTML, Reply

_ASSETS: Final = "event_handler/openapi/swagger_ui"
_POLICY: Final = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; "
    "script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Relevo API</title>
<style>%(style)s</style>
</head>
<body>
<div id="ui"></div>
<script>%(script)s</script>
<script>SwaggerUIBundle({dom_id: "#ui", deepLinking: true, spec: %(spec)s});</script>
</body>
</html>
"""


@cache
def specification() -> Reply:
    """Give the document, made at the first request for it."""
    # Not at the top: it is generated from the table that this page stands in.
    from relevo.api.openapi import document  # noqa: PLC0415

    return Reply(body=json.dumps(document(), ensure_ascii=False))


@cache
def docs() -> Reply:
    # Powertools brings Swagger UI along; its own page would cost the import of its resolver.
    assets = files("aws_lambda_powertools").joinpath(_ASSETS)
    page = _PAGE % {
        "style": assets.joinpath("swagger-ui.min.css").read_text("utf-8"),
        "script": assets.joinpath("swagger-ui-bundle.min.js").read_text("utf-8"),
        "spec": specification().body.replace("</", "<\\/"),
    }
    return Reply(body=page, media=HTML, headers={"Content-Security-Policy": _POLICY})
