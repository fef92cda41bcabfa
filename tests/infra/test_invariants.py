import json

import pytest

from infra.config import STAGES
from infra.constructs.delivery_workflow import DEFINITION
from tests.infra.conftest import Synthesised, named

CLASSES = ("otp", "transactional", "marketing")
FUNCTIONS = {"accept", "render", "route", "dispatch", "dlr", "watch", "events", "notify"}
PARKED = ("eventsdlq", "failedbatches")
LEASE = 20  # relevo.domain.timing, which infrastructure does not import
WAITS = 5  # seconds a workflow may wait in all


def workflow() -> dict[str, object]:
    read: dict[str, object] = json.loads(DEFINITION.read_text())
    return read


def test_every_queue_has_a_dead_letter_queue_unless_it_is_one(stage: Synthesised) -> None:
    queues = stage.of_type("AWS::SQS::Queue")
    targets = " ".join(named(q["Properties"].get("RedrivePolicy")) for q in queues.values())
    ends = [name for name, q in queues.items() if "RedrivePolicy" not in q["Properties"]]

    assert len(queues) == 15
    assert all(name in targets or any(place in name for place in PARKED) for name in ends)
    assert all(
        q["Properties"]["RedrivePolicy"]["maxReceiveCount"] >= 5
        for q in queues.values()
        if "RedrivePolicy" in q["Properties"]
    )


def test_a_message_stays_hidden_six_times_as_long_as_its_consumer_may_run(
    aws_stage: Synthesised,
) -> None:
    functions = aws_stage.of_type("AWS::Lambda::Function")
    queues = aws_stage.of_type("AWS::SQS::Queue")

    for source, mapping in aws_stage.mappings().items():
        if "Queues" not in source:
            continue
        queue = next(q for name, q in queues.items() if name in source)
        alias = named(mapping["FunctionName"])
        consumer = next(f for f in functions.values() if owner(f) in alias)
        limit = 6 * consumer["Properties"]["Timeout"]
        assert queue["Properties"]["VisibilityTimeout"] >= limit


