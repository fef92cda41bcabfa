"""Metrics of messages that travelled: what the functions' logs say is what the tables hold."""

from collections import Counter

from relevo.domain.timing import MINUTE
from tests.integration.harness import System
from tools.points import Point, read

NUMBER = "+34612345"


def points(system: System) -> list[Point]:
    return list(read(system.log.splitlines()))


def counted(system: System, name: str, **dimensions: str) -> float:
    wanted = {("service", "relevo"), ("Environment", f"{system.stage.name}-test")}
    wanted |= set(dimensions.items())
    found = [p for p in points(system) if (p.name, set(p.dimensions)) == (name, wanted)]
    return sum(value for point in found for value in point.values)


def test_what_is_measured_is_what_happened(system: System) -> None:
    ids = [system.send(f"{NUMBER}{row}", "Hola") for row in ("678", "001", "003", "004", "678")]

    system.until_final(*ids, within=5 * MINUTE)
    system.settle()

    stands = Counter(system.head(id_)["status"] for id_ in ids)
    assert counted(system, "MessagesAccepted") == 5
    assert counted(system, "MessagesDelivered") == stands["delivered"] == 4
    assert counted(system, "MessagesDelivered", Carrier="sandbox-b", Country="ES") == 2
    assert counted(system, "MessagesFailed") == stands["failed"] == 1
    assert counted(system, "CarrierSubmit", Carrier="sandbox-a", Outcome="retryable") == 1
    switch = {"FromCarrier": "sandbox-a", "ToCarrier": "sandbox-b"}
    assert counted(system, "FailoverStarted", **switch) == 2
    assert counted(system, "FailoverSucceeded", **switch) == 2
    assert len([p for p in points(system) if p.name == "DeliveryLatency"]) >= 3


def test_a_system_in_which_everything_comes_twice_measures_writes_and_not_deliveries(
    everything_twice: System,
) -> None:
    id_ = everything_twice.send(f"{NUMBER}678", "Hola")

    everything_twice.until_final(id_, within=MINUTE)
    everything_twice.settle()

    # Stream records themselves come twice here, which CloudWatch cannot know; receipts do too.
    assert counted(everything_twice, "MessagesAccepted") == 2
    assert counted(everything_twice, "DlrReceived", Carrier="sandbox-a") == 2
    assert counted(everything_twice, "CarrierSubmit", Carrier="sandbox-a", Outcome="accepted") == 2
