"""The rows of webhook endpoints: what is served about them, each with its scope."""

from typing import Final

from relevo.api import webhook_operations as do
from relevo.api.auth import Scope
from relevo.api.rows import Operation
from relevo.api.webhook_answers import (
    DeliveriesAnswer,
    DeliveryAnswer,
    EndpointAnswer,
    EndpointsAnswer,
    ReplayAnswer,
)
from relevo.api.webhook_requests import ReplaySpan, WriteEndpoint

_ALL: Final = do.ENDPOINTS
_ONE: Final = f"{_ALL}/{{endpointId}}"
_PLACE: Final = f"{_ALL}/{{placeId}}"

ROWS: Final[tuple[Operation, ...]] = (
    Operation(
        method="POST",
        path=_ALL,
        id="createWebhookEndpoint",
        summary="Have events sent to a URL. The answer alone shows the secret that signs them.",
        scope=Scope.WEBHOOKS_WRITE,
        run=do.create_endpoint,
        request=WriteEndpoint,
        answer=EndpointAnswer,
        status=201,
        problems=("invalid-callback-url", "endpoint-limit-reached", "edit-conflict"),
    ),
    Operation(
        method="GET",
        path=_ALL,
        id="listWebhookEndpoints",
        summary="The account's endpoints in this environment, in the order they were made.",
        scope=Scope.WEBHOOKS_READ,
        run=do.list_endpoints,
        answer=EndpointsAnswer,
    ),
    Operation(
        method="GET",
        path=_ONE,
        id="fetchWebhookEndpoint",
        summary="An endpoint, and why it is disabled if it is.",
        scope=Scope.WEBHOOKS_READ,
        run=do.fetch_endpoint,
        answer=EndpointAnswer,
    ),
    Operation(
        method="PUT",
        path=_ONE,
        id="changeWebhookEndpoint",
        summary="Replace URL, filters, description and whether it is enabled; the secret stays.",
        scope=Scope.WEBHOOKS_WRITE,
        run=do.change_endpoint,
        request=WriteEndpoint,
        answer=EndpointAnswer,
        problems=("invalid-callback-url", "edit-conflict"),
    ),
    Operation(
        method="DELETE",
        path=_ONE,
        id="removeWebhookEndpoint",
        summary="Remove an endpoint; what is on its way there is not delivered any more.",
        scope=Scope.WEBHOOKS_WRITE,
        run=do.remove_endpoint,
        answer=None,
        status=204,
        problems=("edit-conflict",),
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/test",
        id="testWebhookEndpoint",
        summary="Send a `webhook.test` event there, over the road that all events go.",
        scope=Scope.WEBHOOKS_WRITE,
        run=do.test_endpoint,
        answer=DeliveryAnswer,
        status=202,
    ),
    Operation(
        method="POST",
        path=f"{_PLACE}/rotate-secret",
        id="rotateWebhookSecret",
        summary="Make a new secret; both sign for a day. `callbacks` names that of callback URLs.",
        scope=Scope.WEBHOOKS_WRITE,
        run=do.rotate_secret,
        answer=EndpointAnswer,
        problems=("edit-conflict",),
    ),
    Operation(
        method="GET",
        path=f"{_PLACE}/deliveries",
        id="listWebhookDeliveries",
        summary="The last 30 days of deliveries to an endpoint, or to `callbacks`, newest first.",
        scope=Scope.WEBHOOKS_READ,
        run=do.list_deliveries,
        answer=DeliveriesAnswer,
        query=("limit", "cursor"),
        problems=("validation-failed", "invalid-cursor"),
    ),
    Operation(
        method="POST",
        path=f"{_PLACE}/deliveries/{{deliveryId}}/replay",
        id="replayWebhookDelivery",
        summary="Deliver an event once more, under the same id, with the whole schedule.",
        scope=Scope.WEBHOOKS_WRITE,
        run=do.replay_delivery,
        answer=DeliveryAnswer,
        status=202,
        problems=("edit-conflict",),
    ),
    Operation(
        method="POST",
        path=f"{_PLACE}/replay",
        id="replayWebhookDeliveries",
        summary="Deliver the failed events of a span once more, a hundred at a call.",
        scope=Scope.WEBHOOKS_WRITE,
        run=do.replay_span,
        request=ReplaySpan,
        answer=ReplayAnswer,
        status=202,
        query=("cursor",),
        problems=("invalid-cursor", "edit-conflict"),
    ),
)
