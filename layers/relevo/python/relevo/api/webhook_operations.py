"""What each operation on webhook endpoints does: read the call, ask the registrar, answer."""

from dataclasses import replace
from typing import Final

from relevo.api.guard import read_json
from relevo.api.http import Reply
from relevo.api.operations import Asked, Services
from relevo.api.paging import limit_of, next_cursor, position_of
from relevo.api.schemas import read
from relevo.api.webhook_answers import (
    DeliveriesAnswer,
    EndpointsAnswer,
    ReplayAnswer,
    delivery_answer,
    endpoint_answer,
)
from relevo.api.webhook_requests import ReplaySpan, WriteEndpoint
from relevo.domain.timing import Millis
from relevo.services.webhooks import Owner, Span, Wanted, earliest

ENDPOINTS: Final = "/api/v1/webhook-endpoints"


def create_endpoint(services: Services, asked: Asked) -> Reply:
    registrar = services.registrar()
    endpoint = registrar.create(_author(asked, registrar.clock()), _wanted(services, asked))
    answer = endpoint_answer(endpoint, registrar.clock(), show=True)
    where = f"{ENDPOINTS}/{endpoint.id}"
    return Reply(status=201, body=answer.wire(), headers={"Location": where})


def list_endpoints(services: Services, asked: Asked) -> Reply:
    registrar = services.registrar()
    now = registrar.clock()
    data = tuple(endpoint_answer(one, now) for one in registrar.all(_owner(asked)))
    return Reply(body=EndpointsAnswer(data=data).wire())


def fetch_endpoint(services: Services, asked: Asked) -> Reply:
    registrar = services.registrar()
    endpoint = registrar.fetch(_owner(asked), asked.named["endpointId"])
    return Reply(body=endpoint_answer(endpoint, registrar.clock()).wire())


def change_endpoint(services: Services, asked: Asked) -> Reply:
    registrar = services.registrar()
    wanted = _wanted(services, asked)
    author = _author(asked, registrar.clock())
    endpoint = registrar.change(author, asked.named["endpointId"], wanted)
    return Reply(body=endpoint_answer(endpoint, registrar.clock()).wire())


def remove_endpoint(services: Services, asked: Asked) -> Reply:
    services.registrar().remove(_owner(asked), asked.named["endpointId"])
    return Reply(status=204)


def rotate_secret(services: Services, asked: Asked) -> Reply:
    registrar = services.registrar()
    endpoint = registrar.rotate(_owner(asked), asked.named["placeId"])
    return Reply(body=endpoint_answer(endpoint, registrar.clock(), show=True).wire())


def test_endpoint(services: Services, asked: Asked) -> Reply:
    delivery = services.registrar().test(_owner(asked), asked.named["endpointId"])
    return Reply(status=202, body=delivery_answer(delivery).wire())


def list_deliveries(services: Services, asked: Asked) -> Reply:
    registrar, owner = services.registrar(), _owner(asked)
    place, most = asked.named["placeId"], limit_of(asked.call)
    about = ("deliveries", owner.account, owner.environment.value, place)
    after = position_of(services.id_key, asked.call, *about)
    span = Span(since=earliest(registrar.clock()), before=after)
    found = registrar.log(owner, place, span, most)
    last = found[-1].id if len(found) == most else None
    answer = DeliveriesAnswer(
        data=tuple(map(delivery_answer, found)),
        next_cursor=next_cursor(services.id_key, last, *about),
    )
    return Reply(body=answer.wire())


def replay_delivery(services: Services, asked: Asked) -> Reply:
    named = asked.named
    again = services.registrar().replay(_owner(asked), named["placeId"], named["deliveryId"])
    return Reply(status=202, body=delivery_answer(again).wire())


def replay_span(services: Services, asked: Asked) -> Reply:
    body, owner = read(ReplaySpan, read_json(asked.call.event)), _owner(asked)
    place = asked.named["placeId"]
    span_of = (body.status, str(body.since), str(body.until))
    about = ("replay", owner.account, owner.environment.value, place, *span_of)
    after = position_of(services.id_key, asked.call, *about)
    span = Span(since=body.since, before=after or f"{body.until:013d}", state=body.state)
    number, last = services.registrar().replay_span(owner, place, span)
    cursor = next_cursor(services.id_key, last, *about)
    return Reply(status=202, body=ReplayAnswer(replayed=number, next_cursor=cursor).wire())


def _owner(asked: Asked) -> Owner:
    return Owner(account=asked.account.id, environment=asked.caller.environment)


def _author(asked: Asked, now: Millis) -> Owner:
    """Give the owner who saves an endpoint: what it is told of carriers depends on his key."""
    return replace(_owner(asked), operates=asked.caller.operates(now))


def _wanted(services: Services, asked: Asked) -> Wanted:
    body = read_json(asked.call.event)
    return read(WriteEndpoint, body, loopback=services.loopback).wanted()
