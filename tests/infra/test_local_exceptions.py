from infra.config import STAGES
from tests.infra.conftest import Synthesised, named
from tools import layers


def test_only_the_local_stage_has_exceptions() -> None:
    assert [name for name, stage in STAGES.items() if stage.local] == ["local"]


def test_queues_demand_tls(aws_stage: Synthesised, every_stage: dict[str, Synthesised]) -> None:
    queues = aws_stage.of_type("AWS::SQS::Queue")
    policies = aws_stage.of_type("AWS::SQS::QueuePolicy").values()
    secure = [p for p in policies if "aws:SecureTransport" in named(p)]

    assert len(secure) == len(queues)
    assert not every_stage["local"].of_type("AWS::SQS::QueuePolicy")


def test_stacks_are_deployed_by_the_bootstrap_roles(aws_stage: Synthesised) -> None:
    for stack in aws_stage.stacks.values():
        assert "BootstrapVersion" in stack["Parameters"]


def test_stream_records_are_tried_for_hours(aws_stage: Synthesised) -> None:
    (mapping,) = [m for source, m in aws_stage.mappings().items() if "Messages" in source]

    assert mapping["MaximumRecordAgeInSeconds"] >= 3600


def test_layers_hold_wheels_of_the_lambda_runtime(aws_stage: Synthesised) -> None:
    built = layers.dependencies(layers.AWS)
    compiled = {path.suffixes[0] for path in built.rglob("*.so")}

    assert compiled == {".cpython-313-aarch64-linux-gnu"}
    assert all(f["Architectures"] == ["arm64"] for f in aws_stage.functions().values())
    assert all(f["Runtime"] == "python3.13" for f in aws_stage.functions().values())


def test_time_outs_are_those_of_the_design(aws_stage: Synthesised) -> None:
    assert {name: f["Timeout"] for name, f in aws_stage.functions().items()} == {
        "accept": 10,
        "render": 50,
        "route": 3,
        "dispatch": 12,
        "dlr": 10,
        "watch": 50,
        "events": 30,
        "notify": 30,
    }
