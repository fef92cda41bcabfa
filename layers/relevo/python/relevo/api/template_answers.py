"""Templates as clients read them: versions, what their variants cost, and how they would look."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from relevo.api.answers import Answer, Instant, if_known
from relevo.api.fields import WireEncoding
from relevo.api.quotes import ViolationAnswer, violation_answers
from relevo.domain.preview import Preview
from relevo.domain.templates import CarrierTemplate, OtpFormat, Template, VariableType
from relevo.domain.words import TrafficClass

if TYPE_CHECKING:
    from relevo.domain.template_lint import Lint
    from relevo.services.templates import Saved


class VariableAnswer(Answer):
    name: str
    type: VariableType
    required: bool
    max_length: int


class WebOtpAnswer(Answer):
    domain: str


class SmsRetrieverAnswer(Answer):
    app_hash: str


class OtpAnswer(Answer):
    webotp: WebOtpAnswer | None = if_known()
    sms_retriever: SmsRetrieverAnswer | None = if_known()


class CarrierTemplateAnswer(Answer):
    template_id: str
    params: tuple[str, ...] | Mapping[str, str]


class LintAnswer(Answer):
    """A variant filled with samples; `culprits` alone keep it out of GSM-7, `detail` says so."""

    language: str
    text: str
    encoding: WireEncoding
    segments: int
    culprits: tuple[str, ...] | None = if_known()
    segments_as_gsm7: int | None = if_known()
    detail: str | None = if_known()


class TemplateAnswer(Answer):
    id: str
    version: int
    category: TrafficClass
    default_language: str
    variants: Mapping[str, str]
    variables: tuple[VariableAnswer, ...]
    signature: str | None = if_known()
    otp: OtpAnswer | None = if_known()
    carriers: Mapping[str, CarrierTemplateAnswer] | None = if_known()
    saved_at: Instant
    lint: tuple[LintAnswer, ...] | None = if_known()


class TemplateSummary(Answer):
    id: str
    version: int
    category: TrafficClass
    languages: tuple[str, ...]
    saved_at: Instant


class TemplatesAnswer(Answer):
    data: tuple[TemplateSummary, ...]
    next_cursor: str | None = None


class PreviewAnswer(Answer):
    """One text as a market would get it; `variant` is the language it was made from."""

    language: str
    variant: str | None
    country: str
    text: str
    encoding: WireEncoding
    segments: int
    units: int
    replaced: tuple[str, ...] = ()
    culprits: tuple[str, ...] | None = if_known()
    segments_as_gsm7: int | None = if_known()
    detail: str | None = if_known()
    violations: tuple[ViolationAnswer, ...] = ()


class PreviewsAnswer(Answer):
    id: str
    previews: tuple[PreviewAnswer, ...]


def saved_answer(saved: "Saved") -> TemplateAnswer:
    return template_answer(saved.template, map(_lint, saved.lints))


def template_answer(template: Template, lint: Iterable[LintAnswer] = ()) -> TemplateAnswer:
    return TemplateAnswer(
        id=template.id,
        version=template.version,
        category=template.category,
        default_language=template.default_language,
        variants=template.variants,
        variables=tuple(
            VariableAnswer(
                name=one.name, type=one.type, required=one.required, max_length=one.max_length
            )
            for one in template.variables
        ),
        signature=template.signature,
        otp=_otp(template.otp),
        carriers={name: _carrier(one) for name, one in template.carriers.items()} or None,
        saved_at=template.saved_at,
        lint=tuple(lint) or None,
    )


def summary(template: Template) -> TemplateSummary:
    return TemplateSummary(
        id=template.id,
        version=template.version,
        category=template.category,
        languages=tuple(template.variants),
        saved_at=template.saved_at,
    )


def preview_answer(preview: Preview) -> PreviewAnswer:
    made = preview.composition
    return PreviewAnswer(
        language=preview.language,
        variant=made.language,
        country=preview.country,
        text=made.text,
        encoding=made.sizing.encoding,
        segments=made.sizing.segments,
        units=made.sizing.units,
        replaced=made.replaced,
        culprits=preview.culprits or None,
        segments_as_gsm7=preview.as_gsm,
        detail=_why(preview.culprits, made.sizing.segments, preview.as_gsm),
        violations=violation_answers(preview.violations),
    )


def _lint(lint: "Lint") -> LintAnswer:
    return LintAnswer(
        language=lint.language,
        text=lint.text,
        encoding=lint.encoding,
        segments=lint.segments,
        culprits=lint.culprits or None,
        segments_as_gsm7=lint.as_gsm,
        detail=_why(lint.culprits, lint.segments, lint.as_gsm),
    )


def _why(culprits: tuple[str, ...], segments: int, as_gsm: int | None) -> str | None:
    if as_gsm is None:
        return None
    signs = " ".join(culprits)
    instead = f"{segments} instead of {as_gsm}" if as_gsm < segments else f"still {segments}"
    return f"UCS-2 because of {signs}: segments {instead}."


def _otp(otp: OtpFormat | None) -> OtpAnswer | None:
    if otp is None:
        return None
    return OtpAnswer(
        webotp=WebOtpAnswer(domain=otp.webotp_domain) if otp.webotp_domain else None,
        sms_retriever=SmsRetrieverAnswer(app_hash=otp.retriever_hash)
        if otp.retriever_hash
        else None,
    )


def _carrier(one: CarrierTemplate) -> CarrierTemplateAnswer:
    return CarrierTemplateAnswer(template_id=one.template_id, params=one.params)
