"""Templates in DynamoDB: every version as it was saved, and the latest once more for lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from relevo import wire
from relevo.aws import keys
from relevo.aws.cache import Cache
from relevo.aws.codec import Item, decode, encode
from relevo.aws.dynamo import Cancelled, Request, get_item, transact
from relevo.aws.patience import PATIENCE, Patience
from relevo.domain.templates import (
    CarrierTemplate,
    OtpFormat,
    Parameters,
    Template,
    Variable,
    VariableType,
)
from relevo.domain.timing import HOUR, SECOND, Millis
from relevo.domain.words import TrafficClass
from relevo.ports.basics import Clock, Conflict
from relevo.ports.templates import TemplatePage

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def template_item(template: Template) -> Item:
    """Write a template down, without its key."""
    item: Item = {
        "id": template.id,
        "version": template.version,
        "category": template.category.value,
        "defaultLanguage": template.default_language,
        "variants": dict(template.variants),
        "variables": [_variable_item(one) for one in template.variables],
        "savedAt": template.saved_at,
        "retired": template.retired,
        "v": wire.VERSION,
    }
    if template.signature is not None:
        item["signature"] = template.signature
    if template.otp is not None:
        named = {"domain": template.otp.webotp_domain, "hash": template.otp.retriever_hash}
        item["otp"] = {name: value for name, value in named.items() if value is not None}
    if template.carriers:
        item["carriers"] = {name: _carrier_item(one) for name, one in template.carriers.items()}
    return item


def template_from_item(item: Mapping[str, Any]) -> Template:
    otp = item.get("otp")
    return Template(
        id=item["id"],
        version=item["version"],
        category=TrafficClass(item["category"]),
        default_language=item["defaultLanguage"],
        variants=item["variants"],
        variables=tuple(map(_variable, item["variables"])),
        signature=item.get("signature"),
        otp=OtpFormat(webotp_domain=otp.get("domain"), retriever_hash=otp.get("hash"))
        if otp is not None
        else None,
        carriers={
            name: CarrierTemplate(template_id=one["templateId"], params=_params(one["params"]))
            for name, one in item.get("carriers", {}).items()
        },
        saved_at=item["savedAt"],
        retired=item["retired"],
    )


def _variable_item(one: Variable) -> Item:
    return {
        "name": one.name,
        "type": one.type.value,
        "required": one.required,
        "maxLength": one.max_length,
    }


def _variable(item: Mapping[str, Any]) -> Variable:
    return Variable(
        name=item["name"],
        type=VariableType(item["type"]),
        required=item["required"],
        max_length=item["maxLength"],
    )


def _carrier_item(one: CarrierTemplate) -> Item:
    params = list(one.params) if isinstance(one.params, tuple) else dict(one.params)
    return {"templateId": one.template_id, "params": params}


def _params(stored: Any) -> Parameters:
    return tuple(stored) if isinstance(stored, list) else stored


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoTemplates:
    """`fresh` is how long a save or a retirement made elsewhere may go unnoticed."""

    client: "DynamoDBClient"
    table: str
    clock: Clock
    fresh: Millis = 10 * SECOND
    patience: Patience = PATIENCE
    _latest: Cache[Template] = field(init=False)
    _versions: Cache[Template] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_latest", Cache(self.clock, self.fresh, size=200))
        object.__setattr__(self, "_versions", Cache(self.clock, HOUR, size=200))

    def get(self, account: str, template_id: str, version: int | None = None) -> Template | None:
        name = f"{account}#{template_id}"
        latest = self._latest.get(name, lambda: self._read(keys.template(account, template_id)))
        if latest is None or latest.retired:
            return None
        if version is None or version == latest.version:
            return latest
        key = keys.template_version(account, template_id, version)
        return self._versions.get(f"{name}#{version}", lambda: self._read(key))

    def latest(self, account: str, template_id: str) -> Template | None:
        return self._read(keys.template(account, template_id), strong=True)

    def page(self, account: str, *, after: str | None, limit: int) -> TemplatePage:
        start = None if after is None else keys.template(account, after)
        found: list[Template] = []
        while len(found) < limit:
            rows, start = self._rows(account, start, limit - len(found))
            found += [one for one in map(template_from_item, rows) if not one.retired]
            if start is None:
                break
        last = None if start is None else str(start["sk"]).removeprefix(keys.TEMPLATE)
        return TemplatePage(templates=found, after=last)

    def save(self, account: str, template: Template) -> None:
        """Put version and latest together, if the latest is still the one before it."""
        own = keys.template_version(account, template.id, template.version)
        put = {**own, **template_item(template)}
        if_new = {"ConditionExpression": "attribute_not_exists(pk)"}
        self._write(
            account,
            template,
            template.version - 1,
            {"Put": {"TableName": self.table, "Item": encode(put), **if_new}},
        )

    def retire(self, account: str, template: Template) -> None:
        self._write(account, replace(template, retired=True), template.version)

    def _write(self, account: str, latest: Template, old: int, *more: Request) -> None:
        item = {**keys.template(account, latest.id), **template_item(latest)}
        condition = {
            "ConditionExpression": "version = :old" if old else "attribute_not_exists(pk)",
            **({"ExpressionAttributeValues": encode({":old": old})} if old else {}),
        }
        put = {"TableName": self.table, "Item": encode(item), **condition}
        try:
            transact(self.client, [*more, {"Put": put}], self.patience)
        except Cancelled:
            if self.latest(account, latest.id) != latest:  # our own write, its answer lost?
                raise Conflict(latest.id) from None
        self._latest.forget(f"{account}#{latest.id}")

    def _rows(self, account: str, start: Item | None, limit: int) -> tuple[list[Item], Item | None]:
        values = {":pk": keys.template(account, "")["pk"], ":sk": keys.TEMPLATE}
        request: Request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
            "ExpressionAttributeValues": encode(values),
            "ConsistentRead": True,
            "Limit": limit,
        }
        if start is not None:
            request["ExclusiveStartKey"] = encode(start)
        answer: Any = self.client.query(**request)
        last = answer.get("LastEvaluatedKey")
        return [decode(row) for row in answer["Items"]], decode(last) if last else None

    def _read(self, key: Item, *, strong: bool = False) -> Template | None:
        item = get_item(self.client, self.table, key, strong=strong)
        return template_from_item(item) if item else None
