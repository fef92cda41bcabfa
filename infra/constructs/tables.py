"""The six tables: on demand, encrypted with our keys, recoverable to any second of 35 days."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.constructs.keys import Keys

STRING = dynamodb.AttributeType.STRING
NUMBER = dynamodb.AttributeType.NUMBER


class Tables(Construct):
    """Messages, Content, Due, Routes, Accounts and Ledger, by name in `all`."""

    def __init__(self, scope: Construct, name: str, *, keys: Keys, removal: RemovalPolicy) -> None:
        super().__init__(scope, name)
        self._removal = removal
        plain, secret = keys.data, keys.content
        self.all: dict[str, dynamodb.Table] = {
            "messages": self._messages(plain),
            "content": self._table("Content", ("id", STRING), key=secret),
            "due": self._table("Due", ("shard", NUMBER), ("at", STRING), key=plain),
            "routes": self._table("Routes", ("pk", STRING), ("sk", STRING), key=plain),
            "accounts": self._table("Accounts", ("pk", STRING), ("sk", STRING), key=plain),
            "ledger": self._table("Ledger", ("id", STRING), ("sk", STRING), key=plain),
        }

    def _messages(self, key: kms.IKey) -> dynamodb.Table:
        """With the list of an account's messages: keys that never change, so written once."""
        # What a write changed is measured, and only both images tell.
        images = dynamodb.StreamViewType.NEW_AND_OLD_IMAGES
        table = self._table("Messages", ("id", STRING), key=key, stream=images)
        table.add_global_secondary_index(
            index_name="byDay",
            partition_key=dynamodb.Attribute(name="day", type=STRING),
            sort_key=dynamodb.Attribute(name="createdAt", type=NUMBER),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        return table

    def _table(
        self,
        name: str,
        partition: tuple[str, dynamodb.AttributeType],
        sort: tuple[str, dynamodb.AttributeType] | None = None,
        *,
        key: kms.IKey,
        stream: dynamodb.StreamViewType | None = None,
    ) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            name,
            partition_key=dynamodb.Attribute(name=partition[0], type=partition[1]),
            sort_key=dynamodb.Attribute(name=sort[0], type=sort[1]) if sort else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="ttl",
            stream=stream,
            removal_policy=self._removal,
            deletion_protection=self._removal == RemovalPolicy.RETAIN,
        )
