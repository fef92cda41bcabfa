"""The AWS clients of a function: one session, made when first wanted, with our time-outs."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from botocore.config import Config
from botocore.session import Session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

CONNECT: Final = 0.5
READ: Final = 1.0
LOCAL_READ: Final = 4.0
"""An emulator shares two cores with everything it runs; AWS answers in milliseconds."""

WORKFLOW_READ: Final = 55.0
"""Longer than the workflow may run (45 s), or a delivery under way would look failed."""

ATTEMPTS: Final = 2

HASTY: Final = 0.25
"""For limits that fail open: a table that is slower holds nobody up."""


class Clients:
    """Lazy clients; `local` when AWS_ENDPOINT_URL points somewhere that is not AWS."""

    def __init__(self, *, local: bool = False, region: str | None = None) -> None:
        self._session = Session()
        self._local = local
        self._region = region

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return cast("DynamoDBClient", self._client("dynamodb", self._config()))

    @cached_property
    def hasty(self) -> "DynamoDBClient":
        """DynamoDB for what messages do not depend on: asked once, and not for long."""
        return cast("DynamoDBClient", self._client("dynamodb", self._in_haste()))

    @cached_property
    def hasty_sqs(self) -> "SQSClient":
        """SQS for the same."""
        return cast("SQSClient", self._client("sqs", self._in_haste()))

    @cached_property
    def sqs(self) -> "SQSClient":
        return cast("SQSClient", self._client("sqs", self._config()))

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        return cast("SecretsManagerClient", self._client("secretsmanager", self._config()))

    @cached_property
    def stepfunctions(self) -> "SFNClient":
        # StartSyncExecution goes to a host of its own (sync-…) that only AWS has, and a second
        # attempt would start the same delivery twice.
        config = self._config(read=WORKFLOW_READ, attempts=1)
        if self._local:
            config = config.merge(Config(inject_host_prefix=False))
        return cast("SFNClient", self._client("stepfunctions", config))

    def _in_haste(self) -> Config:
        return self._config(read=HASTY, attempts=1).merge(Config(connect_timeout=HASTY))

    def _client(self, service: str, config: Config) -> Any:
        return self._session.create_client(service, region_name=self._region, config=config)

    def _config(self, *, read: float = READ, attempts: int = ATTEMPTS) -> Config:
        return Config(
            connect_timeout=CONNECT,
            read_timeout=max(read, LOCAL_READ) if self._local else read,
            retries={"total_max_attempts": attempts, "mode": "standard"},
            tcp_keepalive=True,
            max_pool_connections=16,
            # Our own code builds the parameters, and its tests check them; worth a sixth of a call.
            parameter_validation=False,
            user_agent="relevo",
        )
