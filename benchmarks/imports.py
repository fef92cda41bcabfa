"""What importing a handler costs, over botocore with one client: fresh interpreters, CPU time."""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Final

from infra import config, grants
from tests.integration.shapes import environment

ROOT: Final = Path(__file__).parents[1]
ROUNDS: Final = 7
MEASURED: Final = """
import time
{work}
print(time.process_time())
"""
BARE: Final = "pass"
BASE: Final = (
    "from botocore.session import Session\nSession().create_client('dynamodb', 'eu-west-1')"
)
HANDLER: Final = "import runpy\nrunpy.run_path('functions/{name}/handler.py', run_name='handler')"


def ratios(rounds: int = ROUNDS) -> dict[str, float]:
    """Give each handler's import over the base, both without the bare interpreter."""
    samples: defaultdict[str, list[float]] = defaultdict(list)
    works = {"bare": BARE, "base": BASE}
    works |= {name: HANDLER.format(name=name) for name in grants.FUNCTIONS}
    for turn in range(rounds + 1):
        for name, work in works.items():
            took = _cpu(name, work)
            if turn:  # the first round writes the byte code
                samples[name].append(took)
    medians = {name: median(taken) for name, taken in samples.items()}
    base = medians["base"] - medians["bare"]
    return {name: (medians[name] - medians["bare"]) / base for name in grants.FUNCTIONS}


def _cpu(name: str, work: str) -> float:
    env = {**os.environ, "AWS_DEFAULT_REGION": "eu-west-1", "PYTHONPATH": "layers/relevo/python"}
    if name in grants.GRANTS:
        urls = {queue: f"https://sqs/{queue}" for queue in (*grants.QUEUES, "events-dlq")}
        env |= {**environment(name, config.PROD, urls), "AWS_LAMBDA_FUNCTION_NAME": name}
    done = subprocess.run(
        [sys.executable, "-c", MEASURED.format(work=work)],
        check=True,
        capture_output=True,
        env=env,
        cwd=ROOT,
        text=True,
    )
    return float(done.stdout)
