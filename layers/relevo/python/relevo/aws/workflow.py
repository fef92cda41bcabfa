"""Start the delivery of a batch and wait for its end; at most once, so no second attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from relevo import wire
from relevo.aws.queues import body
from relevo.domain.message import Head
from relevo.ports.messages import WorkflowFailed

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressWorkflow:
    client: "SFNClient"
    arn: str

    def run(self, heads: Sequence[Head]) -> None:
        """Wait for the whole delivery; the due items left before make up for a failure."""
        heads_only = body({"heads": [wire.head_to_item(head) for head in heads]})
        try:
            answer = self.client.start_sync_execution(stateMachineArn=self.arn, input=heads_only)
        except (BotoCoreError, ClientError) as error:
            raise WorkflowFailed(type(error).__name__) from None
        if answer["status"] != "SUCCEEDED":
            # The cause may quote a payload; the error is a name like States.Timeout.
            raise WorkflowFailed(f"{answer['status']} {answer.get('error', '')}".rstrip())
