"""Saved questions to the logs, and lists of who leads, counted as lines arrive."""

from typing import Final

from infra import grants
from infra.watching.terms import Query, Ranking

EVERY: Final = grants.FUNCTIONS
SENDS: Final = ("sendMessage", "sendBatch")
FORGOTTEN: Final = ("message-recovered", "unended", "due-late", "image-parked", "credit-parked")

QUERIES: Final = (
    Query(
        name="Message timeline",
        asks="Everything that happened to one message: put its id between the slashes.",
        functions=EVERY,
        fields=("@timestamp", "service", "message", "@message"),
        filters=("@message like /PUT-THE-ID-HERE/", "not ispresent(_aws.Timestamp)"),
        sort="@timestamp asc",
        limit=1000,
    ),
    Query(
        name="Request by correlation id",
        asks="What became of a client's request: put its X-Correlation-Id between the slashes.",
        functions=EVERY,
        fields=("@timestamp", "service", "message", "status", "problem", "@message"),
        filters=("@message like /PUT-THE-NAME-HERE/",),
        sort="@timestamp asc",
        limit=1000,
    ),
    Query(
        name="Errors by function",
        asks="What goes wrong, where, how often?",
        functions=EVERY,
        filters=('level = "ERROR" or level = "WARNING"',),
        stats=("count(*) as lines by service, message, error",),
        sort="lines desc",
    ),
    Query(
        name="Trouble by carrier",
        asks="Which lines speak of which carrier?",
        functions=("dispatch", "dlr", "watch"),
        filters=("ispresent(carrier)", 'level != "INFO"'),
        stats=("count(*) as lines by carrier, message, error",),
        sort="lines desc",
    ),
    Query(
        name="Carrier accounts in trouble",
        asks="Which carrier refuses our account, key or sender, and what is to be done?",
        functions=("dispatch", "dlr", "watch"),
        fields=("@timestamp", "carrier", "account", "@message"),
        filters=('message in ["carrier-config", "carrier-paused", "breaker-closed"]',),
        sort="@timestamp desc",
    ),
    Query(
        name="Valve and circuits",
        asks="When did receipts stop everywhere, and which carriers changed their state?",
        functions=("watch", "events", "route", "dispatch"),
        fields=("@timestamp", "message", "carrier", "state", "@message"),
        filters=('message in ["silence-held", "carrier.state_changed"]',),
        sort="@timestamp desc",
    ),
    Query(
        name="Submits nobody knows the end of",
        asks="Which messages lost a claim, its answer, or a record?",
        functions=("dispatch",),
        fields=("@timestamp", "message", "message_id", "carrier", "error"),
        filters=('message in ["claim-unanswered", "answer-unrecorded", "carrier-defect"]',),
        sort="@timestamp desc",
    ),
    Query(
        name="Messages that were nearly forgotten",
        asks="Which messages were recovered, late, parked, or have no end?",
        functions=("watch", "events"),
        fields=("@timestamp", "service", "message", "message_id", "seconds", "error"),
        filters=(f"message in {list(FORGOTTEN)}".replace("'", '"'),),
        sort="@timestamp desc",
    ),
    Query(
        name="Accounts by requests and refusals",
        asks="Who sends how much, and how much of it is refused?",
        functions=("accept",),
        filters=('message = "answered"', "ispresent(account)"),
        stats=("count(*) as requests, count(problem) as refused by account",),
        sort="requests desc",
    ),
    Query(
        name="Slow accounts",
        asks="Whose requests take longest?",
        functions=("accept",),
        filters=('message = "answered"', "ispresent(account)"),
        stats=("pct(duration, 99) as p99, max(duration) as most by account, operation",),
        sort="p99 desc",
    ),
    Query(
        name="Failed credentials by key",
        asks="Which key, or no key at all, keeps being refused?",
        functions=("accept",),
        filters=('message = "answered"', "status = 401 or status = 403"),
        stats=("count(*) as refused by key, problem, operation",),
        sort="refused desc",
    ),
    Query(
        name="Receipts that were no help",
        asks="Which carriers repeat themselves, come late, or speak of strangers?",
        functions=("dlr",),
        filters=('message like /receipt-/ or message = "callback-refused"',),
        stats=("count(*) as lines by carrier, message, reason",),
        sort="lines desc",
    ),
)

RANKINGS: Final = (
    Ranking(
        name="accounts-by-sends",
        function="accept",
        key="$.account",
        line="answered",
        where=(("$.operation", SENDS),),
    ),
    Ranking(
        name="accounts-by-refusals",
        function="accept",
        key="$.account",
        line="answered",
        present=("$.problem",),
    ),
    Ranking(
        name="problems",
        function="accept",
        key="$.problem",
        line="answered",
        where=(("$.operation", SENDS),),
    ),
    Ranking(
        name="keys-refused", function="accept", key="$.key", line="answered", present=("$.problem",)
    ),
    Ranking(
        name="carriers-with-strange-receipts",
        function="dlr",
        key="$.carrier",
        line="receipt-orphaned",
    ),
)
