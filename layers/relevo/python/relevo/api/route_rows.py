"""The rows of routes and senders: operators change them, an account sees its own senders."""

from typing import Final

from relevo.api import route_operations as do
from relevo.api.auth import Scope
from relevo.api.route_answers import BookAnswer, RouteEntry, SendersAnswer
from relevo.api.route_requests import BookRequest, RouteRequest, SendersRequest
from relevo.api.rows import Operation

_ALL: Final = do.ROUTES
_ONE: Final = f"{_ALL}/{{routeName}}"
_SENDERS: Final = "/api/v1/accounts/{accountId}/senders"

ROWS: Final[tuple[Operation, ...]] = (
    Operation(
        method="GET",
        path=_ALL,
        id="fetchRoutes",
        summary="Everything configured: routes, the double lists, what accounts exclude.",
        scope=Scope.OPERATOR_ROUTES,
        run=do.fetch_routes,
        answer=BookAnswer,
    ),
    Operation(
        method="PUT",
        path=_ALL,
        id="replaceRoutes",
        summary="Make this everything configured; all of it is checked before anything changes.",
        scope=Scope.OPERATOR_ROUTES,
        run=do.replace_routes,
        request=BookRequest,
        answer=BookAnswer,
    ),
    Operation(
        method="GET",
        path=_ONE,
        id="fetchRoute",
        summary="One route.",
        scope=Scope.OPERATOR_ROUTES,
        run=do.fetch_route,
        answer=RouteEntry,
    ),
    Operation(
        method="PUT",
        path=_ONE,
        id="putRoute",
        summary="Add a route, or change it as a whole.",
        scope=Scope.OPERATOR_ROUTES,
        run=do.put_route,
        request=RouteRequest,
        answer=RouteEntry,
    ),
    Operation(
        method="DELETE",
        path=_ONE,
        id="removeRoute",
        summary="Remove a route that no list names.",
        scope=Scope.OPERATOR_ROUTES,
        run=do.remove_route,
        answer=None,
        status=204,
        problems=("route-in-use",),
    ),
    Operation(
        method="GET",
        path="/api/v1/senders",
        id="listSenders",
        summary="The account's own senders.",
        scope=Scope.ACCOUNT_READ,
        run=do.list_own_senders,
        answer=SendersAnswer,
    ),
    Operation(
        method="GET",
        path=_SENDERS,
        id="fetchSenders",
        summary="The senders of an account.",
        scope=Scope.OPERATOR_ROUTES,
        run=do.list_senders,
        answer=SendersAnswer,
    ),
    Operation(
        method="PUT",
        path=_SENDERS,
        id="replaceSenders",
        summary="Make these the account's senders, and no others.",
        scope=Scope.OPERATOR_ROUTES,
        run=do.replace_senders,
        request=SendersRequest,
        answer=SendersAnswer,
        problems=("invalid-sender",),
    ),
)
