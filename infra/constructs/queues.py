"""The queues, each with its dead-letter queue, and where whole failed batches are parked."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import grants
from infra.config import StageConfig

KEEP = Duration.days(14)  # a dead letter waits for a person, so as long as SQS allows
KEY_REUSE = Duration.hours(1)


class Queues(Construct):
    """Working queues in `all`, their dead-letter queues in `dead`, parking places in `parked`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: StageConfig,
        key: kms.IKey,
        removal: RemovalPolicy,
    ) -> None:
        super().__init__(scope, name)
        self._key, self._removal = key, removal
        self._tls = stage.local.enforce_tls if stage.local else True
        self.dead: dict[str, sqs.Queue] = {}
        self.all = {
            queue: self._working(queue, stage, consumer=consumer)
            for consumer, granted in grants.GRANTS.items()
            for queue in granted.consumes
        }
        # Whole batches that Lambda gave up on.
        self.failed_batches = self._queue("failed-batches", retention_period=KEEP)
        self.parked = {"failed-batches": self.failed_batches}

    def _working(self, name: str, stage: StageConfig, *, consumer: str) -> sqs.Queue:
        self.dead[name] = self._queue(f"{name}-dlq", retention_period=KEEP)
        limit = sqs.DeadLetterQueue(
            queue=self.dead[name], max_receive_count=stage.max_receive_count
        )
        visibility = Duration.seconds(stage.visibility(consumer))
        return self._queue(
            name,
            visibility_timeout=visibility,
            retention_period=Duration.days(4),
            dead_letter_queue=limit,
        )

    def _queue(
        self,
        name: str,
        *,
        retention_period: Duration,
        visibility_timeout: Duration | None = None,
        dead_letter_queue: sqs.DeadLetterQueue | None = None,
    ) -> sqs.Queue:
        return sqs.Queue(
            self,
            name,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._key,
            data_key_reuse=KEY_REUSE,
            enforce_ssl=self._tls,
            removal_policy=self._removal,
            retention_period=retention_period,
            visibility_timeout=visibility_timeout,
            dead_letter_queue=dead_letter_queue,
        )
