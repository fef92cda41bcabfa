"""The three dashboards: is the service well, which carrier is not, what do the machines do."""

from infra.config import Watched
from infra.watching.boards.carriers import carriers
from infra.watching.boards.operations import operations
from infra.watching.boards.service import service
from infra.watching.terms import Board


def boards(watched: Watched) -> tuple[Board, ...]:
    """Give the dashboards of a stage."""
    return service(), carriers(watched), operations()
