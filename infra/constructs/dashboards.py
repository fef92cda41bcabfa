"""Dashboards from their definitions: what each picture answers, and the picture."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs.figures import Figures
from infra.watching.terms import Board, Panel

MINUTES = 5


class Dashboards(Construct):
    """One CloudWatch dashboard for each board."""

    def __init__(
        self, scope: Construct, name: str, *, boards: tuple[Board, ...], figures: Figures
    ) -> None:
        super().__init__(scope, name)
        for board in boards:
            self._make(board, figures)

    def _make(self, board: Board, figures: Figures) -> None:
        made = cloudwatch.Dashboard(self, board.name)
        made.add_widgets(
            cloudwatch.TextWidget(markdown=f"# {board.name}\n{board.asks}", width=24, height=2)
        )
        for row in board.rows:
            asked = "\n".join(f"* **{panel.title}**: {panel.asks}" for panel in row)
            made.add_widgets(
                cloudwatch.TextWidget(markdown=asked, width=24, height=1 + len(row) // 2)
            )
            made.add_widgets(*(self._picture(panel, figures) for panel in row))

    def _picture(self, panel: Panel, figures: Figures) -> cloudwatch.GraphWidget:
        bound = [] if panel.bound is None else [cloudwatch.HorizontalAnnotation(value=panel.bound)]
        return cloudwatch.GraphWidget(
            title=panel.title,
            left=figures.figures(panel.lines, minutes=MINUTES),
            left_y_axis=cloudwatch.YAxisProps(label=panel.unit, show_units=False, min=0),
            left_annotations=bound,
            width=panel.width,
            height=panel.height,
        )
