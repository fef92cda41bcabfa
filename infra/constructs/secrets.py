"""Secrets with generated values, found by name: relevo/<stage>/<what>."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra import grants


def secret_name(stage: str, what: str) -> str:
    return f"relevo/{stage}/{what}"


class Secrets(Construct):
    """The pepper of API keys, the key of idempotent ids, and what carriers know us by."""

    def __init__(
        self, scope: Construct, name: str, *, stage: str, key: kms.IKey, removal: RemovalPolicy
    ) -> None:
        super().__init__(scope, name)
        for what in grants.SECRETS:
            secretsmanager.Secret(
                self,
                what,
                secret_name=secret_name(stage, what),
                encryption_key=key,
                removal_policy=removal,
                generate_secret_string=_recipe(what),
            )


def _recipe(what: str) -> secretsmanager.SecretStringGenerator:
    """Carriers' credentials are an object that people add to; the others are one long string."""
    if what == "carriers":
        return secretsmanager.SecretStringGenerator(
            secret_string_template="{}",  # noqa: S106 - an empty object
            generate_string_key="webhookKey",
            password_length=48,
            exclude_punctuation=True,
        )
    return secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True)
