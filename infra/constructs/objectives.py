"""What we promise ourselves, as service level objectives of Application Signals."""

from aws_cdk import aws_applicationsignals as signals
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs.figures import Figures
from infra.watching.objectives import OBJECTIVES
from infra.watching.terms import Objective

Slo = signals.CfnServiceLevelObjective
BURNS = (60, 360)


class Objectives(Construct):
    """A share of minutes that are good, over 30 days."""

    def __init__(self, scope: Construct, name: str, *, stage: str, figures: Figures) -> None:
        super().__init__(scope, name)
        for objective in OBJECTIVES:
            self._make(objective, stage, figures)

    def _make(self, objective: Objective, stage: str, figures: Figures) -> None:
        Slo(
            self,
            objective.name,
            name=f"relevo-{stage}-{objective.name}",
            description=objective.says,
            goal=Slo.GoalProperty(
                attainment_goal=objective.percent,
                warning_threshold=50,
                interval=Slo.IntervalProperty(
                    rolling_interval=Slo.RollingIntervalProperty(duration=30, duration_unit="DAY")
                ),
            ),
            sli=Slo.SliProperty(
                comparison_operator="LessThan",
                metric_threshold=objective.below,
                sli_metric=Slo.SliMetricProperty(
                    metric_data_queries=_queries(figures.figure(objective.what, minutes=1))
                ),
            ),
            burn_rate_configurations=[
                Slo.BurnRateConfigurationProperty(look_back_window_minutes=one) for one in BURNS
            ],
        )


def _queries(figure: cloudwatch.IMetric) -> list[Slo.MetricDataQueryProperty]:
    """Spell a metric, or an expression and what it is made of, as queries."""
    found: dict[str, Slo.MetricDataQueryProperty] = {}
    _collect("result", figure, found)
    return list(found.values())


def _collect(
    name: str, figure: cloudwatch.IMetric, found: dict[str, Slo.MetricDataQueryProperty]
) -> None:
    last = name == "result"
    if isinstance(figure, cloudwatch.MathExpression):
        for part, metric in figure.using_metrics.items():
            _collect(part, metric, found)
        found[name] = Slo.MetricDataQueryProperty(
            id=name, expression=figure.expression, return_data=last
        )
    elif isinstance(figure, cloudwatch.Metric):
        named = (figure.dimensions or {}).items()
        of = Slo.MetricProperty(
            namespace=figure.namespace,
            metric_name=figure.metric_name,
            dimensions=[Slo.DimensionProperty(name=n, value=str(v)) for n, v in named],
        )
        found[name] = Slo.MetricDataQueryProperty(
            id=name,
            return_data=last,
            metric_stat=Slo.MetricStatProperty(metric=of, period=60, stat=figure.statistic),
        )
