"""What each operation on routes and senders does: read the call, ask the operator's service."""

from typing import Final

from relevo.api.guard import BATCH, read_json
from relevo.api.http import Reply
from relevo.api.operations import Asked, Services
from relevo.api.route_answers import book_answer, route_entry, senders_answer
from relevo.api.route_requests import BookRequest, RouteRequest, SendersRequest
from relevo.api.schemas import read
from relevo.domain.problem import Problem

ROUTES: Final = "/api/v1/routes"


def fetch_routes(services: Services, _: Asked) -> Reply:
    return Reply(body=book_answer(services.operator().book()).wire())


def replace_routes(services: Services, asked: Asked) -> Reply:
    body = read(BookRequest, read_json(asked.call.event, BATCH))
    book = services.operator().replace_book(body.book())
    return Reply(body=book_answer(book).wire())


def fetch_route(services: Services, asked: Asked) -> Reply:
    route = services.operator().book().routes.get(asked.named["routeName"])
    if route is None:
        raise Problem("not-found")
    return Reply(body=route_entry(route).wire())


def put_route(services: Services, asked: Asked) -> Reply:
    name = asked.named["routeName"]
    body = read(RouteRequest, read_json(asked.call.event))
    book = services.operator().put_route(body.route(name))
    return Reply(body=route_entry(book.routes[name]).wire())


def remove_route(services: Services, asked: Asked) -> Reply:
    services.operator().remove_route(asked.named["routeName"])
    return Reply(status=204)


def list_own_senders(services: Services, asked: Asked) -> Reply:
    senders = services.operator().senders_of(asked.account.id)
    return Reply(body=senders_answer(senders).wire())


def list_senders(services: Services, asked: Asked) -> Reply:
    senders = services.operator().senders_of(asked.named["accountId"])
    return Reply(body=senders_answer(senders).wire())


def replace_senders(services: Services, asked: Asked) -> Reply:
    body = read(SendersRequest, read_json(asked.call.event, BATCH))
    wanted = [one.sender() for one in body.senders]
    senders = services.operator().replace_senders(asked.named["accountId"], wanted)
    return Reply(body=senders_answer(senders).wire())
