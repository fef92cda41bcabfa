"""What wakes the functions behind the API: queue mappings and the stream of Messages."""

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_

from infra.config import StageConfig
from infra.constructs.queues import Queues
from infra.constructs.relevo_function import RelevoFunction
from infra.grants import Grants

BATCH = 10  # a workflow's unit, and the most that SQS hands over without a window


def wake_by_queues(
    function: RelevoFunction, granted: Grants, queues: Queues, stage: StageConfig
) -> None:
    """Failed messages come back alone; the bound of a queue bounds everything behind it."""
    for queue in granted.consumes:
        lambda_.EventSourceMapping(
            function,
            f"From-{queue}",
            target=function.alias,
            event_source_arn=queues.all[queue].queue_arn,
            batch_size=BATCH,
            report_batch_item_failures=True,
            max_concurrency=getattr(stage.concurrency, queue.replace("-", "_")),
        )


def wake_by_stream(
    function: RelevoFunction, table: dynamodb.Table, queues: Queues, stage: StageConfig
) -> None:
    """A batch that fails is halved, tried for a while, then parked; nothing waits for ever."""
    mapping = lambda_.EventSourceMapping(
        function,
        "From-messages",
        target=function.alias,
        event_source_arn=table.table_stream_arn,
        starting_position=lambda_.StartingPosition.TRIM_HORIZON,
        batch_size=stage.stream_batch,
        parallelization_factor=stage.concurrency.stream_parallelization,
        bisect_batch_on_error=True,
        report_batch_item_failures=True,
        retry_attempts=10,
        max_record_age=Duration.seconds(stage.stream_max_age()),
    )
    # The L2 destination would also grant, with wildcards; our table of grants has it already.
    made = mapping.node.default_child
    assert isinstance(made, lambda_.CfnEventSourceMapping)  # noqa: S101 - for the type checker
    made.destination_config = lambda_.CfnEventSourceMapping.DestinationConfigProperty(
        on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(
            destination=queues.failed_batches.queue_arn
        )
    )
