"""The templates of the demo account, read from demo_templates.yaml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from relevo.domain.template_check import check, refusal
from relevo.domain.templates import Template, Variable, VariableType
from relevo.domain.words import TrafficClass

FILE: Final = Path(__file__).with_suffix(".yaml")


def demo_templates() -> tuple[Template, ...]:
    """Give the templates in their first version; raises Problem if one could not be saved."""
    templates = tuple(map(_template, yaml.safe_load(FILE.read_text(encoding="utf-8"))))
    for template in templates:
        if (problem := refusal(check(template))) is not None:
            raise problem
    return templates


def _template(written: Mapping[str, Any]) -> Template:
    return Template(
        id=written["id"],
        version=1,
        category=TrafficClass(written["category"]),
        default_language=written["defaultLanguage"],
        variants=written["variants"],
        variables=tuple(map(_variable, written["variables"])),
        signature=written["signature"],
    )


def _variable(written: Mapping[str, Any]) -> Variable:
    bounds = {"max_length": written["maxLength"]} if "maxLength" in written else {}
    return Variable(name=written["name"], type=VariableType(written["type"]), **bounds)
