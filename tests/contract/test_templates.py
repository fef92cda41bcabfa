"""Templates: versions that follow each other, a latest one for lists, and one that is retired."""

from dataclasses import replace

import pytest

from relevo.domain.templates import (
    CarrierTemplate,
    OtpFormat,
    Template,
    Variable,
    VariableType,
)
from relevo.domain.timing import SECOND
from relevo.domain.words import TrafficClass
from relevo.ports.basics import Conflict
from tests.contract.conftest import Aws, Side
from tests.fakes import NOON

CODE = Template(
    id="login-code",
    version=1,
    category=TrafficClass.OTP,
    default_language="es",
    variants={"es": "Su clave es {{ code }}.", "zh-CN": "验证码{{ code }}"},
    variables=(
        Variable(name="code", type=VariableType.CODE, max_length=8),
        Variable(name="shop", required=False),
    ),
    signature="探探",
    otp=OtpFormat(webotp_domain="shop.example"),
    carriers={
        "tencent": CarrierTemplate(template_id="449739", params=("code",)),
        "alibaba": CarrierTemplate(template_id="SMS_1", params={"c": "code"}),
    },
    saved_at=NOON,
)
NEXT = replace(CODE, version=2, variants={"es": "Clave {{ code }}."}, saved_at=NOON + SECOND)
PLAIN = Template(
    id="hello",
    version=1,
    category=TrafficClass.TRANSACTIONAL,
    default_language="es",
    variants={"es": "Hola"},
    saved_at=NOON,
)


@pytest.mark.parametrize("template", [CODE, PLAIN], ids=lambda one: one.id)
def test_a_template_comes_back_as_it_was_saved(side: Side, template: Template) -> None:
    side.templates.save("acme", template)

    assert side.templates.get("acme", template.id) == template
    assert side.templates.get("acme", template.id, 1) == template
    assert side.templates.latest("acme", template.id) == template


def test_nobody_elses_and_no_other_version_is_there(side: Side) -> None:
    side.templates.save("acme", CODE)

    assert side.templates.get("other", CODE.id) is None
    assert side.templates.get("acme", "login") is None
    assert side.templates.get("acme", CODE.id, 2) is None


def test_versions_follow_each_other_and_stay(side: Side) -> None:
    side.templates.save("acme", CODE)
    side.templates.save("acme", NEXT)

    assert side.templates.get("acme", CODE.id) == NEXT
    assert side.templates.get("acme", CODE.id, 1) == CODE


@pytest.mark.parametrize("version", [1, 3], ids=["taken", "with a gap"])
def test_a_version_that_does_not_follow_is_a_conflict(side: Side, version: int) -> None:
    side.templates.save("acme", CODE)

    with pytest.raises(Conflict):
        side.templates.save("acme", replace(NEXT, version=version))

    assert side.templates.latest("acme", CODE.id) == CODE


def test_saving_again_what_was_saved_is_no_conflict(side: Side) -> None:
    side.templates.save("acme", CODE)

    side.templates.save("acme", CODE)

    assert side.templates.latest("acme", CODE.id) == CODE


def test_a_retired_template_is_gone_for_sending_and_its_number_goes_on(side: Side) -> None:
    side.templates.save("acme", CODE)
    side.templates.retire("acme", CODE)

    assert side.templates.get("acme", CODE.id) is None
    assert side.templates.get("acme", CODE.id, 1) is None
    assert side.templates.latest("acme", CODE.id) == replace(CODE, retired=True)

    side.templates.save("acme", NEXT)

    assert side.templates.get("acme", CODE.id) == NEXT


def test_a_template_that_changed_meanwhile_is_not_retired(side: Side) -> None:
    side.templates.save("acme", CODE)
    side.templates.save("acme", NEXT)

    with pytest.raises(Conflict):
        side.templates.retire("acme", CODE)

    assert side.templates.get("acme", CODE.id) == NEXT


def test_pages_give_every_template_once_and_skip_the_retired(side: Side) -> None:
    for name in "abcdefg":
        side.templates.save("acme", replace(PLAIN, id=name))
    side.templates.save("other", replace(PLAIN, id="c2"))
    for name in "bcg":
        side.templates.retire("acme", replace(PLAIN, id=name))

    seen, after, pages = list[str](), None, 0
    while pages == 0 or after:
        page = side.templates.page("acme", after=after, limit=2)
        seen += [template.id for template in page.templates]
        after, pages = page.after, pages + 1
        assert len(page.templates) <= 2

    assert seen == ["a", "d", "e", "f"]


def test_what_was_saved_elsewhere_is_seen_within_ten_seconds(aws: Aws) -> None:
    here, elsewhere = aws.templates(), aws.templates()
    elsewhere.save("acme", CODE)
    assert here.get("acme", CODE.id) == CODE
    elsewhere.save("acme", NEXT)

    assert here.get("acme", CODE.id) == CODE
    assert here.get("acme", CODE.id, 2) == NEXT
    aws.clock.advance(10 * SECOND)
    assert here.get("acme", CODE.id) == NEXT


def test_what_was_saved_here_is_seen_at_once(aws: Aws) -> None:
    templates = aws.templates()
    templates.save("acme", CODE)
    templates.get("acme", CODE.id)
    templates.save("acme", NEXT)

    assert templates.get("acme", CODE.id) == NEXT
