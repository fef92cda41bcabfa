"""The Express workflow of a batch, from its ASL file."""

import json
from pathlib import Path

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.relevo_function import retention

DEFINITION = Path(__file__).parent.parent / "workflows" / "delivery.asl.json"


class DeliveryWorkflow(Construct):
    """May call route and dispatch, and nothing else."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: StageConfig,
        route: lambda_.IAlias,
        dispatch: lambda_.IAlias,
    ) -> None:
        super().__init__(scope, name)
        principal = iam.ServicePrincipal("states.amazonaws.com")
        self.role = iam.Role(self, "Role", assumed_by=principal, description="Relevo: delivery")
        self.role.add_to_policy(
            iam.PolicyStatement(
                sid="Invoke",
                actions=["lambda:InvokeFunction"],
                resources=[route.function_arn, dispatch.function_arn],
            )
        )
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            retention=retention(stage.log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_type=sfn.StateMachineType.EXPRESS,
            definition_body=sfn.DefinitionBody.from_string(_definition()),
            definition_substitutions={
                "RouteArn": route.function_arn,
                "DispatchArn": dispatch.function_arn,
            },
            role=self.role,
            # Errors only, and never the state's data: histories are a place where numbers leak.
            logs=sfn.LogOptions(
                destination=self.log_group,
                level=sfn.LogLevel.ERROR,
                include_execution_data=False,
            ),
        )


def _definition() -> str:
    """The file without its white space."""
    return json.dumps(json.loads(DEFINITION.read_text()), separators=(",", ":"))
