"""The document for readers: words and examples beside the shapes that the code generates."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from relevo.api.http import JSON, PROBLEM
from relevo.api.portal import described
from relevo.api.portal.catalogue import entries

Schema: TypeAlias = dict[str, Any]

BASE: Final = "https://api.example.com"
_EXAMPLE: Final = "#/components/examples/{slug}"


def annotate(document: Schema) -> None:
    """Add what a reader needs: parts, descriptions, a request and an answer of everything."""
    document["tags"] = described.tags()
    for operation in _operations(document):
        _tell(operation)
    for response in _responses(document):
        _exemplify_problems(response)
    for name, schema in document["components"]["schemas"].items():
        _describe_fields(name, schema)
    document["components"]["examples"] = {
        slug: {"summary": entry.problem.title, "value": entry.body(BASE)}
        for slug, entry in entries().items()
    }


def _operations(document: Schema) -> Iterator[Schema]:
    for path in document["paths"].values():
        yield from path.values()


def _responses(document: Schema) -> Iterator[Schema]:
    yield from document["components"]["responses"].values()
    for operation in _operations(document):
        yield from operation["responses"].values()


def _tell(operation: Schema) -> None:
    told = described.told(operation["operationId"])
    operation["tags"] = [told.tag]
    scope = operation.get("description", "")
    operation["description"] = "\n\n".join(filter(None, (told.about, scope)))
    for parameter in operation.get("parameters", ()):
        _describe(parameter)
    if told.requests:
        body = operation["requestBody"]["content"][JSON]
        body["examples"] = {name: {"value": value} for name, value in told.requests.items()}
    if told.answer is not None:
        _success(operation)["content"][JSON]["example"] = told.answer


def _describe(parameter: Schema) -> None:
    # What the code says about a parameter is nearer to the truth than what is said beside it.
    parameter |= {**described.parameter(parameter["name"]), **parameter}


def _success(operation: Schema) -> Schema:
    responses: Schema = operation["responses"]
    found: Schema = next(responses[status] for status in responses if status.startswith("2"))
    return found


def _exemplify_problems(response: Schema) -> None:
    content = response.get("content", {}).get(PROBLEM)
    if content is None:
        return
    slugs = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
    content["examples"] = {slug: {"$ref": _EXAMPLE.format(slug=slug)} for slug in slugs}


def _describe_fields(model: str, schema: Schema) -> None:
    for name, about in described.fields(model).items():
        schema["properties"][name]["description"] = about
