"""What must never be lost: tables, queues, keys and secrets."""

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.keys import Keys
from infra.constructs.queues import Queues
from infra.constructs.secrets import Secrets
from infra.constructs.tables import Tables


class DataStack(Stack):
    """Protected from deletion where the stage says so."""

    def __init__(
        self, scope: Construct, name: str, *, stage: StageConfig, **options: object
    ) -> None:
        super().__init__(scope, name, **options)  # type: ignore[arg-type]
        removal = RemovalPolicy.RETAIN if stage.retained else RemovalPolicy.DESTROY
        self.keys = Keys(self, "Keys", removal=removal)
        self.tables = Tables(self, "Tables", keys=self.keys, removal=removal)
        self.queues = Queues(self, "Queues", stage=stage, key=self.keys.data, removal=removal)
        Secrets(self, "Secrets", stage=stage.name, key=self.keys.data, removal=removal)
        self._tell()

    def _tell(self) -> None:
        for name, table in self.tables.all.items():
            CfnOutput(self, f"{name.title()}Table", value=table.table_name)
        queues = {**self.queues.all, **self.queues.parked}
        queues |= {f"{name}-dead": queue for name, queue in self.queues.dead.items()}
        for name, queue in queues.items():
            CfnOutput(self, f"{pascal(name)}Queue", value=queue.queue_url)


def pascal(name: str) -> str:
    return "".join(part.title() for part in name.split("-"))
