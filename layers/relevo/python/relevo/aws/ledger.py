"""What the sandbox carriers were handed, for tests to count: one item a submit, repeats too."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relevo.aws import keys
from relevo.aws.codec import Item, encode
from relevo.domain.message import split_attempt_id
from relevo.domain.timing import DAY, Millis
from relevo.ports.basics import Draw
from relevo.ports.carriers import Submission

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoLedger:
    """Never the number; the text only where `keep_text` says that the stage is for tests."""

    client: "DynamoDBClient"
    table: str
    keep_text: bool = False
    kept: Millis = 2 * DAY
    draw: Draw = secrets.token_bytes

    def note(self, submission: Submission, carrier: str, at: Millis) -> None:
        named = split_attempt_id(submission.reference)
        message_id = named[0] if named else submission.reference
        item: Item = {
            **keys.ledger(message_id, submission.reference, carrier, at, self.draw(4).hex()),
            "reference": submission.reference,
            "carrier": carrier,
            "at": at,
            "ttl": keys.ttl(at + self.kept),
            "v": 1,
        }
        if self.keep_text:
            item["text"] = submission.text
        self.client.put_item(TableName=self.table, Item=encode(item))
