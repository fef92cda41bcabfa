"""What can always be rebuilt: layers, functions, workflow and API, in one stack.

A layer cannot cross stacks: its ARN changes with every build, and an export in use cannot.
"""

from aws_cdk import Aws, CfnOutput, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra import grants
from infra.config import StageConfig
from infra.constructs.delivery_workflow import DeliveryWorkflow
from infra.constructs.layers import Layers
from infra.constructs.permissions import permit
from infra.constructs.public_api import PublicApi
from infra.constructs.relevo_function import RelevoFunction
from infra.constructs.secrets import secret_name
from infra.constructs.triggers import wake_by_queues, wake_by_stream
from infra.stacks.data_stack import DataStack, pascal


class ServiceStack(Stack):
    """Every grant is made here, from the table in infra/grants.py."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: StageConfig,
        data: DataStack,
        **options: object,
    ) -> None:
        super().__init__(scope, name, **options)  # type: ignore[arg-type]
        self._config, self._data = stage, data
        self._layers = Layers(self, "Layers", host_wheels=bool(stage.local)).all
        self.functions = {one: self._function(one) for one in grants.FUNCTIONS}
        self.workflow = DeliveryWorkflow(
            self,
            "Delivery",
            stage=stage,
            route=self.functions["route"].alias,
            dispatch=self.functions["dispatch"].alias,
        )
        self._let_render_start_the_workflow()
        self._wake()
        self.api = PublicApi(
            self,
            "Api",
            stage=stage,
            accept=self.functions["accept"].alias,
            dlr=self.functions["dlr"].alias,
        )
        self._tell()

    def _function(self, name: str) -> RelevoFunction:
        bounds = self._config.concurrency
        reserved = {"accept": bounds.accept_reserved, "dlr": bounds.dlr_reserved}
        made = RelevoFunction(
            self,
            name,
            stage=self._config,
            layers=self._layers,
            environment=self._environment(name),
            reserved=reserved.get(name),
        )
        permit(made, granted=grants.GRANTS[name], data=self._data, stage=self._config)
        return made

    def _environment(self, name: str) -> dict[str, str]:
        """Names and addresses of what the function may use, and of nothing else."""
        granted, queues = grants.GRANTS[name], self._data.queues
        places = {**queues.all, **queues.parked}
        found = {
            grants.environment_name("table", table): self._data.tables.all[table].table_name
            for table in granted.tables
        }
        for queue in granted.sends:
            found[grants.environment_name("queue", queue)] = places[queue].queue_url
        for secret in granted.secrets:
            name_of_it = secret_name(self._config.name, secret)
            found[grants.environment_name("secret", secret)] = name_of_it
        if "BatchWriteItem" in granted.tables.get("ledger", ()):
            keep = self._config.keep_accepted_exchanges
            found["KEEP_ACCEPTED_EXCHANGES"] = "yes" if keep else "no"
        if granted.sends_texts or granted.calls_customers:
            # Looking a name up is bounded by the resolver alone; its own bound is 20 s.
            found["RES_OPTIONS"] = "timeout:1 attempts:2"
        if "due" in granted.tables:
            found["DUE_SHARDS"] = str(self._config.due_shards)
        return found

    def _let_render_start_the_workflow(self) -> None:
        for name, function in self.functions.items():
            if grants.GRANTS[name].starts_workflow:
                arn = self.workflow.machine.state_machine_arn
                function.allow("Workflow", ["states:StartSyncExecution"], arn)
                function.function.add_environment("WORKFLOW_ARN", arn)

    def _wake(self) -> None:
        for name, granted in grants.GRANTS.items():
            wake_by_queues(self.functions[name], granted, self._data.queues, self._config)
        messages = self._data.tables.all["messages"]
        wake_by_stream(self.functions["events"], messages, self._data.queues, self._config)
        each_minute = events.Schedule.rate(Duration.minutes(1))
        watch = targets.LambdaFunction(
            self.functions["watch"].alias, retry_attempts=0, max_event_age=Duration.minutes(1)
        )
        events.Rule(self, "EachMinute", schedule=each_minute, targets=[watch])
        receipts = events.EventPattern(source=["aws.sms-voice"])
        dlr = targets.LambdaFunction(self.functions["dlr"].alias)
        events.Rule(self, "ReceiptsOfAws", event_pattern=receipts, targets=[dlr])

    def _tell(self) -> None:
        api = self.api.api
        CfnOutput(self, "ApiId", value=api.api_id)
        CfnOutput(
            self, "ApiUrl", value=f"https://{api.api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"
        )
        CfnOutput(self, "WorkflowArn", value=self.workflow.machine.state_machine_arn)
        for name, function in self.functions.items():
            CfnOutput(self, f"{pascal(name)}Function", value=function.function.function_name)
            CfnOutput(self, f"{pascal(name)}Role", value=function.role.role_name)
            CfnOutput(self, f"{pascal(name)}Logs", value=function.log_group.log_group_name)
