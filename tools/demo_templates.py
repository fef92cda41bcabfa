"""The templates of the demo account, read from demo_templates.yaml and saved through the API."""

from pathlib import Path
from typing import Any, Final

import yaml

from tools import say
from tools.client import Client

FILE: Final = Path(__file__).with_suffix(".yaml")
TEMPLATES: Final = "/api/v1/templates"


def demo_templates() -> list[dict[str, Any]]:
    """Give the templates as the API takes them."""
    return list(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def save(client: Client) -> None:
    """Save them; one that is there already gets a further version only if it changed."""
    for template in demo_templates():
        answer = client.call("POST", TEMPLATES, template)
        if answer.status == 409:
            whole = {name: value for name, value in template.items() if name != "id"}
            answer = client.call("PUT", f"{TEMPLATES}/{template['id']}", whole)
        if answer.status not in (200, 201):
            say.fail(f"the demo template {template['id']} was not saved: {answer.body}")
