"""`make carriers FILE=…`: tell a stage its accounts at carriers, and people where these call back.

The file holds secrets: keep it where you keep secrets. docs/carriers/README.md shows one.
"""

import argparse
import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from relevo.carriers import registry
from relevo.carriers.accounts import entry_of
from relevo.carriers.aws_eum import EVENTS_SOURCE, AwsEum
from tools import say, seed
from tools.routes import reach, written

TOKEN_BYTES: Final = 24
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--file", type=Path, required=True)
    asked = parser.parse_args()
    place, base_url = reach(asked.stage)
    document = {"publicUrl": base_url, **written(asked.file)}
    check(document.get("accounts") or {})
    tell(store(place, document))


def check(accounts: Mapping[str, Any]) -> None:
    """Say in one sentence what keeps an account from working."""
    if not accounts:
        say.fail("the file names no accounts; docs/carriers/README.md shows one that does.")
    for name, fields in accounts.items():
        if not _NAME.fullmatch(str(name)):
            say.fail(f"{name}: a name is letters, digits and dashes; it stands in addresses.")
        adapter = str(fields.get("adapter")) if isinstance(fields, Mapping) else ""
        if adapter not in registry.ADAPTERS:
            say.fail(f"{name}: adapter is one of {', '.join(sorted(registry.ADAPTERS))}.")
        if not _are_tokens(fields.get("tokens", [])):
            say.fail(f"{name}: tokens is a list of words without a slash, the one in use first.")
        entry = entry_of({"accounts": accounts}, name)
        missing = registry.adapter(adapter).missing(entry.account) if entry else frozenset()
        if missing:
            say.fail(f"{name}: {adapter} also needs {', '.join(sorted(missing))}.")


def store(place: seed.Place, document: Mapping[str, Any]) -> dict[str, Any]:
    """Make these the stage's accounts; one keeps the tokens it has, a new one gets its own."""
    name = f"relevo/{place.stage}/carriers"
    kept = json.loads(place.secrets.get_secret_value(SecretId=name)["SecretString"])
    known = kept.get("accounts", {})
    accounts = {
        account: {"tokens": known.get(account, {}).get("tokens") or [_token(fields)], **fields}
        for account, fields in document["accounts"].items()
    }
    stored = {**kept, "publicUrl": document["publicUrl"], "accounts": accounts}
    place.secrets.put_secret_value(SecretId=name, SecretString=json.dumps(stored))
    return stored


def tell(stored: Mapping[str, Any]) -> None:
    say.line("Functions see the accounts within five minutes. Where carriers call back:")
    for name in stored["accounts"]:
        entry = entry_of(stored, name)
        if entry and entry.adapter != AwsEum.name:
            say.line(f"  {entry.account.callback('receipts')}")
            say.line(f"  {entry.account.callback('inbound')}")
    say.line("The long words in them are secrets, too.")


def _are_tokens(tokens: object) -> bool:
    return isinstance(tokens, list) and all(
        isinstance(token, str) and token and "/" not in token for token in tokens
    )


def _token(fields: Mapping[str, Any]) -> str:
    if fields["adapter"] == AwsEum.name:
        return EVENTS_SOURCE  # IAM vouches for its events
    # No sign that a path or a gateway could take for something else.
    return secrets.token_hex(TOKEN_BYTES)


if __name__ == "__main__":
    main()
