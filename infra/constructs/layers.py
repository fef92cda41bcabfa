"""The two layers: pinned dependencies, built by tools.layers, and our own package as it stands."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from tools import layers, places

NOT_SHIPPED = ["**/__pycache__", "**/*.pyc", "**/.*_cache"]


class Layers(Construct):
    """`all` lists them in the order Lambda shall unpack them."""

    def __init__(self, scope: Construct, name: str, *, host_wheels: bool) -> None:
        super().__init__(scope, name)
        target = layers.HOST if host_wheels else layers.AWS
        dependencies = lambda_.LayerVersion(
            self,
            "Dependencies",
            code=lambda_.Code.from_asset(str(layers.dependencies(target))),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
            compatible_architectures=[lambda_.Architecture.ARM_64],
        )
        relevo = lambda_.LayerVersion(
            self,
            "Relevo",
            code=lambda_.Code.from_asset(
                str(places.ROOT / "layers" / "relevo"), exclude=NOT_SHIPPED
            ),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        )
        self.all: list[lambda_.ILayerVersion] = [dependencies, relevo]
