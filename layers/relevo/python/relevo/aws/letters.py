"""Messages opened for work: head, content and opt-out in one strongly consistent read."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from relevo import wire
from relevo.aws import keys
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import CONDITION_FAILED, batch_get, code_of, get_item
from relevo.aws.messages import readable
from relevo.aws.patience import PATIENCE, Patience
from relevo.domain.message import Content, Head
from relevo.ports.messages import Letter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoLetters:
    """`accounts_table` is None for roles that may not read opt-outs."""

    client: "DynamoDBClient"
    table: str
    content_table: str
    accounts_table: str | None = None
    patience: Patience = PATIENCE

    def read(self, heads: Mapping[str, Head | None], *, opt_outs: bool) -> Mapping[str, Letter]:
        """Open these messages; those that nobody stored or we cannot read are left out."""
        found = batch_get(self.client, self._wanted(heads, opt_outs=opt_outs), self.patience)
        contents = {item["id"]: item for item in found.get(self.content_table, ())}
        opted_out = {item["pk"] for item in found.get(self.accounts_table or "", ())}
        read = [readable(item) for item in found.get(self.table, ())]
        return {
            head.id: Letter(
                head=head,
                content=_content(contents.get(head.id)),
                opted_out=_pk(heads[head.id]) in opted_out,
            )
            for head in read
            if head is not None
        }

    def _wanted(
        self, heads: Mapping[str, Head | None], *, opt_outs: bool
    ) -> Iterator[tuple[str, Item]]:
        for message_id, known in heads.items():
            yield self.table, keys.message(message_id)
            yield self.content_table, keys.message(message_id)
            if opt_outs and known is not None:
                if self.accounts_table is None:
                    raise ValueError("this role reads no opt-outs")
                yield self.accounts_table, _opt_out(known)


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoContents:
    client: "DynamoDBClient"
    table: str

    def get(self, message_id: str) -> Content | None:
        return _content(get_item(self.client, self.table, keys.message(message_id)))

    def get_many(self, message_ids: Collection[str]) -> Mapping[str, Content]:
        wanted = [(self.table, keys.message(message_id)) for message_id in message_ids]
        found = batch_get(self.client, wanted).get(self.table, [])
        return {item["id"]: wire.content_from_item(item) for item in found}

    def reword(self, message_id: str, text: str, wording: str) -> None:
        """Replace text and wording of a content that is still there."""
        values = encode({":text": text, ":wording": wording})
        try:
            self.client.update_item(
                TableName=self.table,
                Key=encode(keys.message(message_id)),
                UpdateExpression="SET #text = :text, wording = :wording",
                ConditionExpression="attribute_exists(id)",
                ExpressionAttributeNames={"#text": "text"},
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if code_of(error) != CONDITION_FAILED:
                raise


def _opt_out(head: Head) -> Item:
    return keys.opt_out(head.account, head.environment, head.recipient_hash)


def _pk(head: Head | None) -> str:
    return "" if head is None else str(_opt_out(head)["pk"])


def _content(item: Item | None) -> Content | None:
    return wire.content_from_item(item) if item else None
