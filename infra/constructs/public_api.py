"""The HTTPS API: everything to accept, carriers' calls to dlr behind a throttle of their own."""

import json

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.relevo_function import retention

CARRIERS_PATH = "/carriers/{proxy+}"
CARRIERS_ROUTE = f"ANY {CARRIERS_PATH}"
# No path and no query: carriers put numbers and tokens there. The route key says which route.
# What the functions' own lines or CloudWatch's metrics tell is not paid for twice.
ACCESS_LOG_FORMAT = {
    "request": "$context.requestId",
    "route": "$context.routeKey",
    "status": "$context.status",
    "ms": "$context.responseLatency",
    "error": "$context.integrationErrorMessage",
}


class PublicApi(Construct):
    """One stage, deployed by itself, with an access log."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: StageConfig,
        accept: lambda_.IFunction,
        dlr: lambda_.IFunction,
    ) -> None:
        super().__init__(scope, name)
        self.api = apigateway.HttpApi(
            self,
            "Api",
            api_name=f"relevo-{stage.name}",
            default_integration=HttpLambdaIntegration("Accept", accept),
            create_default_stage=False,
        )
        self.api.add_routes(
            path=CARRIERS_PATH,
            methods=[apigateway.HttpMethod.ANY],
            integration=HttpLambdaIntegration("Dlr", dlr),
        )
        self.access_log = logs.LogGroup(
            self,
            "AccessLog",
            retention=retention(stage.access_log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.stage = self._stage(stage)

    def _stage(self, stage: StageConfig) -> apigateway.CfnStage:
        """The L2 stage knows neither a throttle per route nor a log format of its own."""
        made = apigateway.CfnStage(
            self,
            "Stage",
            api_id=self.api.api_id,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=self.access_log.log_group_arn,
                format=json.dumps(ACCESS_LOG_FORMAT),
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=stage.api_rate, throttling_burst_limit=stage.api_burst
            ),
            route_settings={
                CARRIERS_ROUTE: {
                    "ThrottlingRateLimit": stage.carriers_rate,
                    "ThrottlingBurstLimit": stage.carriers_burst,
                }
            },
        )
        # Settings of a route need the route to exist.
        made.node.add_dependency(*self.api.node.children)
        return made
