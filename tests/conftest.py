"""For every test: nothing of the machine's AWS set-up, and no clock over Hypothesis."""

import logging
import os

import pytest
from hypothesis import HealthCheck, settings

# Two shared cores: a slow example says nothing about the code.
settings.register_profile(
    "relevo", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("relevo")

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@pytest.fixture
def logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> pytest.LogCaptureFixture:
    """What our code logs, whether or not some function has configured its log before."""
    monkeypatch.setattr(logging.getLogger("relevo"), "propagate", True)
    return caplog
