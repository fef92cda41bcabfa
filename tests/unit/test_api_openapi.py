"""openapi.json: valid, generated, complete."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from openapi_spec_validator import validate

from relevo.api.openapi import document, problems_of
from relevo.api.portal import described
from relevo.api.routes import table
from relevo.api.rows import Operation
from relevo.domain.problem import KINDS
from tests.front import Front

ROOT = Path(__file__).parents[2]
NOT_BUILT = {
    "idempotency-key-missing",  # batch
    "invalid-signature",  # signed requests
    "stale-timestamp",
    "wrong-environment",
    "abnormal-usage-detected",
}


def test_the_committed_file_is_what_the_code_says() -> None:
    committed = (ROOT / "openapi.json").read_text(encoding="utf-8")

    assert json.loads(committed) == document(), "run `make openapi` and commit openapi.json"


def test_it_is_openapi_3_1() -> None:
    assert document()["openapi"] == "3.1.0"
    validate(document())


def test_operations_carry_the_names_of_the_contract() -> None:
    ids = [row.id for row in table()]

    assert {"sendMessage", "checkStatus", "fetchBalance"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_every_problem_is_documented_somewhere_or_not_built() -> None:
    documented = {
        slug for row in table() if isinstance(row, Operation) for slug in problems_of(row)
    }

    assert documented | NOT_BUILT | {"method-not-allowed"} == set(KINDS)
    assert not documented & NOT_BUILT


def test_every_schema_is_used() -> None:
    written = json.dumps(document())

    for name in document()["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in written, name


def test_it_is_served() -> None:
    answer = Front().call("GET", "/openapi.json", key=None)

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json == document()


def loaded(statement: str) -> set[str]:
    """Import in a bare interpreter; give the modules that came along."""
    path = str(ROOT / "layers" / "relevo" / "python")
    code = f"import sys; sys.path.insert(0, {path!r}); {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_hot_path_imports_neither_powertools_nor_the_document() -> None:
    modules = loaded("import relevo.api.app")
    unwanted = {"aws_lambda_powertools", "boto3", "botocore", "jinja2", "yaml"}
    unwanted |= {"relevo.api.openapi", "relevo.api.portal"}

    assert "pydantic" in modules
    assert modules & unwanted == set()


DOCUMENT = document()
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
EVERY = pytest.mark.parametrize("operation", [one for _, one in OPERATIONS], ids=dict(OPERATIONS))


def schema_error(schema: dict[str, Any], value: Any) -> str | None:
    """Why the value is not of that schema, if it is not."""
    rooted = {**schema, "components": DOCUMENT["components"]}
    found = jsonschema.Draft202012Validator(rooted).iter_errors(value)
    return next((f"{error.json_path}: {error.message}" for error in found), None)


@EVERY
def test_an_operation_is_described(operation: dict[str, Any]) -> None:
    about = described.told(operation["operationId"]).about
    where = f"{operation['operationId']} in {described._FILE.name}"

    assert operation["summary"].endswith("."), where
    assert about.endswith("."), where
    assert operation["description"].startswith(about), where
    assert about != operation["summary"], where
    assert operation["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"]}, where


@EVERY
def test_every_parameter_is_described(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        assert parameter["description"].endswith("."), parameter["name"]
        if parameter["in"] != "header":
            assert "example" in parameter, parameter["name"]


@EVERY
def test_a_body_has_examples_that_fit(operation: dict[str, Any]) -> None:
    if "requestBody" not in operation:
        return
    body = operation["requestBody"]["content"]["application/json"]

    assert body["examples"]
    for example in body["examples"].values():
        assert schema_error(body["schema"], example["value"]) is None


@EVERY
def test_an_answer_has_an_example_that_fits(operation: dict[str, Any]) -> None:
    answers = [one for status, one in operation["responses"].items() if status.startswith("2")]
    content = answers[0].get("content", {}).get("application/json")

    assert len(answers) == 1
    if content is not None and "$ref" in content["schema"]:
        assert "example" in content, f"{operation['operationId']} in {described._FILE.name}"
        assert schema_error(content["schema"], content["example"]) is None


@EVERY
def test_every_refusal_has_an_example_of_each_problem(operation: dict[str, Any]) -> None:
    refusals = {
        status: one
        for status, one in operation["responses"].items()
        if status.startswith(("4", "5"))
    }

    assert refusals
    if operation["security"]:
        assert {"401", "403", "500", "503"} <= refusals.keys()
    for status, one in refusals.items():
        content = resolved(one)["content"]["application/problem+json"]
        slugs = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
        assert list(content["examples"]) == slugs
        for example in map(resolved, content["examples"].values()):
            assert example["value"]["status"] == int(status)
            assert schema_error(content["schema"], example["value"]) is None


def resolved(found: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in found:
        return found
    kind, name = found["$ref"].split("/")[-2:]
    inner: dict[str, Any] = DOCUMENT["components"][kind][name]
    return inner


def test_every_field_of_a_message_is_described() -> None:
    fields = DOCUMENT["components"]["schemas"]["SendMessage"]["properties"]

    assert set(described.fields("SendMessage")) == set(fields)


def test_nothing_is_described_that_is_not_there() -> None:
    ids = {operation["operationId"] for _, operation in OPERATIONS}
    names = {parameter["name"] for _, one in OPERATIONS for parameter in one.get("parameters", ())}

    assert set(described._told()) == ids
    assert set(described._read()["parameters"]) <= names


def test_an_operation_that_nobody_described_yet_is_shown_all_the_same() -> None:
    assert described.told("somethingNew").tag == "More"
