"""Put the three stacks of a stage together."""

from aws_cdk import App, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, Tags

from infra import checks
from infra.config import StageConfig
from infra.stacks.data_stack import DataStack
from infra.stacks.observability_stack import ObservabilityStack
from infra.stacks.service_stack import ServiceStack


def build(app: App, stage: StageConfig) -> tuple[DataStack, ServiceStack, ObservabilityStack]:
    """The stacks of one stage; nothing is synthesised yet."""
    prefix = f"Relevo-{stage.name}"
    data = DataStack(app, f"{prefix}-Data", stage=stage, synthesizer=_synthesizer(stage))
    service = ServiceStack(
        app, f"{prefix}-Service", stage=stage, data=data, synthesizer=_synthesizer(stage)
    )
    watching = ObservabilityStack(
        app,
        f"{prefix}-Observability",
        stage=stage,
        data=data,
        service=service,
        synthesizer=_synthesizer(stage),
    )
    Tags.of(app).add("project", "relevo")
    Tags.of(app).add("stage", stage.name)
    if stage.local is None:
        checks.demand(app)
        for entry in checks.LEDGER:
            checks.accept(entry, data, service, watching)
    return data, service, watching


def _synthesizer(stage: StageConfig) -> CliCredentialsStackSynthesizer | DefaultStackSynthesizer:
    if stage.local and stage.local.cli_credentials:
        return CliCredentialsStackSynthesizer()
    return DefaultStackSynthesizer()
