"""Alarms from their definitions; each description names the runbook."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.figures import Figures
from infra.watching.alarms import TELL_NOBODY
from infra.watching.terms import Alarm, Severity, Together

Compare = cloudwatch.ComparisonOperator


class Alarms(Construct):
    """Every alarm tells the topic of its severity."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        topics: Mapping[Severity, sns.ITopic],
        figures: Figures,
    ) -> None:
        super().__init__(scope, name)
        self._topics, self._figures = topics, figures
        self._made: dict[str, cloudwatch.AlarmBase] = {}

    def add(self, alarm: Alarm) -> None:
        made = self._usual(alarm) if alarm.bound is None else self._bounded(alarm, alarm.bound)
        if alarm.kind not in TELL_NOBODY:
            self._tell(made, alarm)
        self._made[alarm.name] = made

    def join(self, whole: Together) -> None:
        """Make an alarm of alarms that were added before."""
        rules = [
            cloudwatch.AlarmRule.all_of(*self._states(whole.all_of)),
            cloudwatch.AlarmRule.any_of(*self._states(whole.any_of)),
        ]
        (rule,) = [one for one, names in zip(rules, _named(whole), strict=True) if names]
        quiet = [cloudwatch.AlarmRule.not_(one) for one in self._states(whole.unless)]
        made = cloudwatch.CompositeAlarm(
            self,
            whole.name,
            alarm_rule=cloudwatch.AlarmRule.all_of(rule, *quiet) if quiet else rule,
            alarm_description=described(whole),
        )
        self._tell(made, whole)
        self._made[whole.name] = made

    def _bounded(self, alarm: Alarm, bound: float) -> cloudwatch.Alarm:
        above = Compare.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        below = Compare.LESS_THAN_OR_EQUAL_TO_THRESHOLD
        return cloudwatch.Alarm(
            self,
            alarm.name,
            metric=self._figures.figure(alarm.what, minutes=alarm.minutes),
            threshold=bound,
            comparison_operator=below if alarm.below else above,
            datapoints_to_alarm=alarm.of,
            evaluation_periods=alarm.periods,
            treat_missing_data=_missing(alarm),
            alarm_description=described(alarm),
        )

    def _usual(self, alarm: Alarm) -> cloudwatch.AnomalyDetectionAlarm:
        both = Compare.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD
        return cloudwatch.AnomalyDetectionAlarm(
            self,
            alarm.name,
            metric=self._figures.figure(alarm.what, minutes=alarm.minutes),
            std_devs=alarm.deviations,
            comparison_operator=both if alarm.both_ways else Compare.GREATER_THAN_UPPER_THRESHOLD,
            datapoints_to_alarm=alarm.of,
            evaluation_periods=alarm.periods,
            treat_missing_data=_missing(alarm),
            alarm_description=described(alarm),
        )

    def _states(self, names: Sequence[str]) -> list[cloudwatch.IAlarmRule]:
        state = cloudwatch.AlarmState.ALARM
        return [cloudwatch.AlarmRule.from_alarm(self._made[name], state) for name in names]

    def _tell(self, made: cloudwatch.AlarmBase, alarm: Alarm | Together) -> None:
        made.add_alarm_action(actions.SnsAction(self._topics[alarm.severity]))


def _named(whole: Together) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return whole.all_of, whole.any_of


def _missing(alarm: Alarm) -> cloudwatch.TreatMissingData:
    kinds = cloudwatch.TreatMissingData
    return kinds.BREACHING if alarm.silent_is_bad else kinds.NOT_BREACHING


def described(alarm: Alarm | Together) -> str:
    """What is wrong, and where it stands what to do about it."""
    return f"{alarm.says}. Runbook: {alarm.runbook}"
