"""Lines of dashboards and alarms as CloudWatch's metrics and expressions."""

from collections.abc import Sequence
from itertools import count

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.stacks.data_stack import DataStack
from infra.stacks.service_stack import ServiceStack
from infra.watching.terms import NAMESPACE, SERVICE, Each, Line, Nothing, Ours, Share, Theirs

Dimensions = dict[str, str]


class Figures:
    """Knows the stage's names: which queue is `otp`, which function is `accept`."""

    def __init__(self, *, stage: str, data: DataStack, service: ServiceStack) -> None:
        self._turn = count()
        self._always = {"service": SERVICE, "Environment": stage}
        queues = data.queues
        parked = {**queues.dead, **queues.parked}
        self._places: dict[str, tuple[str, Dimensions]] = {
            **{f"queue {n}": _queue(q.queue_name) for n, q in queues.all.items()},
            **{f"dead {n}": _queue(q.queue_name) for n, q in parked.items()},
            **{
                f"function {n}": ("AWS/Lambda", {"FunctionName": f.function.function_name})
                for n, f in service.functions.items()
            },
            **{
                f"table {n}": ("AWS/DynamoDB", {"TableName": t.table_name})
                for n, t in data.tables.all.items()
            },
            "workflow delivery": (
                "AWS/States",
                {"StateMachineArn": service.workflow.machine.state_machine_arn},
            ),
            "api api": ("AWS/ApiGateway", {"ApiId": service.api.api.api_id}),
        }

    def figure(self, line: Line, *, minutes: int) -> cloudwatch.IMetric:
        """Give what CloudWatch draws or compares."""
        (figure,) = self.figures((line,), minutes=minutes)
        return figure

    def figures(self, lines: Sequence[Line], *, minutes: int) -> list[cloudwatch.IMetric]:
        """Give the lines of one picture, whose terms have names of their own."""
        self._turn = count()
        return [self._figure(line, minutes) for line in lines]

    def _figure(self, line: Line, minutes: int) -> cloudwatch.IMetric:
        match line:
            case Ours() | Theirs():
                return self.metric(line, minutes=minutes)
            case Each():
                return self._each(line, minutes)
            case Share():
                return self._share(line, minutes)
            case Nothing():
                return self._nothing(line, minutes)

    def metric(self, line: Ours | Theirs, *, minutes: int) -> cloudwatch.Metric:
        namespace, dimensions = NAMESPACE, {**self._always}
        if isinstance(line, Ours):
            dimensions |= dict(line.dimensions)
        else:
            namespace, dimensions = self._places[f"{line.kind} {line.name}"]
        return cloudwatch.Metric(
            namespace=namespace,
            metric_name=line.metric,
            dimensions_map=dimensions,
            statistic=line.stat,
            period=Duration.minutes(minutes),
            label=line.label or line.metric,
        )

    def _each(self, line: Each, minutes: int) -> cloudwatch.MathExpression:
        schema = ",".join((NAMESPACE, *self._always, *line.by))
        terms = " ".join(f'{name}="{value}"' for name, value in self._always.items())
        search = f'{{{schema}}} MetricName="{line.metric}" {terms}'
        names = " ".join(f"${{PROP('Dim.{name}')}}" for name in line.by)
        return cloudwatch.MathExpression(
            expression=f"SEARCH('{search}', '{line.stat}', {minutes * 60})",
            label=f"{names} {line.metric}",
            period=Duration.minutes(minutes),
            using_metrics={},
        )

    def _share(self, line: Share, minutes: int) -> cloudwatch.MathExpression:
        whole, part = self._id("whole"), self._id("part")
        ended = self._sum(line.whole, minutes)
        # A part without any datapoint is nought of what there is, and not unknown.
        nought = self._math(f"{whole} * 0", {whole: ended}, minutes)
        return self._math(
            f"IF({whole} >= {line.least}, 100 * {part} / {whole})",
            {whole: ended, part: self._sum(line.part, minutes, nought)},
            minutes,
            line.label,
        )

    def _nothing(self, line: Nothing, minutes: int) -> cloudwatch.MathExpression:
        given, came = self._id("given"), self._id("came")
        taken = self.metric(line.given, minutes=minutes)
        nought = self._math(f"{given} * 0", {given: taken}, minutes)
        return self._math(
            f"IF({given} >= {line.least} AND {came} == 0, 1, 0)",
            {given: taken, came: self._sum((line.expected,), minutes, nought)},
            minutes,
            line.label,
        )

    def _sum(
        self,
        lines: Sequence[Ours | Theirs],
        minutes: int,
        nought: cloudwatch.IMetric | None = None,
    ) -> cloudwatch.MathExpression:
        named: dict[str, cloudwatch.IMetric] = {
            self._id("m"): self.metric(line, minutes=minutes) for line in lines
        }
        if nought is not None:
            named[self._id("nought")] = nought
        return self._math(f"SUM([{', '.join(named)}])", named, minutes)

    def _math(
        self,
        expression: str,
        using: dict[str, cloudwatch.IMetric],
        minutes: int,
        label: str | None = None,
    ) -> cloudwatch.MathExpression:
        return cloudwatch.MathExpression(
            expression=expression,
            using_metrics=using,
            label=label,
            period=Duration.minutes(minutes),
        )

    def _id(self, word: str) -> str:
        """Name a term so that no other of the same picture has its name."""
        return f"{word}{next(self._turn)}"


def _queue(name: str) -> tuple[str, Dimensions]:
    return "AWS/SQS", {"QueueName": name}
