"""Our accounts at the simulated carriers: the fields a real one would have in its secret."""

import base64
from collections.abc import Mapping
from typing import Final

from nacl.signing import SigningKey

from relevo.carriers.values import CarrierAccount
from tools.simulator.wire import Keys

TOKEN: Final = "k3tQ9vX2mB7nR5wY8zL1cD4fG6hJ0pSa"
API_SECRET: Final = "apiSecretNobodyMaySee"


def account_at(carrier: str, base_url: str, public_url: str, keys: Keys) -> CarrierAccount:
    """Give an account whose calls go to `base_url` and whose callbacks come to `public_url`."""
    fields = {**_FIELDS[carrier], "base_url": base_url, "sender": "ACME"}
    signing = {
        "auth_token": keys.auth_token,
        "signature_secret": keys.secret,
        "signature_method": "sha256",
        "webhook_secret": keys.secret,
        "public_key": base64.b64encode(bytes(SigningKey(keys.seed).verify_key)).decode(),
    }
    tokens = (keys.topic,) if carrier == "aws-eum" else (TOKEN,)
    return CarrierAccount(
        name=carrier, public_url=public_url, tokens=tokens, fields={**signing, **fields}
    )


_LOGIN: Final = {"username": "relevo", "password": API_SECRET}
_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "infobip": {"api_key": API_SECRET},
    "twilio": {"account_sid": "AC00000000000000000000000000000001"},
    "aws-eum": {"region": "eu-west-1", "configuration_set": "sms-events"},
    "tencent": {
        "secret_id": "AKIDEXAMPLE",
        "secret_key": API_SECRET,
        "app_id": "1400006666",
        "region": "ap-guangzhou",
        "sign_name": "示例公司",
    },
    "kannel": _LOGIN,
    "jasmin": _LOGIN,
    "vonage": {"api_key": "abcd1234", "api_secret": API_SECRET},
    "vonage-messages": {"api_key": "abcd1234", "api_secret": API_SECRET},
    "sinch": {"service_plan": "0123456789abcdef", "api_token": API_SECRET},
    "alibaba": {
        "access_key_id": "LTAI5tEXAMPLE",
        "access_key_secret": API_SECRET,
        "sign_name": "示例公司",
    },
    "alibaba-intl": {"access_key_id": "LTAI5tEXAMPLE", "access_key_secret": API_SECRET},
    "telnyx": {"api_key": API_SECRET, "messaging_profile": "4000017a-0000"},
    "plivo": {"auth_id": "MAXXXXXXXXXXXXXXXXXX"},
}