def owner(function: dict[str, dict[str, dict[str, dict[str, str]]]]) -> str:
    return function["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] + "Live"


def test_mappings_report_single_failures_and_are_bounded(stage: Synthesised) -> None:
    for source, mapping in stage.mappings().items():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        if "Queues" in source:
            assert mapping["BatchSize"] == 10
            assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_the_stream_mapping_halves_and_parks_what_fails(stage: Synthesised) -> None:
    (mapping,) = [m for source, m in stage.mappings().items() if "Messages" in source]

    assert mapping["BisectBatchOnFunctionError"] is True
    assert "failedbatches" in named(mapping["DestinationConfig"]["OnFailure"])
    assert mapping["MaximumRecordAgeInSeconds"] >= 60
    assert mapping["MaximumRetryAttempts"] == 10


def test_every_function_has_its_own_role_alias_and_log_retention(stage: Synthesised) -> None:
    functions = stage.functions()
    roles = [named(f["Role"]) for f in functions.values()]
    groups = [named(f["LoggingConfig"]["LogGroup"]) for f in functions.values()]
    aliases = stage.of_type("AWS::Lambda::Alias")

    assert set(functions) == FUNCTIONS
    assert len(set(roles)) == len(set(groups)) == len(functions)
    assert {a["Properties"]["Name"] for a in aliases.values()} == {"live"}
    assert len(aliases) == len(functions)
    assert all(f["LoggingConfig"]["LogFormat"] == "JSON" for f in functions.values())
    for group in stage.of_type("AWS::Logs::LogGroup").values():
        assert group["Properties"]["RetentionInDays"] > 0


def test_functions_are_called_by_alias_only(stage: Synthesised) -> None:
    for mapping in stage.mappings().values():
        assert "Live" in named(mapping["FunctionName"])
    for rule in stage.of_type("AWS::Events::Rule").values():
        assert all("Live" in named(target["Arn"]) for target in rule["Properties"]["Targets"])
    for integration in stage.of_type("AWS::ApiGatewayV2::Integration").values():
        assert "Live" in named(integration["Properties"]["IntegrationUri"])
    (machine,) = stage.of_type("AWS::StepFunctions::StateMachine").values()
    for arn in machine["Properties"]["DefinitionSubstitutions"].values():
        assert "Live" in named(arn)


def test_tables_are_recoverable_encrypted_with_our_keys_and_forget(stage: Synthesised) -> None:
    tables = stage.of_type("AWS::DynamoDB::Table")

    assert len(tables) == 6
    for name, table in tables.items():
        properties = table["Properties"]
        assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert properties["BillingMode"] == "PAY_PER_REQUEST"
        assert properties["TimeToLiveSpecification"]["AttributeName"] == "ttl"
        key = "KeysContent" if "Content" in name else "KeysData"
        assert key in named(properties["SSESpecification"]["KMSMasterKeyId"])
        assert ("StreamSpecification" in properties) == ("Messages" in name)


def test_production_keeps_its_data_whatever_happens_to_the_stack(
    every_stage: dict[str, Synthesised],
) -> None:
    prod = every_stage["prod"]
    kept = (
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    )
    for resource in prod.stacks["Data"]["Resources"].values():
        if resource["Type"] in kept:
            assert resource["DeletionPolicy"] == "Retain"
            assert resource["UpdateReplacePolicy"] == "Retain"
    for table in prod.of_type("AWS::DynamoDB::Table").values():
        assert table["Properties"]["DeletionProtectionEnabled"] is True


def test_what_may_run_at_once_fits_the_account(stage: Synthesised) -> None:
    """From the templates: (1 + k) x classes + events + notify + watch."""
    mappings = stage.mappings()
    bound = {
        queue: mapping["ScalingConfig"]["MaximumConcurrency"]
        for source, mapping in mappings.items()
        for queue in (*CLASSES, "webhook", "nudge", "receipts", "eventsdlq")
        if f"Queues{queue}" in source
    }
    groups = workflow()["States"]["Groups"]  # type: ignore[index]
    k = groups["MaxConcurrency"]
    (stream,) = [m for source, m in mappings.items() if "Messages" in source]
    config = STAGES[stage.stage].concurrency
    events = config.stream_shards * stream["ParallelizationFactor"] + bound["eventsdlq"]
    watch = bound["nudge"] + 1
    functions = stage.functions()
    reserved = [functions[f].get("ReservedConcurrentExecutions", 0) for f in ("accept", "dlr")]

    demanded = (1 + k) * sum(bound[one] for one in CLASSES) + events + bound["webhook"] + watch

    assert k == 3
    assert demanded == config.demanded()
    assert demanded <= config.account - sum(reserved)
    if stage.stage != "local":
        assert all(reserved)
        assert bound["receipts"] <= reserved[1]
        assert config.account - sum(reserved) >= 100, "AWS keeps 100 unreserved"


def test_the_ladder_of_time_outs_holds(aws_stage: Synthesised) -> None:
    """Each step ends before the one that waits for it."""
    timeout = {name: f["Timeout"] for name, f in aws_stage.functions().items()}
    limit = int(str(workflow()["TimeoutSeconds"]))
    queues = aws_stage.of_type("AWS::SQS::Queue")
    hidden = [
        q["Properties"]["VisibilityTimeout"]
        for name, q in queues.items()
        if any(f"Queues{one}" in name for one in CLASSES) and "dlq" not in name
    ]

    assert timeout["dispatch"] < LEASE
    assert 3 * timeout["dispatch"] + WAITS + timeout["route"] < limit < timeout["render"]
    assert hidden == [300, 300, 300]
    assert timeout["render"] < 300


def test_the_access_log_names_no_path_and_no_query(stage: Synthesised) -> None:
    (api,) = stage.of_type("AWS::ApiGatewayV2::Stage").values()
    written = api["Properties"]["AccessLogSettings"]["Format"]

    for leak in ("path", "query", "identity", "sourceIp", "userAgent", "authorizer", "protocol"):
        assert leak not in written
    assert "$context.routeKey" in written


def test_carriers_have_a_throttle_of_their_own(stage: Synthesised) -> None:
    (api,) = stage.of_type("AWS::ApiGatewayV2::Stage").values()
    routes = {
        r["Properties"]["RouteKey"] for r in stage.of_type("AWS::ApiGatewayV2::Route").values()
    }

    assert routes == {"$default", "ANY /carriers/{proxy+}"}
    assert set(api["Properties"]["RouteSettings"]) == {"ANY /carriers/{proxy+}"}
    assert api["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0


def test_the_workflow_is_express_and_writes_no_data_into_its_log(stage: Synthesised) -> None:
    (machine,) = stage.of_type("AWS::StepFunctions::StateMachine").values()

    assert machine["Properties"]["StateMachineType"] == "EXPRESS"
    assert machine["Properties"]["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_the_workflow_retries_the_platform_only_and_never_a_task() -> None:
    text = DEFINITION.read_text()

    assert "TaskFailed" not in text
    assert text.count('"MaxAttempts": 2') == 2


def test_layers_decide_versions(stage: Synthesised) -> None:
    """Without the flag an alias would keep old code when only a layer changes."""
    flags = json.loads((DEFINITION.parents[2] / "cdk.json").read_text())["context"]

    assert flags["@aws-cdk/aws-lambda:recognizeLayerVersion"] is True
    assert all(len(f["Layers"]) == 2 for f in stage.functions().values())


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::KMS::Key"])
def test_nothing_that_holds_data_lives_in_the_service_stack(
    every_stage: dict[str, Synthesised], kind: str
) -> None:
    service = every_stage["prod"].stacks["Service"]["Resources"].values()

    assert not [resource for resource in service if resource["Type"] == kind]


def test_the_time_of_each_minute_wakes_watch(stage: Synthesised) -> None:
    rules = [rule["Properties"] for rule in stage.of_type("AWS::Events::Rule").values()]
    (watched,) = [rule for rule in rules if "ScheduleExpression" in rule]

    assert watched["ScheduleExpression"] == "rate(1 minute)"
    assert "watch" in named(watched["Targets"])


def test_receipts_that_the_cloud_itself_states_reach_dlr(stage: Synthesised) -> None:
    rules = [rule["Properties"] for rule in stage.of_type("AWS::Events::Rule").values()]
    (stated,) = [rule for rule in rules if "EventPattern" in rule]

    assert stated["EventPattern"] == {"source": ["aws.sms-voice"]}
    assert "dlr" in named(stated["Targets"])


def test_what_clients_and_carriers_wait_for_starts_from_a_snapshot_in_production(
    stage: Synthesised,
) -> None:
    started = {name for name, properties in stage.functions().items() if "SnapStart" in properties}

    assert started == ({"accept", "dlr"} if stage.stage == "prod" else set())
