"""What is deployed starts: layers in a bare interpreter, handlers with the variables they get."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.infra.conftest import Synthesised
from tools import layers, places

PYTHON = places.EMULATOR_VENV / "bin" / "python"
USED = """
import sys
sys.path[:0] = sys.argv[1:]
import jinja2.sandbox, phonenumbers, pydantic
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
assert phonenumbers.is_valid_number(phonenumbers.parse("+34600123456"))
assert phonenumbers.region_code_for_number(phonenumbers.parse("+8613800138000")) == "CN"
assert jinja2.sandbox.SandboxedEnvironment().from_string("{{ a }}").render(a=1) == "1"
"""
START = """
import importlib.util, sys
sys.path[:0] = sys.argv[2:]
made = importlib.util.spec_from_file_location("handler", sys.argv[1])
module = importlib.util.module_from_spec(made)
made.loader.exec_module(module)
assert callable(module.handler)
"""


def test_the_dependencies_layer_is_complete_by_itself() -> None:
    folder = layers.dependencies(layers.HOST) / "python"

    # -I -S: no site-packages, no environment, nothing but the layer
    done = run("-I", "-S", "-c", USED, str(folder))

    assert done.returncode == 0, done.stderr


def test_layers_are_small() -> None:
    for target in layers.TARGETS:
        folder = layers.dependencies(target)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        assert size < 30_000_000


@pytest.mark.parametrize(
    "function", ["accept", "render", "route", "dispatch", "dlr", "watch", "events", "notify"]
)
def test_a_handler_starts_with_its_layers_and_the_variables_it_gets(
    every_stage: dict[str, Synthesised], function: str
) -> None:
    handler = places.ROOT / "functions" / function / "handler.py"
    path = [str(layers.dependencies(layers.HOST) / "python"), str(places.ROOT / RELEVO)]
    variables = every_stage["dev"].functions()[function]["Environment"]["Variables"]
    environment = {name: plain(value) for name, value in variables.items()}
    environment |= {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}

    done = run("-c", START, str(handler), *path, environment=environment)

    assert done.returncode == 0, done.stderr


RELEVO = Path("layers") / "relevo" / "python"


def plain(value: object) -> str:
    return value if isinstance(value, str) else f"ref-{abs(hash(json.dumps(value)))}"


def run(
    *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [str(PYTHON), "-B", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment or {}, cwd="/"
    )
