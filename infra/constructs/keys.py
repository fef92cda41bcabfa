"""Customer-managed keys: one for what people wrote and whom they wrote to, one for the rest."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from constructs import Construct


class Keys(Construct):
    """The key of Content, and the key of every other table, queue and secret."""

    def __init__(self, scope: Construct, name: str, *, removal: RemovalPolicy) -> None:
        super().__init__(scope, name)
        self.content = kms.Key(
            self,
            "Content",
            description="Relevo: recipients and texts",
            enable_key_rotation=True,
            removal_policy=removal,
        )
        self.data = kms.Key(
            self,
            "Data",
            description="Relevo: tables, queues and secrets without content",
            enable_key_rotation=True,
            removal_policy=removal,
        )
