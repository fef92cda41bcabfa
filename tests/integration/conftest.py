from collections.abc import Iterator

import pytest

from tests.integration.harness import System, deployed


@pytest.fixture
def system() -> Iterator[System]:
    with deployed() as made:
        yield made


@pytest.fixture
def everything_twice() -> Iterator[System]:
    """Every SQS record, every stream record and every workflow comes twice."""
    with deployed(twice=True) as made:
        yield made
