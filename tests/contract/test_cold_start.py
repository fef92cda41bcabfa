"""A function as Lambda loads it, in an interpreter of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra import config, grants
from tests.integration.shapes import environment

ROOT = Path(__file__).parents[2]
LOADED = """
import gc, runpy
runpy.run_path("functions/{name}/handler.py", run_name="handler")
print(gc.isenabled(), gc.get_freeze_count() > 10_000)
"""


@pytest.mark.parametrize("name", grants.FUNCTIONS)
def test_garbage_is_looked_for_once_everything_is_loaded_and_not_among_that(name: str) -> None:
    urls = {queue: f"https://sqs/{queue}" for queue in grants.QUEUES}
    env = {
        **os.environ,
        **environment(name, config.PROD, urls),
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "PYTHONPATH": "layers/relevo/python",
    }

    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(name=name)],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env=env,
        text=True,
    )

    assert done.stdout.split() == ["True", "True"]
