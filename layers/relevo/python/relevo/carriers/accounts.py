"""Our accounts at carriers, as one secret keeps them.

`{"publicUrl": "https://sms.example.com", "accounts": {"twilio-main": {"adapter": "twilio",
"tokens": ["k3tQ…"], "account_sid": "AC…", "auth_token": "…"}}}`
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from relevo.carriers.values import CarrierAccount

_OURS: Final = frozenset({"adapter", "tokens", "owner"})
"""What an entry says beside the fields of its carrier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An account and who speaks there; `owner` is the customer all its inbound texts are for."""

    adapter: str
    account: CarrierAccount
    owner: str | None = None


def entry_of(secret: Mapping[str, Any], name: str) -> Entry | None:
    """Read one account; None where there is none of that name."""
    kept = secret.get("accounts", {}).get(name)
    if kept is None:
        return None
    fields = {key: str(value) for key, value in kept.items() if key not in _OURS}
    account = CarrierAccount(
        name=name,
        public_url=str(secret.get("publicUrl", "")).rstrip("/"),
        tokens=tuple(kept.get("tokens", ())),
        fields=fields,
    )
    return Entry(adapter=kept["adapter"], account=account, owner=kept.get("owner"))


def entries_at(secret: Mapping[str, Any], adapter: str) -> Iterator[Entry]:
    """Give every account at a carrier."""
    for name in secret.get("accounts", {}):
        entry = entry_of(secret, name)
        if entry and entry.adapter == adapter:
            yield entry


def account_of(secret: Mapping[str, Any], name: str) -> CarrierAccount:
    """Read one account; an unknown one has no fields, so every submit is refused as such."""
    entry = entry_of(secret, name)
    return entry.account if entry else CarrierAccount(name=name, public_url="", tokens=())
