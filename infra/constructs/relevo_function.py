"""The one way to make a function: own role, own log group, version and alias, bounds."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.layers import NOT_SHIPPED
from tools import places

ALIAS = "live"


class RelevoFunction(Construct):
    """functions/<name>/handler.py, called by everyone through its alias."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: StageConfig,
        layers: Sequence[lambda_.ILayerVersion],
        environment: dict[str, str],
        reserved: int | None = None,
    ) -> None:
        super().__init__(scope, name)
        self.name = name
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            retention=retention(stage.log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        principal = iam.ServicePrincipal("lambda.amazonaws.com")
        self.role = iam.Role(self, "Role", assumed_by=principal, description=f"Relevo: {name}")
        self._allow_logging()
        self.function = lambda_.Function(
            self,
            "Function",
            code=lambda_.Code.from_asset(
                str(places.ROOT / "functions" / name), exclude=NOT_SHIPPED
            ),
            handler="handler.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=stage.sizes[name].memory,
            timeout=Duration.seconds(stage.timeout(name)),
            layers=list(layers),
            environment=self._environment(stage, environment),
            role=self.role,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            # START, END and REPORT of every call would double the log bill; metrics have the times.
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            reserved_concurrent_executions=reserved,
            snap_start=(
                lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if name in stage.snap_start else None
            ),
        )
        self.alias = lambda_.Alias(
            self, "Live", alias_name=ALIAS, version=self.function.current_version
        )

    def allow(
        self,
        sid: str,
        actions: Sequence[str],
        *resources: str,
        conditions: dict[str, object] | None = None,
    ) -> None:
        """Grant exactly these actions; the statement's name is what tests and people look for."""
        statement = iam.PolicyStatement(
            sid=sid, actions=list(actions), resources=list(resources), conditions=conditions
        )
        self.role.add_to_policy(statement)

    def _allow_logging(self) -> None:
        actions = ("logs:CreateLogStream", "logs:PutLogEvents")
        self.allow("Logs", actions, self.log_group.log_group_arn)

    def _environment(self, stage: StageConfig, own: dict[str, str]) -> dict[str, str]:
        return {
            "STAGE": stage.name,
            "POWERTOOLS_SERVICE_NAME": self.name,
            "POWERTOOLS_LOG_LEVEL": "INFO",
            **own,
        }


def retention(days: int) -> logs.RetentionDays:
    """CDK's word for a number of days."""
    words = {1: "ONE_DAY", 7: "ONE_WEEK", 30: "ONE_MONTH", 90: "THREE_MONTHS"}
    return logs.RetentionDays[words[days]]
