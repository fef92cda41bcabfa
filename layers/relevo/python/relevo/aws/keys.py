"""Every key of every table, and the time-to-live that goes with it; formats live nowhere else."""

from typing import Final

from relevo.aws.codec import Item
from relevo.domain.routes import ListKey
from relevo.domain.telemetry import Cell, Grain, Owner
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.domain.words import Environment, TrafficClass
from relevo.ports.telemetry import Mark

ORPHAN: Final = "orphan"


def ttl(at: Millis) -> int:
    """Give the epoch second after which DynamoDB may delete an item."""
    return -(-at // SECOND)


def message(message_id: str) -> Item:
    return {"id": message_id}


def listed(account_id: str, environment: Environment, day: int, shard: int) -> str:
    """Name the part of the list of messages that holds a day (since 1970) of an account."""
    return f"{account_id}#{environment.value}#{day}#{shard}"


def orphan(attempt: str, random: str) -> Item:
    """Key a receipt that nobody knows; it shares the table and never the id of a message."""
    return {"id": f"{ORPHAN}#{attempt}#{random}"}


def due_at(at: Millis, random: str) -> str:
    return f"{_instant(at)}#{random}"


def due_before(now: Millis) -> str:
    """Give the sort key that everything due at `now` is less than."""
    return _instant(now + 1)


def _instant(at: Millis) -> str:
    return f"{at:015d}"


def api_key(fingerprint: str) -> Item:
    return {"pk": f"key#{fingerprint}", "sk": "key"}


def account(account_id: str) -> Item:
    return {"pk": f"account#{account_id}", "sk": "account"}


def balance(account_id: str, environment: Environment, shard: int) -> Item:
    return {"pk": f"account#{account_id}", "sk": f"{balances(environment)}{shard}"}


def balances(environment: Environment) -> str:
    """Give what the sort keys of one account's balance shards begin with."""
    return f"balance#{environment.value}#"


TEMPLATE: Final = "template#"


def template(account_id: str, template_id: str) -> Item:
    """Key the latest version of a template, by which the account's templates are listed."""
    return {"pk": f"account#{account_id}", "sk": f"{TEMPLATE}{template_id}"}


def template_version(account_id: str, template_id: str, version: int) -> Item:
    return {"pk": f"account#{account_id}", "sk": f"version#{template_id}#{version}"}


def opt_out(account_id: str, environment: Environment, recipient_hash: str) -> Item:
    return {"pk": f"optout#{account_id}#{environment.value}#{recipient_hash}", "sk": "optout"}


def history(account_id: str, environment: Environment, recipient_hash: str) -> Item:
    """Key what was accepted for a recipient lately, where a market limits how often."""
    return {"pk": f"recent#{account_id}#{environment.value}#{recipient_hash}", "sk": "recent"}


def bulletin(event_id: str) -> Item:
    """Key an event that is no transition of a message, until everybody has been told."""
    return {"pk": f"event#{event_id}", "sk": "event"}


def endpoints(account_id: str, environment: Environment) -> Item:
    return {"pk": f"account#{account_id}", "sk": f"endpoints#{environment.value}"}


def operators() -> Item:
    return {"pk": "operators", "sk": "operators"}


def circuit(lane: str) -> Item:
    return {"pk": f"circuit#{lane}", "sk": "circuit"}


def deliveries(lane: str, shard: int) -> str:
    """Name a part of an endpoint's delivery log; it shares the ledger's table."""
    return f"delivery#{lane}#{shard}"


ROUTES: Final = "route"
LISTS: Final = "list"
EXCLUDED: Final = "excluded"


def route(name: str) -> Item:
    return {"pk": ROUTES, "sk": name}


def lists(key: ListKey) -> Item:
    return {"pk": LISTS, "sk": "#".join(key)}


def lists_named(sk: str) -> ListKey:
    account, environment, country, traffic_class = sk.split("#")
    return account, environment, country, traffic_class


def excluded(account_id: str) -> Item:
    return {"pk": EXCLUDED, "sk": account_id}


def sender(account_id: str, name: str) -> Item:
    return {"pk": f"sender#{account_id}", "sk": name}


def digits_of(name: str) -> str:
    """Give a number's digits, however it was written; nothing for other senders."""
    digits = name.removeprefix("+")
    return digits if digits.isascii() and digits.isdigit() else ""


def number(digits: str) -> str:
    return f"number#{digits}"


def owner(digits: str, account_id: str) -> Item:
    """Key an account that answers to a number belong to."""
    return {"pk": number(digits), "sk": account_id}


def decision(decision_id: str) -> Item:
    return {"pk": f"decision#{decision_id}", "sk": "decision"}


TENS: Final = 10
"""Minutes of health that share a partition, so that an hour is seven queries."""


def health_tens(environment: Environment, traffic_class: TrafficClass, minute: int) -> str:
    return f"health#{environment.value}#{traffic_class.value}#{minute // TENS}"


def health(tens: str, country: str, minute: int, carrier: str) -> Item:
    return {"pk": tens, "sk": f"{health_from(country, minute)}{carrier}"}


def health_from(country: str, minute: int) -> str:
    """Give what the sort keys of a minute in a country begin with, and later minutes follow."""
    return f"{country}#{minute:09d}#"


def health_named(sk: str) -> tuple[int, str]:
    """Read the minute and the carrier of counts."""
    _, minute, carrier = sk.split("#", 2)
    return int(minute), carrier


def lineup(environment: Environment, traffic_class: TrafficClass, country: str) -> Item:
    return {"pk": f"lineup#{environment.value}#{traffic_class.value}", "sk": country}


def pace(account: str) -> Item:
    """Key what a carrier's account was handed in a second, and the lines in front of it."""
    return {"pk": f"pace#{account}", "sk": "pace"}


BREAKERS: Final = "breaker"


def breaker(account: str) -> Item:
    return {"pk": BREAKERS, "sk": account}


def telemetry(owner: Owner, grain: Grain) -> str:
    return f"telemetry#{owner.account}#{owner.environment.value}#{grain.value}"


def bucket(at: Millis, cell: Cell | None) -> str:
    """Give the sort key of a bucket, or without a cell what all buckets from then on follow."""
    minute = f"{at // MINUTE:09d}"
    if cell is None:
        return minute
    return f"{minute}#{cell.carrier}#{cell.country}#{cell.traffic_class.value}"


MARKS: Final = "mark"


def mark(mark: Mark) -> Item:
    where = f"{mark.grain.value}#{mark.at}#{mark.owner.account}#{mark.owner.environment.value}"
    return {"pk": MARKS, "sk": f"{_instant(mark.due)}#{where}"}


def marked(now: Millis) -> str:
    """Give what the sort keys of all rounds that have come are less than."""
    return _instant(now + 1)


def mark_named(sk: str) -> Mark:
    due, grain, at, account, environment = sk.split("#")
    return Mark(int(due), Owner(account, Environment(environment)), Grain(grain), int(at))


def ledger(message_id: str, attempt: str, carrier: str, at: Millis, random: str) -> Item:
    return {"id": message_id, "sk": f"{attempt}#{carrier}#{at}#{random}"}


EXCHANGE: Final = "exchange#"


def exchange(message_id: str, at: Millis, random: str) -> Item:
    """Key what passed between us and a carrier; it shares the ledger's table."""
    return {"id": message_id, "sk": f"{EXCHANGE}{_instant(at)}#{random}"}
