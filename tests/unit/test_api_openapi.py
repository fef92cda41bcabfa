"""openapi.json: valid, generated, complete."""

import json
import subprocess
import sys
from pathlib import Path

from openapi_spec_validator import validate

from relevo.api.openapi import document, problems_of
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
