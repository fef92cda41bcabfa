"""`make carriers`: which files it takes, what it stores, and what it tells people."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from relevo.carriers import registry
from relevo.carriers.accounts import account_of, entry_of
from tools import carriers, seed

NAME = "relevo/dev/carriers"
INFOBIP = {"adapter": "infobip", "base_url": "https://x.api.infobip.com", "api_key": "geheim"}
TWILIO = {"adapter": "twilio", "account_sid": "AC1", "auth_token": "geheim"}


class Vault:
    """Secrets Manager, of which a stage has one secret."""

    def __init__(self, kept: Mapping[str, Any] | None = None) -> None:
        self.texts = {NAME: json.dumps(kept or {})}

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - boto's name
        return {"SecretString": self.texts[SecretId]}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        self.texts[SecretId] = SecretString

    @property
    def kept(self) -> dict[str, Any]:
        return dict(json.loads(self.texts[NAME]))


def stored(vault: Vault, public_url: str = "https://sms.example.com", **accounts: Any) -> Any:
    place = seed.Place(dynamodb=None, secrets=vault, outputs={}, stage="dev")
    return carriers.store(place, {"publicUrl": public_url, "accounts": accounts})


def said(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    return out + err


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "names no accounts"),
    ({"x": {"adapter": "pigeon"}}, "x: adapter is one of"),
    ({"x": {}}, "x: adapter is one of"),
    ({"x": None}, "x: adapter is one of"),
    ({"x": "infobip"}, "x: adapter is one of"),
    ({"x": {"adapter": "infobip", "base_url": "https://x"}}, "x: infobip also needs api_key"),
    ({"ok": INFOBIP, "x": {"adapter": "twilio"}}, "x: twilio also needs account_sid"),
    ({"a/b": INFOBIP}, "a/b: a name is letters, digits and dashes"),
    ({"": INFOBIP}, "a name is letters, digits and dashes"),
    ({"x": {**INFOBIP, "tokens": "abc"}}, "x: tokens is a list"),
    ({"x": {**INFOBIP, "tokens": ["a/b"]}}, "x: tokens is a list"),
]


@pytest.mark.parametrize(("accounts", "why"), REFUSED)
def test_a_file_that_would_not_work_is_refused_in_a_sentence(
    accounts: dict[str, Any], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        carriers.check(accounts)

    words = said(capsys)
    assert why in words
    assert "geheim" not in words


def test_every_adapter_says_by_name_what_an_account_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in registry.ADAPTERS:
        needed = registry.adapter(name).missing(account_of({}, "x"))
        if not needed:
            continue
        with pytest.raises(SystemExit):
            carriers.check({"x": {"adapter": name}})
        words = said(capsys)
        assert [field for field in needed if field not in words] == []


def test_a_new_account_gets_a_token_that_nobody_guesses_and_keeps_it() -> None:
    vault = Vault()
    first = stored(vault, main=INFOBIP)

    second = stored(vault, main={**INFOBIP, "api_key": "rotated"}, more=TWILIO)

    (token,) = first["accounts"]["main"]["tokens"]
    assert len(token) >= 32
    assert token.isalnum()
    assert second["accounts"]["main"]["tokens"] == [token]
    assert second["accounts"]["more"]["tokens"] != [token]
    entry = entry_of(vault.kept, "main")
    assert entry is not None
    assert entry.account["api_key"] == "rotated"


def test_the_file_is_all_there_is_and_may_name_the_tokens_itself() -> None:
    vault = Vault()
    stored(vault, main=INFOBIP, gone=TWILIO)

    stored(vault, main={**INFOBIP, "tokens": ["new", "old"]})

    assert list(vault.kept["accounts"]) == ["main"]
    assert vault.kept["accounts"]["main"]["tokens"] == ["new", "old"]


def test_what_else_the_secret_holds_stays() -> None:
    vault = Vault({"webhookKey": "w", "accounts": {}})

    stored(vault, main=INFOBIP)

    assert vault.kept["webhookKey"] == "w"


def test_aws_is_vouched_for_by_iam_and_needs_no_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    vault = Vault()
    document = stored(vault, eum={"adapter": "aws-eum", "region": "eu-west-1"}, main=INFOBIP)
    carriers.tell(document)

    words = said(capsys)
    assert vault.kept["accounts"]["eum"]["tokens"] == ["aws.sms-voice"]
    assert "/carriers/eum/" not in words
    (token,) = vault.kept["accounts"]["main"]["tokens"]
    for kind in ("receipts", "inbound"):
        assert f"https://sms.example.com/carriers/main/{token}/{kind}" in words
    assert "geheim" not in words


def test_the_command_checks_before_it_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vault = Vault()
    place = seed.Place(dynamodb=None, secrets=vault, outputs={}, stage="dev")
    monkeypatch.setattr(carriers, "reach", lambda _: (place, "https://api.example.com/"))
    file = tmp_path / "carriers.yaml"
    monkeypatch.setattr(sys, "argv", ["carriers", "--stage", "dev", "--file", str(file)])

    file.write_text("accounts:\n  main: {adapter: infobip}\n")
    with pytest.raises(SystemExit):
        carriers.main()
    assert vault.kept == {}

    file.write_text(f"accounts:\n  main: {json.dumps(INFOBIP)}\n")
    carriers.main()

    assert vault.kept["publicUrl"] == "https://api.example.com/"
    assert "https://api.example.com/carriers/main/" in said(capsys)


def test_a_file_may_say_where_carriers_reach_the_api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault()
    place = seed.Place(dynamodb=None, secrets=vault, outputs={}, stage="dev")
    monkeypatch.setattr(carriers, "reach", lambda _: (place, "https://api.example.com/"))
    file = tmp_path / "carriers.yaml"
    file.write_text(
        f"publicUrl: https://sms.example.com\naccounts:\n  main: {json.dumps(INFOBIP)}\n"
    )
    monkeypatch.setattr(sys, "argv", ["carriers", "--stage", "dev", "--file", str(file)])

    carriers.main()

    assert vault.kept["publicUrl"] == "https://sms.example.com"
