"""What wakes a person: alarms on dead letters, the workflow, and messages that wait too long."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.stacks.data_stack import DataStack, pascal
from infra.stacks.service_stack import ServiceStack

MINUTE = Duration.minutes(1)
# Seconds a message of a class may wait in its queue before somebody should know.
OLDEST = {"otp": 30, "transactional": 120, "marketing": 3600, "receipts": 60, "webhook": 900}


class ObservabilityStack(Stack):
    """Nothing depends on it; it may be deleted and deployed again at any time."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        data: DataStack,
        service: ServiceStack,
        **options: object,
    ) -> None:
        super().__init__(scope, name, **options)  # type: ignore[arg-type]
        self._topic = self._make_topic()
        for queue, dead in {**data.queues.dead, **data.queues.parked}.items():
            held = dead.metric_approximate_number_of_messages_visible(period=MINUTE)
            self._alarm(f"Dead{pascal(queue)}", held, 1, "somebody must look at a parked message")
        for queue, seconds in OLDEST.items():
            age = data.queues.all[queue].metric_approximate_age_of_oldest_message(period=MINUTE)
            self._alarm(f"Oldest{pascal(queue)}", age, seconds, "messages wait too long")
        failed = service.workflow.machine.metric_failed(period=MINUTE)
        self._alarm("WorkflowFailed", failed, 1, "a delivery workflow failed")
        late = service.workflow.machine.metric_timed_out(period=MINUTE)
        self._alarm("WorkflowTimedOut", late, 1, "a delivery workflow ran into its time-out")
        for function in service.functions.values():
            errors = function.alias.metric_errors(period=MINUTE)
            self._alarm(f"Errors{pascal(function.name)}", errors, 1, f"{function.name} raised")

    def _make_topic(self) -> sns.Topic:
        key = kms.Key(
            self,
            "AlarmKey",
            description="Relevo: alarms",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        key.grant_encrypt_decrypt(iam.ServicePrincipal("cloudwatch.amazonaws.com"))
        return sns.Topic(self, "Alarms", master_key=key, enforce_ssl=True)

    def _alarm(self, name: str, metric: cloudwatch.Metric, threshold: int, says: str) -> None:
        alarm = metric.create_alarm(
            self,
            name,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{says} (docs/architecture.md, alarms)",
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))
