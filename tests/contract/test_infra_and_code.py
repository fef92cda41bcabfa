"""Infrastructure and code import nothing of each other; what they must agree on is compared."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra import config
from relevo.domain import timing
from relevo.domain.timing import SECOND

ASL: dict[str, Any] = json.loads(Path("infra/workflows/delivery.asl.json").read_text())


def test_the_workflow_ends_when_the_code_says_so() -> None:
    assert ASL["TimeoutSeconds"] * SECOND == timing.WORKFLOW


def test_the_workflow_makes_as_many_rounds_as_the_ladder_counts() -> None:
    assert f'"NumericLessThan": {timing.DISPATCH_ROUNDS}' in json.dumps(ASL)


@pytest.mark.parametrize("stage", config.STAGES.values(), ids=lambda stage: stage.name)
@pytest.mark.parametrize(
    ("function", "span"), [("dispatch", timing.DISPATCH), ("render", timing.RENDER)]
)
def test_functions_end_when_the_ladder_says_so(
    stage: config.StageConfig, function: str, span: int
) -> None:
    assert stage.timeout(function) * SECOND == span


def test_on_aws_a_class_queue_hides_messages_as_long_as_the_ladder_says() -> None:
    assert config.PROD.visibility("render") * SECOND == timing.VISIBILITY
