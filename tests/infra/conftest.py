import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tools import places

os.environ.setdefault("JSII_NODE", str(places.node_bin() / "node"))

STAGES = ("local", "dev", "prod")
AWS_STAGES = ("dev", "prod")


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesised:
    """The templates of one stage, and where they are on disk."""

    stage: str
    folder: Path
    stacks: dict[str, dict[str, Any]]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical id to resource, over all stacks."""
        return {
            name: resource
            for stack in self.stacks.values()
            for name, resource in stack["Resources"].items()
            if resource["Type"] == kind
        }

    def functions(self) -> dict[str, dict[str, Any]]:
        """Our functions by their own name."""
        found = {}
        for resource in self.of_type("AWS::Lambda::Function").values():
            properties = resource["Properties"]
            found[properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]] = properties
        return found

    def mappings(self) -> dict[str, dict[str, Any]]:
        """Event source mappings by the logical id of their source."""
        found = {}
        for resource in self.of_type("AWS::Lambda::EventSourceMapping").values():
            properties = resource["Properties"]
            found[named(properties["EventSourceArn"])] = properties
        return found

    def files(self) -> Iterator[Path]:
        yield from sorted(self.folder.glob("*.template.json"))


def named(reference: object) -> str:
    """What a reference points at, whichever way it crosses stacks."""
    return json.dumps(reference)


def synthesise(stage: str, folder: Path) -> Synthesised:
    from aws_cdk import App  # noqa: PLC0415 - starts Node, which only these tests need

    from infra.application import build  # noqa: PLC0415
    from infra.config import STAGES as KNOWN  # noqa: PLC0415

    context = json.loads((places.ROOT / "cdk.json").read_text())["context"]
    app = App(context=context, outdir=str(folder), analytics_reporting=False)
    build(app, KNOWN[stage])
    app.synth()  # raises on a cdk-nag finding that is not in the ledger
    stacks = {
        path.name.split(".")[0].rsplit("-", 1)[1]: json.loads(path.read_text())
        for path in folder.glob("*.template.json")
    }
    return Synthesised(stage=stage, folder=folder, stacks=stacks)


@pytest.fixture(scope="session")
def every_stage(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesised]:
    return {stage: synthesise(stage, tmp_path_factory.mktemp(stage)) for stage in STAGES}


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest, every_stage: dict[str, Synthesised]) -> Synthesised:
    return every_stage[request.param]


@pytest.fixture(params=AWS_STAGES)
def aws_stage(request: pytest.FixtureRequest, every_stage: dict[str, Synthesised]) -> Synthesised:
    return every_stage[request.param]
