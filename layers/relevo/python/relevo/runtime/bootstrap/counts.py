"""What is counted: carriers' health for routing, and telemetry for analysts."""

from relevo.aws.health import DynamoHealth
from relevo.aws.telemetry import DynamoTelemetry
from relevo.runtime.bootstrap import parts


def health() -> DynamoHealth:
    return DynamoHealth(
        client=parts.clients().dynamodb, table=parts.settings().routes_table, clock=parts.now
    )


def telemetry() -> DynamoTelemetry:
    return DynamoTelemetry(
        client=parts.clients().dynamodb, table=parts.settings().routes_table, clock=parts.now
    )
