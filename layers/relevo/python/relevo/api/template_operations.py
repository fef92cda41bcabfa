"""What each operation on templates does: read the call, ask the library, answer."""

from typing import Final

from relevo.api.guard import read_json
from relevo.api.http import Reply
from relevo.api.operations import Asked, Services
from relevo.api.orders import variables_of
from relevo.api.paging import limit_of, next_cursor, position_of
from relevo.api.schemas import read
from relevo.api.template_answers import (
    PreviewsAnswer,
    TemplatesAnswer,
    preview_answer,
    saved_answer,
    summary,
    template_answer,
)
from relevo.api.template_requests import ChangeTemplate, CreateTemplate, PreviewTemplate

TEMPLATES: Final = "/api/v1/templates"
LIMIT: Final = 128 * 1024
"""Bytes of a body: forty variants of two kilobytes, and what stands around them."""


def create_template(services: Services, asked: Asked) -> Reply:
    body = read(CreateTemplate, read_json(asked.call.event, LIMIT))
    saved = services.library().create(asked.account, body.template(body.id))
    where = f"{TEMPLATES}/{saved.template.id}"
    return Reply(status=201, body=saved_answer(saved).wire(), headers={"Location": where})


def change_template(services: Services, asked: Asked) -> Reply:
    body = read(ChangeTemplate, read_json(asked.call.event, LIMIT))
    saved = services.library().change(asked.account, body.template(asked.named["templateId"]))
    return Reply(body=saved_answer(saved).wire())


def fetch_template(services: Services, asked: Asked) -> Reply:
    template = services.library().fetch(asked.account, asked.named["templateId"])
    return Reply(body=template_answer(template).wire())


def fetch_version(services: Services, asked: Asked) -> Reply:
    named = asked.named
    version = int(named["version"])
    template = services.library().fetch(asked.account, named["templateId"], version)
    return Reply(body=template_answer(template).wire())


def list_templates(services: Services, asked: Asked) -> Reply:
    about = ("templates", asked.account.id)
    after = position_of(services.id_key, asked.call, *about)
    page = services.library().page(asked.account, after=after, limit=limit_of(asked.call))
    answer = TemplatesAnswer(
        data=tuple(map(summary, page.templates)),
        next_cursor=next_cursor(services.id_key, page.after, *about),
    )
    return Reply(body=answer.wire())


def retire_template(services: Services, asked: Asked) -> Reply:
    services.library().retire(asked.account, asked.named["templateId"])
    return Reply(status=204)


def preview_template(services: Services, asked: Asked) -> Reply:
    body = read(PreviewTemplate, read_json(asked.call.event))
    template_id = asked.named["templateId"]
    trial = body.trial(variables_of(body.variables))
    previews = services.library().preview(asked.account, template_id, body.version, trial)
    answer = PreviewsAnswer(id=template_id, previews=tuple(map(preview_answer, previews)))
    return Reply(body=answer.wire())
