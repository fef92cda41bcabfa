"""What is seen and who is woken: dashboards, alarms, objectives, saved questions."""

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.alarms import Alarms
from infra.constructs.dashboards import Dashboards
from infra.constructs.figures import Figures
from infra.constructs.objectives import Objectives
from infra.constructs.questions import Questions
from infra.stacks.data_stack import DataStack
from infra.stacks.service_stack import ServiceStack
from infra.watching.alarms import alarms, together
from infra.watching.boards import boards
from infra.watching.terms import Severity


class ObservabilityStack(Stack):
    """Nothing depends on it; it may be deleted and deployed again at any time."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: StageConfig,
        data: DataStack,
        service: ServiceStack,
        **options: object,
    ) -> None:
        super().__init__(scope, name, **options)  # type: ignore[arg-type]
        watched = stage.watched
        figures = Figures(stage=stage.name, data=data, service=service)
        self._alarms = Alarms(self, "Alarms", topics=self._topics(), figures=figures)
        for alarm in alarms(watched):
            self._alarms.add(alarm)
        for whole in together(watched):
            self._alarms.join(whole)
        Dashboards(self, "Dashboards", boards=boards(watched), figures=figures)
        Objectives(self, "Objectives", stage=stage.name, figures=figures)
        Questions(self, "Questions", stage=stage.name, functions=service.functions)

    def _topics(self) -> dict[Severity, sns.Topic]:
        """One for what must wake somebody, one for what can wait; nobody subscribes by himself."""
        key = kms.Key(
            self,
            "AlarmKey",
            description="Relevo: alarms",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        key.grant_encrypt_decrypt(iam.ServicePrincipal("cloudwatch.amazonaws.com"))
        topics = {
            one: sns.Topic(self, one.value.title(), master_key=key, enforce_ssl=True)
            for one in Severity
        }
        for severity, topic in topics.items():
            CfnOutput(self, f"{severity.value.title()}Topic", value=topic.topic_arn)
        return topics
