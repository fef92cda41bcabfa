"""What `render` is made of."""

from relevo.aws.workflow import ExpressWorkflow
from relevo.domain.message import Content, Head
from relevo.domain.timing import Millis
from relevo.runtime.bootstrap import parts
from relevo.runtime.logs import configure
from relevo.services.render import Renderer


def renderer() -> Renderer:
    configure("render")
    return Renderer(
        letters=parts.letters(opt_outs=False),
        messages=parts.messages(),
        contents=parts.contents(),
        dues=parts.dues(),
        workflow=ExpressWorkflow(
            client=parts.clients().stepfunctions, arn=parts.settings().workflow_arn
        ),
        opening=opening,
        wording=wording,
        clock=parts.now,
    )


def opening(head: Head, content: Content, at: Millis) -> Millis | None:
    """From when on the recipient's market lets promotion go, in every zone of the number."""
    # Only promotion pays for calendars, time zones and the map of prefixes.
    from relevo import markets  # noqa: PLC0415
    from relevo.domain.market_hours import zones_of  # noqa: PLC0415

    rules = markets.rules(head.country, at, state=content.state)
    zones = (content.zone,) if content.zone else zones_of(content.to, rules)
    return markets.opening(head.country, zones, at, state=content.state)


def wording(head: Head, content: Content, at: Millis) -> str | None:
    """What the recipient's market wants under promotion, in the language of the text."""
    from relevo import markets  # noqa: PLC0415
    from relevo.domain.opt_out import opt_out_wording  # noqa: PLC0415

    rules = markets.rules(head.country, at, state=content.state)
    return opt_out_wording(rules, content.language or "", content.contact)
