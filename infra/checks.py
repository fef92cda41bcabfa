"""cdk-nag as a failing check, and the ledger of findings we live with, each with its reason."""

from dataclasses import dataclass
from typing import Final

from aws_cdk import Acknowledgment, App, Stack, Validations
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct

from infra import grants


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A finding on one resource: its path below the stack, what was found, why it stays."""

    stack: str
    path: str
    finding: str
    reason: str


RULES: Final = "AwsSolutions::AwsSolutions"
OWN_KEYS: Final = (
    "API keys and OAuth tokens are checked inside the function: signed requests need the body, and "
    "every refusal must be a problem document."
)
CARRIER_TOKENS: Final = (
    "Carriers cannot sign in; dlr checks the token in the path and the carrier's own signature."
)
NO_SUCCESSOR: Final = (
    "It is the end of the road: a parking place that an alarm watches and people empty."
)
RUNTIME: Final = (
    "Layers are built for Python 3.13 and tested there; a newer runtime is a change of its own."
)

LEDGER: Final = (
    Accepted(stack="Data", path="Queues/failed-batches", finding="SQS3", reason=NO_SUCCESSOR),
    Accepted(
        stack="Data",
        path="Secrets/pepper",
        finding="SMG4",
        reason="Every stored API key is an HMAC under it; a new pepper would end all of them.",
    ),
    Accepted(
        stack="Data",
        path="Secrets/id-key",
        finding="SMG4",
        reason="Message ids are derived from it; rotating it would make repeats new messages.",
    ),
    Accepted(
        stack="Data",
        path="Secrets/carriers",
        finding="SMG4",
        reason="Carriers issue these by hand; people rotate them with an overlap.",
    ),
    *(
        Accepted(stack="Service", path=f"{name}/Function", finding="L1", reason=RUNTIME)
        for name in grants.FUNCTIONS
    ),
    Accepted(
        stack="Service",
        path="Delivery/Role/DefaultPolicy",
        finding="IAM5[Resource::*]",
        reason="Log delivery actions of a state machine know no resource; added by CDK.",
    ),
    *(
        Accepted(
            stack="Service",
            path=f"{name}/Role/DefaultPolicy",
            finding="IAM5[Resource::arn:<AWS::Partition>:sms-voice:*:<AWS::AccountId>:*]",
            reason="A text goes out from whichever number, pool or region a carrier account names.",
        )
        for name, granted in grants.GRANTS.items()
        if granted.sends_texts
    ),
    Accepted(
        stack="Service",
        path="Delivery/Machine",
        finding="SF1",
        reason="Level ALL would cost more than the workflow and log state; heads hold the history.",
    ),
    Accepted(
        stack="Service",
        path="Delivery/Machine",
        finding="SF2",
        reason="Traces cost more than the workflow; each attempt in the head has its instants.",
    ),
    Accepted(stack="Service", path="Api/Api/DefaultRoute", finding="APIG4", reason=OWN_KEYS),
    Accepted(
        stack="Service",
        path="Api/Api/ANY--carriers--{proxy+}",
        finding="APIG4",
        reason=CARRIER_TOKENS,
    ),
)


def demand(app: App) -> None:
    """From here on, synth fails on every finding that is not in the ledger."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def accept(entry: Accepted, *stacks: Stack) -> None:
    """Acknowledge one finding on one resource; a path that is gone is an error."""
    place: IConstruct = next(one for one in stacks if one.stack_name.endswith(entry.stack))
    for part in entry.path.split("/"):
        place = place.node.find_child(part)
    finding = Acknowledgment(id=f"{RULES}-{entry.finding}", reason=entry.reason)
    Validations.of(place).acknowledge(finding)
