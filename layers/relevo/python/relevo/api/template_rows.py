"""The rows of templates: what is served about them, each with its scope."""

from typing import Final

from relevo.api import template_operations as do
from relevo.api.auth import Scope
from relevo.api.rows import Operation
from relevo.api.template_answers import PreviewsAnswer, TemplateAnswer, TemplatesAnswer
from relevo.api.template_requests import ChangeTemplate, CreateTemplate, PreviewTemplate

_ALL: Final = do.TEMPLATES
_ONE: Final = f"{_ALL}/{{templateId}}"
_CHECKED: Final = (
    "template-not-allowed",
    "template-variable-missing",
    "template-limit-exceeded",
    "edit-conflict",
)

ROWS: Final[tuple[Operation, ...]] = (
    Operation(
        method="POST",
        path=_ALL,
        id="createTemplate",
        summary="Save a template; its variants are checked and sized.",
        scope=Scope.TEMPLATES_WRITE,
        run=do.create_template,
        request=CreateTemplate,
        answer=TemplateAnswer,
        status=201,
        problems=("template-exists", *_CHECKED),
    ),
    Operation(
        method="GET",
        path=_ALL,
        id="listTemplates",
        summary="The account's templates in their latest versions, by id.",
        scope=Scope.TEMPLATES_READ,
        run=do.list_templates,
        answer=TemplatesAnswer,
        query=("limit", "cursor"),
        problems=("validation-failed", "invalid-cursor"),
    ),
    Operation(
        method="GET",
        path=_ONE,
        id="fetchTemplate",
        summary="A template in its latest version.",
        scope=Scope.TEMPLATES_READ,
        run=do.fetch_template,
        answer=TemplateAnswer,
    ),
    Operation(
        method="PUT",
        path=_ONE,
        id="changeTemplate",
        summary="Save a further version; one that changes nothing is not a new one.",
        scope=Scope.TEMPLATES_WRITE,
        run=do.change_template,
        request=ChangeTemplate,
        answer=TemplateAnswer,
        problems=_CHECKED,
    ),
    Operation(
        method="DELETE",
        path=_ONE,
        id="retireTemplate",
        summary="Take a template out of use. What was accepted with it is sent all the same.",
        scope=Scope.TEMPLATES_WRITE,
        run=do.retire_template,
        answer=None,
        status=204,
        problems=("edit-conflict",),
    ),
    Operation(
        method="GET",
        path=f"{_ONE}/versions/{{version}}",
        id="fetchTemplateVersion",
        summary="A template as it was saved once; versions never change.",
        scope=Scope.TEMPLATES_READ,
        run=do.fetch_version,
        answer=TemplateAnswer,
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/preview",
        id="previewTemplate",
        summary="What handsets would show, language by language, and the rules it would break.",
        scope=Scope.TEMPLATES_READ,
        run=do.preview_template,
        request=PreviewTemplate,
        answer=PreviewsAnswer,
        problems=("template-limit-exceeded", "invalid-sender"),
    ),
)
