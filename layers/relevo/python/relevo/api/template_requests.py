"""Templates as clients write them: shape here, meaning in the checks of the domain."""

from typing import Annotated, TypeAlias

from pydantic import Field, PlainValidator, model_validator
from pydantic_core import PydanticCustomError

from relevo.api.fields import Country, Language, Sender, TimeZone
from relevo.api.schemas import Request, Variables, flaw
from relevo.domain import templates as domain
from relevo.domain.preview import Trial
from relevo.domain.templates import MAX_VALUE, VariableType
from relevo.domain.words import TrafficClass

Word: TypeAlias = Annotated[str, Field(min_length=1, max_length=64)]


def _parse_params(value: object) -> domain.Parameters:
    """Read a list of our variables, or the carrier's names for them."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if isinstance(value, dict) and all(isinstance(one, str) for one in value.values()):
        return value
    detail = "Use a list of variables, or an object of the carrier's names and our variables."
    raise PydanticCustomError("invalid-params", detail)


Params: TypeAlias = Annotated[
    domain.Parameters,
    PlainValidator(_parse_params, json_schema_input_type=list[str] | dict[str, str]),
]


class VariableRequest(Request):
    """`maxLength` is in characters and holds for strings and codes."""

    name: Word
    type: Annotated[VariableType, Field(strict=False)] = VariableType.STRING
    required: bool = True
    max_length: Annotated[int, Field(ge=1, le=MAX_VALUE)] = MAX_VALUE


class WebOtp(Request):
    """The code is filled in by the browser on a page of this domain."""

    domain: Annotated[str, Field(min_length=1, max_length=253)]


class SmsRetriever(Request):
    """The code is read by the Android app of this hash."""

    app_hash: Annotated[str, Field(min_length=11, max_length=11)]


class OtpRequest(Request):
    """How a program on the handset finds the code: one way or the other, never both."""

    webotp: WebOtp | None = None
    sms_retriever: SmsRetriever | None = None


class CarrierTemplateRequest(Request):
    """The template as a carrier has approved it: our variables in its order, or by its names."""

    template_id: Word
    params: Params = ()


class ChangeTemplate(Request):
    """The body of `PUT /api/v1/templates/{templateId}`: a whole new version.

    How many and how long things may be is said by the checks of templates, with a slug of its own.
    """

    category: Annotated[TrafficClass, Field(strict=False)]
    default_language: Language
    variants: Annotated[dict[Word, str], Field(min_length=1)]
    variables: list[VariableRequest] = Field(default_factory=list)
    signature: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    otp: OtpRequest | None = None
    carriers: dict[Word, CarrierTemplateRequest] = Field(default_factory=dict)

    def template(self, template_id: str) -> domain.Template:
        """Give the template; its version is the library's to choose."""
        return domain.Template(
            id=template_id,
            version=1,
            category=self.category,
            default_language=self.default_language,
            variants=self.variants,
            variables=tuple(
                domain.Variable(
                    name=one.name, type=one.type, required=one.required, max_length=one.max_length
                )
                for one in self.variables
            ),
            signature=self.signature,
            otp=_otp(self.otp),
            carriers={
                name: domain.CarrierTemplate(template_id=one.template_id, params=one.params)
                for name, one in self.carriers.items()
            },
        )


class CreateTemplate(ChangeTemplate):
    """The body of `POST /api/v1/templates`."""

    id: Word


class PreviewTemplate(Request):
    """The body of a preview; everything may be left out, `{}` shows all variants with samples."""

    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    language: Language | None = None
    countries: Annotated[list[Country], Field(max_length=50)] = Field(default_factory=list)
    variables: Variables = Field(default_factory=dict)
    sender: Annotated[Sender | None, Field(alias="from")] = None
    time_zone: TimeZone | None = None
    smart_encoding: bool = True

    @model_validator(mode="after")
    def _check_amount(self) -> "PreviewTemplate":
        if self.language is None and len(self.countries) > 5:
            raise flaw("too-many", "/countries", "At most 5, or name one language.")
        return self

    def trial(self, variables: dict[str, object]) -> Trial:
        return Trial(
            language=self.language,
            countries=tuple(dict.fromkeys(self.countries)),
            variables=variables,
            sender=self.sender,
            zone=self.time_zone,
            smart_encoding=self.smart_encoding,
        )


def _otp(given: OtpRequest | None) -> domain.OtpFormat | None:
    if given is None:
        return None
    return domain.OtpFormat(
        webotp_domain=given.webotp.domain if given.webotp else None,
        retriever_hash=given.sms_retriever.app_hash if given.sms_retriever else None,
    )
