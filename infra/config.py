"""What differs between stages, as frozen data; constructs never ask which stage they are in."""

from dataclasses import dataclass, field
from typing import Final

MAP_CONCURRENCY: Final = 3  # MaxConcurrency of the workflow's Map: k of the concurrency sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Memory and time-out of a function."""

    memory: int = 512
    timeout: int


SIZES: Final = {
    "accept": Size(timeout=10, memory=1024),
    "render": Size(timeout=50, memory=384),
    "route": Size(timeout=3, memory=1024),
    "dispatch": Size(timeout=12, memory=1024),
    "dlr": Size(timeout=10),
    "watch": Size(timeout=50),
    "events": Size(timeout=30),
    "notify": Size(timeout=30),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Concurrency:
    """How many invocations may run at once, by what wakes them."""

    account: int
    accept_reserved: int | None
    dlr_reserved: int | None
    otp: int
    transactional: int
    marketing: int
    receipts: int
    nudge: int
    webhook: int
    stream_shards: int
    stream_parallelization: int
    # What `events` could not handle at once comes back to it; rarely, so the least that SQS takes.
    events_dlq: int = 2

    def demanded(self) -> int:
        """Everything that can run beside accept and dlr."""
        classes = self.otp + self.transactional + self.marketing
        events = self.stream_shards * self.stream_parallelization + self.events_dlq
        watch = self.nudge + 1  # and the one of each minute
        return (1 + MAP_CONCURRENCY) * classes + events + self.webhook + watch

    def available(self) -> int:
        """What is left of the account when accept and dlr have theirs."""
        return self.account - (self.accept_reserved or 0) - (self.dlr_reserved or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalExceptions:
    """What only the emulator needs (each with its reason); no other stage may have one."""

    # The emulator has no bootstrap roles to assume.
    cli_credentials: bool = True
    # A queue that demands TLS refuses everyone over plain HTTP.
    enforce_tls: bool = False
    # Functions run in the host's Python on the host's CPU.
    host_wheels: bool = True
    # Failed stream batches are tried without end there; this age is the only limit it enforces.
    stream_max_age_seconds: int = 60
    # A throttled or crashed batch comes back soon after the time-out, not after five minutes.
    visibility_slack_seconds: int = 5
    # It asks for an action of its own where AWS lets SendMessage cover batches.
    send_actions: tuple[str, ...] = ("sqs:SendMessageBatch",)
    # A cold start on a busy laptop takes seconds. dispatch keeps its 12 s: LEASE stands on them.
    least_timeouts: tuple[tuple[str, int], ...] = (("accept", 15), ("route", 15), ("dlr", 15))


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What has alarms of its own, for alarms cannot search as dashboards do.

    Each carrier costs about $1.60 a month, each country $0.60.
    """

    carriers: tuple[str, ...] = ("aws-eum", "infobip", "tencent", "twilio")
    countries: tuple[str, ...] = ("CN", "CO", "ES", "MX", "US")
    currency: str = "EUR"
    # Sends refused for money in a quarter of an hour before somebody should know.
    refusals_for_money: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StageConfig:
    """One stage."""

    name: str
    retained: bool
    concurrency: Concurrency
    sizes: dict[str, Size] = field(default_factory=lambda: dict(SIZES))
    log_retention_days: int = 30
    access_log_retention_days: int = 30
    due_shards: int = 8
    api_rate: int = 500
    api_burst: int = 1000
    carriers_rate: int = 1000
    carriers_burst: int = 2000
    max_receive_count: int = 5
    stream_batch: int = 100
    stream_max_age_seconds: int = 21_600
    # The record of a submit that a carrier took costs a write; the others' are always kept.
    keep_accepted_exchanges: bool = True
    # Clients and carriers wait for these two, so a new environment starts from a snapshot.
    snap_start: frozenset[str] = frozenset()
    watched: Watched = field(default_factory=Watched)
    local: LocalExceptions | None = None

    def timeout(self, function: str) -> int:
        """Seconds a function may run."""
        least = dict(self.local.least_timeouts) if self.local else {}
        return max(self.sizes[function].timeout, least.get(function, 0))

    def visibility(self, function: str) -> int:
        """How long a queue hides a message: on AWS six times its consumer's time-out."""
        if self.local:
            return self.timeout(function) + self.local.visibility_slack_seconds
        return 6 * self.timeout(function)

    def stream_max_age(self) -> int:
        """Seconds after which a stream batch that fails is parked."""
        return self.local.stream_max_age_seconds if self.local else self.stream_max_age_seconds


LOCAL: Final = StageConfig(
    name="local",
    retained=False,
    log_retention_days=1,
    access_log_retention_days=1,
    due_shards=2,
    stream_batch=25,
    concurrency=Concurrency(
        account=60,
        accept_reserved=None,
        dlr_reserved=None,
        otp=4,
        transactional=3,
        marketing=2,
        receipts=2,
        nudge=2,
        webhook=2,
        stream_shards=1,
        stream_parallelization=1,
    ),
    local=LocalExceptions(),
)

DEV: Final = StageConfig(
    name="dev",
    retained=False,
    log_retention_days=7,
    access_log_retention_days=7,
    api_rate=50,
    api_burst=100,
    carriers_rate=100,
    carriers_burst=200,
    concurrency=Concurrency(
        account=1000,
        accept_reserved=50,
        dlr_reserved=20,
        otp=5,
        transactional=5,
        marketing=5,
        receipts=5,
        nudge=2,
        webhook=5,
        stream_shards=4,
        stream_parallelization=1,
    ),
)

PROD: Final = StageConfig(
    name="prod",
    retained=True,
    keep_accepted_exchanges=False,
    log_retention_days=90,
    access_log_retention_days=90,
    due_shards=16,
    snap_start=frozenset({"accept", "dlr"}),
    concurrency=Concurrency(
        account=1000,
        accept_reserved=200,
        dlr_reserved=100,
        otp=40,
        transactional=60,
        marketing=40,
        receipts=20,
        nudge=10,
        webhook=20,
        stream_shards=20,
        stream_parallelization=2,
    ),
)

STAGES: Final = {stage.name: stage for stage in (LOCAL, DEV, PROD)}
