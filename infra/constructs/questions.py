"""Saved questions to the logs, and rules that count who leads."""

import json
from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.relevo_function import RelevoFunction
from infra.watching.questions import QUERIES, RANKINGS
from infra.watching.terms import Query, Ranking, pascal


class Questions(Construct):
    """Logs Insights shows them in a folder of the stage."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: str,
        functions: Mapping[str, RelevoFunction],
    ) -> None:
        super().__init__(scope, name)
        self._stage, self._functions = stage, functions
        for query in QUERIES:
            self._save(query)
        for ranking in RANKINGS:
            self._rank(ranking)

    def _save(self, query: Query) -> None:
        logs.QueryDefinition(
            self,
            query.name.title().replace(" ", ""),
            query_definition_name=f"relevo-{self._stage}/{query.name}",
            query_string=logs.QueryString(
                fields=list(query.fields) or None,
                filter_statements=list(query.filters),
                stats_statements=list(query.stats) or None,
                sort=query.sort or None,
                limit=query.limit,
            ),
            log_groups=[self._functions[one].log_group for one in query.functions],
        )

    def _rank(self, ranking: Ranking) -> None:
        group = self._functions[ranking.function].log_group.log_group_name
        cloudwatch.CfnInsightRule(
            self,
            pascal(ranking.name),
            rule_name=f"relevo-{self._stage}-{ranking.name}",
            rule_state="ENABLED",
            rule_body=json.dumps(_body(ranking, group)),
        )


def _body(ranking: Ranking, group: str) -> dict[str, object]:
    filters: list[dict[str, object]] = [{"Match": "$.message", "In": [ranking.line]}]
    filters += [{"Match": field, "In": list(words)} for field, words in ranking.where]
    filters += [{"Match": field, "IsPresent": True} for field in ranking.present]
    return {
        "Schema": {"Name": "CloudWatchLogRule", "Version": 1},
        "LogGroupNames": [group],
        "LogFormat": "JSON",
        "Contribution": {"Keys": [ranking.key], "Filters": filters},
        "AggregateOn": "Count",
    }
