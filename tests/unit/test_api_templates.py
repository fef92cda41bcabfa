"""Templates over HTTP: saved, changed, listed, previewed, retired; and messages made from them."""

from typing import Any

import pytest

from relevo.domain.templates import MAX_SOURCE, MAX_VARIABLES, MAX_VARIANTS
from relevo.domain.timing import DAY
from relevo.domain.voice import Voice
from tests.front import BODY, SEND, TEMPLATE, TEMPLATES, Answer, Front, short

ONE = f"{TEMPLATES}/pedido"
WHOLE = {key: value for key, value in TEMPLATE.items() if key != "id"}
QUOTE = "/api/v1/messages/quote"
VARIABLES = {"name": "Ana", "total": {"amount": "12.50", "currency": "EUR"}}
FILLED = {"text": None, "templateId": "pedido", "variables": VARIABLES}
CODE: dict[str, Any] = {
    "id": "code",
    "category": "otp",
    "defaultLanguage": "zh-CN",
    "signature": "探探",
    "variables": [{"name": "code", "type": "code", "maxLength": 8}],
    "variants": {"zh-CN": "验证码{{ code }},感谢您的支持!", "es": "Su clave es {{ code }}."},
    "carriers": {
        "tencent": {"templateId": "449739", "params": ["code"]},
        "alibaba": {"templateId": "SMS_1", "params": {"code": "code"}},
    },
}


def a_front(**voice: Any) -> Front:
    front = Front()
    front.change("alice", voice=Voice(signatures=("探探",), **voice))
    return front


def saved(front: Front, template: dict[str, Any] = TEMPLATE) -> dict[str, Any]:
    answer = front.call("POST", TEMPLATES, body=template)
    assert answer.status == 201, answer.body
    return dict(answer.json)


def send(front: Front, **fields: Any) -> Answer:
    body = {key: value for key, value in {**BODY, **FILLED, **fields}.items() if value is not None}
    return front.call("POST", SEND, body=body)


def text_of(front: Front, message: str) -> str:
    return front.world.contents[message].text


# --- saving


def test_a_saved_template_has_a_version_and_says_where_it_is() -> None:
    front = Front()
    answer = front.call("POST", TEMPLATES, body=TEMPLATE)

    assert (answer.status, answer.headers["Location"]) == (201, ONE)
    assert answer.json["version"] == 1
    assert front.call("GET", ONE).json["variants"] == TEMPLATE["variants"]


def test_everything_a_template_says_comes_back() -> None:
    answer = saved(a_front(), CODE)

    assert {key: answer[key] for key in CODE if key != "variables"} == {
        key: CODE[key] for key in CODE if key != "variables"
    }
    assert answer["variables"] == [
        {"name": "code", "type": "code", "required": True, "maxLength": 8}
    ]


@pytest.mark.parametrize(
    "otp", [{"webotp": {"domain": "shop.example"}}, {"smsRetriever": {"appHash": "FA+9qCX9VSu"}}]
)
def test_how_a_program_finds_the_code_comes_back(otp: dict[str, Any]) -> None:
    assert saved(a_front(), {**CODE, "otp": otp})["otp"] == otp


def test_saving_says_what_each_variant_costs_and_why() -> None:
    variants = {"es": "Su código es para " + "usted y nadie " * 6, "en": "Hello"}
    template = {**TEMPLATE, "variables": [], "variants": variants}

    spanish, english = saved(Front(), template)["lint"]

    assert (spanish["encoding"], spanish["segments"], spanish["culprits"]) == ("UCS-2", 2, ["ó"])
    assert spanish["segmentsAsGsm7"] == 1
    assert spanish["detail"] == "UCS-2 because of ó: segments 2 instead of 1."
    assert english == {"language": "en", "text": "Hello", "encoding": "GSM-7", "segments": 1}


def test_a_change_is_a_new_version_and_the_old_one_stays() -> None:
    front = Front()
    saved(front)
    changed = front.call("PUT", ONE, body={**WHOLE, "variants": {"es": "Hola {{ name }}"}})

    assert (changed.status, changed.json["version"]) == (200, 2)
    assert front.call("GET", ONE).json["variants"] == {"es": "Hola {{ name }}"}
    old = front.call("GET", f"{ONE}/versions/1").json
    assert (old["version"], old["variants"]) == (1, TEMPLATE["variants"])


def test_a_change_that_changes_nothing_is_no_new_version() -> None:
    front = Front()
    saved(front)
    front.world.clock.advance(DAY)

    assert front.call("PUT", ONE, body=WHOLE).json["version"] == 1


def test_an_id_is_taken_once() -> None:
    front = Front()
    saved(front)

    again = front.call("POST", TEMPLATES, body=TEMPLATE)

    assert (again.status, again.slug) == (409, "template-exists")


def test_a_retired_template_is_gone_and_its_versions_go_on() -> None:
    front = Front()
    saved(front)
    gone = front.call("DELETE", ONE)

    assert (gone.status, gone.body) == (204, "")
    for method, path in [("GET", ONE), ("GET", f"{ONE}/versions/1"), ("DELETE", ONE)]:
        assert front.call(method, path).slug == "not-found"
    assert front.call("PUT", ONE, body=WHOLE).slug == "not-found"
    assert saved(front)["version"] == 2


REFUSED = [
    ({"variants": {"es": "{{ name.__class__ }}"}}, "template-not-allowed", "/variants/es"),
    (
        {"variants": {"es": "{% for a in 'ab' %}x{% endfor %}"}},
        "template-not-allowed",
        "/variants/es",
    ),
    ({"variants": {"es": "{{ 'a' * 999999999 }}"}}, "template-not-allowed", "/variants/es"),
    ({"variants": {"es": "{{ lipsum() }}"}}, "template-not-allowed", "/variants/es"),
    ({"variants": {"es": "{{ name"}}, "template-not-allowed", "/variants/es"),
    ({"variants": {"es": "{{ nobody }}"}}, "template-variable-missing", "/variants/es"),
    ({"variants": {"es": "x" * (MAX_SOURCE + 1)}}, "template-limit-exceeded", "/variants/es"),
    (
        {"variants": {f"e{a}": "x" for a in "abcdefghijklmnopqrstuvwxyz"}}
        | {"defaultLanguage": "ea"}
        | {"variants": {f"{a}{b}": "x" for a in "abcdefg" for b in "abcdefg"} | {"es": "x"}},
        "template-limit-exceeded",
        "/variants",
    ),
    (
        {"variables": [{"name": f"v{n}"} for n in range(MAX_VARIABLES + 1)]},
        "template-limit-exceeded",
        "/variables",
    ),
    ({"variants": {}}, "validation-failed", "/variants"),
    ({"variants": {"español": "Hola"}}, "validation-failed", "/variants"),
    ({"defaultLanguage": "fr"}, "validation-failed", "/defaultLanguage"),
    ({"category": "advert"}, "validation-failed", "/category"),
    (
        {"variables": [{"name": "if"}], "variants": {"es": "Hola"}},
        "validation-failed",
        "/variables/0/name",
    ),
    ({"variables": [{"name": "a", "type": "object"}]}, "validation-failed", "/variables/0/type"),
    ({"signature": "陌陌"}, "validation-failed", "/signature"),
    ({"otp": {"webotp": {"domain": "shop.example"}}}, "validation-failed", "/otp"),
    ({"otp": {}}, "validation-failed", "/otp"),
    (
        {"carriers": {"t": {"templateId": "1", "params": 7}}},
        "validation-failed",
        "/carriers/t/params",
    ),
    (
        {"carriers": {"t": {"templateId": "1", "params": ["nobody"]}}},
        "template-variable-missing",
        "/carriers/t/params",
    ),
    ({"id": "Not An Id"}, "validation-failed", "/id"),
    ({"version": 7}, "validation-failed", "/version"),
    ({"lint": []}, "validation-failed", "/lint"),
]


@pytest.mark.parametrize(("change", "slug", "pointer"), REFUSED, ids=short)
def test_what_cannot_be_saved_is_refused_where_it_is_wrong(
    change: dict[str, Any], slug: str, pointer: str
) -> None:
    front = a_front()

    answer = front.call("POST", TEMPLATES, body={**TEMPLATE, **change})

    assert (answer.status, answer.slug) == (422, slug), answer.body
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert front.world.templates.saved == {}


def test_a_refusal_names_the_line() -> None:
    body = {**TEMPLATE, "variants": {"es": "Hola\n{{ name }}\n{{ name.upper }}"}}

    (error,) = Front().call("POST", TEMPLATES, body=body).json["errors"]

    assert error["detail"].startswith("Line 3: ")


def test_the_body_of_a_template_may_be_larger_than_a_messages_but_not_endless() -> None:
    front = Front()
    variants = {f"{a}{b}": "x" * 2000 for a in "abcdefgh" for b in "abcde"}
    body = {**TEMPLATE, "variables": [], "defaultLanguage": "aa", "variants": variants}
    assert len(variants) == MAX_VARIANTS

    assert front.call("POST", TEMPLATES, body=body).slug == "template-limit-exceeded"
    endless = {**body, "variants": {"es": "x" * 140_000}}
    assert front.call("POST", TEMPLATES, body=endless).slug == "payload-too-large"


# --- lists


def test_lists_come_in_pages_by_id() -> None:
    front = Front()
    for name in "dbace":
        saved(front, {**TEMPLATE, "id": name})

    first = front.call("GET", f"{TEMPLATES}?limit=3").json
    second = front.call("GET", f"{TEMPLATES}?limit=3&cursor={first['nextCursor']}").json

    assert [one["id"] for one in first["data"]] == ["a", "b", "c"]
    assert [one["id"] for one in second["data"]] == ["d", "e"]
    assert second["nextCursor"] is None
    assert first["data"][0]["languages"] == ["es", "en"]


def test_a_cursor_is_good_for_its_own_account_and_unchanged() -> None:
    front = Front()
    for name in "abc":
        saved(front, {**TEMPLATE, "id": name})
    cursor = front.call("GET", f"{TEMPLATES}?limit=1").json["nextCursor"]
    other = front.key_for("bob")
    changed = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")

    assert front.call("GET", f"{TEMPLATES}?cursor={cursor}", key=other).slug == "invalid-cursor"
    for wrong in (changed, "", "x", "é", "a" * 5000):
        answer = front.call("GET", f"{TEMPLATES}?cursor={wrong}")
        assert (answer.status, answer.slug) == (400, "invalid-cursor")


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1e9", "abc", "", "9" * 5000, "٣"])
def test_limits_that_are_none(limit: str) -> None:
    answer = Front().call("GET", f"{TEMPLATES}?limit={limit}")

    assert (answer.status, answer.slug) == (422, "validation-failed")


# --- whose they are


def test_nobody_sees_or_uses_anothers_template() -> None:
    front = Front()
    saved(front)
    bob = front.key_for("bob")

    assert front.call("GET", ONE, key=bob).slug == "not-found"
    assert front.call("PUT", ONE, body=WHOLE, key=bob).slug == "not-found"
    assert front.call("DELETE", ONE, key=bob).slug == "not-found"
    assert front.call("POST", f"{ONE}/preview", body={}, key=bob).slug == "not-found"
    assert front.call("GET", TEMPLATES, key=bob).json["data"] == []
    body = {**BODY, **FILLED}
    del body["text"]
    assert front.call("POST", SEND, body=body, key=bob).slug == "template-not-found"


def test_a_family_of_scopes_is_all_of_them() -> None:
    front = Front()
    key = front.key_for("alice", scopes=frozenset({"templates:*"}))

    assert front.call("POST", TEMPLATES, body=TEMPLATE, key=key).status == 201
    assert front.call("GET", ONE, key=key).status == 200
    assert front.call("POST", SEND, body=BODY, key=key).slug == "insufficient-scope"


# --- previews


def test_a_preview_shows_every_variant_in_its_own_market_with_samples() -> None:
    front = a_front()
    saved(front, CODE)

    previews = front.call("POST", f"{TEMPLATES}/code/preview", body={}).json["previews"]

    assert [(one["language"], one["country"], one["text"]) for one in previews] == [
        ("zh-CN", "CN", "【探探】验证码410852,感谢您的支持!"),
        ("es", "ES", "Su clave es 410852."),
    ]
    assert "registration-needed:cn-template" in {v["code"] for v in previews[0]["violations"]}
    assert previews[1]["violations"] == []


def test_a_preview_shows_one_language_in_the_markets_asked_for() -> None:
    front = Front()
    saved(front)
    body = {"language": "es-MX", "countries": ["MX", "EC"], "variables": {"name": "Íñigo"}}

    mexican, ecuadorian = front.call("POST", f"{ONE}/preview", body=body).json["previews"]

    assert mexican["text"] == "Hola Íñigo, su pedido suma EUR1,234.50."
    assert (mexican["variant"], mexican["encoding"]) == ("es", "UCS-2")
    assert mexican["culprits"] == ["Í"]
    assert "characters" in {v["code"] for v in ecuadorian["violations"]}


def test_a_preview_of_promotion_has_the_markets_wording() -> None:
    front = Front()
    saved(front, {**TEMPLATE, "category": "marketing", "variables": [], "variants": {"es": "Hola"}})

    body = {"countries": ["ES", "CO"]}
    previews = front.call("POST", f"{ONE}/preview", body=body).json["previews"]

    assert [one["text"] for one in previews] == [
        "Hola\nPara no recibir publicidad responde BAJA",
        "Hola\nPara no recibir publicidad responda SALIR",
    ]


def test_a_preview_of_an_old_version() -> None:
    front = Front()
    saved(front)
    front.call("PUT", ONE, body={**WHOLE, "variants": {"es": "Adiós"}})

    body = {"version": 1, "language": "es"}
    (preview,) = front.call("POST", f"{ONE}/preview", body=body).json["previews"]

    assert preview["text"].startswith("Hola Ana")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"variables": {"nobody": "x"}}, "/variables/nobody"),
        ({"variables": {"total": "much"}}, "/variables/total"),
        ({"countries": ["XX"]}, "/countries/0"),
        ({"countries": ["ES", "MX", "CO", "PE", "CL", "AR"]}, "/countries"),
        ({"timeZone": "Europe/Atlantis"}, "/timeZone"),
        ({"language": "español"}, "/language"),
    ],
)
def test_previews_that_cannot_be(body: dict[str, Any], pointer: str) -> None:
    front = Front()
    saved(front)

    answer = front.call("POST", f"{ONE}/preview", body=body)

    assert answer.slug == "validation-failed"
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


# --- sending


def test_a_message_is_made_from_a_template() -> None:
    front = Front()
    saved(front)

    answer = send(front, language="es-MX")

    assert answer.status == 202
    assert text_of(front, answer.json["id"]) == "Hola Ana, su pedido suma EUR12.50."
    message = front.call("GET", answer.json["links"]["self"]).json
    assert message["template"] == {"id": "pedido", "version": 1, "language": "es"}


def test_the_version_of_a_message_is_pinned() -> None:
    front = Front()
    saved(front)
    front.call("PUT", ONE, body={**WHOLE, "variants": {"es": "Nuevo {{ name }}"}})

    pinned, latest = send(front, templateVersion=1), send(front)

    assert text_of(front, pinned.json["id"]).startswith("Hola Ana")
    assert text_of(front, latest.json["id"]) == "Nuevo Ana"
    assert send(front, templateVersion=3).slug == "template-not-found"


def test_a_message_rides_in_the_class_of_its_template() -> None:
    front = a_front()
    saved(front, CODE)
    fields = {"templateId": "code", "variables": {"code": "1234"}, "language": "es"}

    chosen = send(front, **fields)
    same = send(front, **fields, trafficClass="otp")
    other = send(front, **fields, trafficClass="transactional")

    assert [chosen.json["trafficClass"], same.json["trafficClass"]] == ["otp", "otp"]
    assert (other.slug, other.json["errors"][0]["pointer"]) == (
        "validation-failed",
        "/trafficClass",
    )


def test_the_head_knows_which_carriers_have_the_template() -> None:
    front = a_front()
    saved(front, CODE)

    answer = send(
        front,
        to="+8613123456789",
        templateId="code",
        variables={"code": "1234"},
        language="zh-CN",
    )

    head = front.world.messages.heads[answer.json["id"]]
    content = front.world.contents[head.id]
    assert head.registered == ("alibaba", "tencent")
    assert content.registered["tencent"].params == ("1234",)
    assert content.registered["alibaba"].params == {"code": "1234"}
    assert content.registered["alibaba"].signature == "探探"


FAULTS = [
    ({"variables": {"name": "Ana"}}, "template-variable-missing", "/variables/total"),
    ({"variables": {**VARIABLES, "nobody": "x"}}, "validation-failed", "/variables/nobody"),
    ({"variables": {**VARIABLES, "total": "12"}}, "validation-failed", "/variables/total"),
    ({"variables": {**VARIABLES, "name": ["x"]}}, "validation-failed", "/variables/name"),
    ({"variables": {**VARIABLES, "name": "x" * 501}}, "validation-failed", "/variables/name"),
    ({"templateId": "other"}, "template-not-found", "/templateId"),
    ({"templateId": "../etc"}, "validation-failed", "/templateId"),
    ({"timeZone": "Europe/Atlantis"}, "validation-failed", "/timeZone"),
    ({"timeZone": "../../etc/passwd"}, "validation-failed", "/timeZone"),
    ({"state": "FL"}, "validation-failed", "/state"),
]


@pytest.mark.parametrize(("fields", "slug", "pointer"), FAULTS, ids=short)
@pytest.mark.parametrize("path", [SEND, QUOTE])
def test_what_does_not_fit_its_template_is_refused(
    path: str, fields: dict[str, Any], slug: str, pointer: str
) -> None:
    front = Front()
    saved(front)
    body = {key: value for key, value in {**BODY, **FILLED, **fields}.items() if value is not None}

    answer = front.call("POST", path, body=body)

    assert (answer.status, answer.slug) == (422, slug)
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert front.world.messages.heads == {}


def test_a_missing_variable_is_named_and_nothing_else_is() -> None:
    front = Front()
    saved(front)

    answer = send(front, variables={"total": {"amount": "77.77", "currency": "EUR"}})

    assert answer.json["variables"] == ["name"]
    assert "77.77" not in answer.body


def test_a_text_that_renders_too_long_is_refused() -> None:
    front = Front()
    long = {**TEMPLATE, "variables": [{"name": "a"}], "variants": {"es": "{{ a }}" * 4}}
    saved(front, long)

    assert send(front, variables={"a": "x" * 500}).slug == "template-limit-exceeded"


def test_a_value_is_never_a_template() -> None:
    front = Front()
    saved(front, {**TEMPLATE, "variables": [{"name": "a"}], "variants": {"es": "Hola {{ a }}"}})

    answer = send(front, variables={"a": "{{ 7 * 7 }}{% if x %}"})

    assert text_of(front, answer.json["id"]) == "Hola {{ 7 * 7 }}{% if x %}"


def test_a_quote_of_a_template_says_what_a_send_would() -> None:
    front = Front()
    saved(front)
    body = {key: value for key, value in {**BODY, **FILLED}.items() if value is not None}

    quote = front.call("POST", QUOTE, body=body).json

    assert quote["text"] == "Hola Ana, su pedido suma 12,50 €."
    assert quote["template"] == {"id": "pedido", "version": 1, "language": "es"}
    assert front.world.messages.heads == {}


def test_a_known_state_of_the_united_states_narrows_its_rules() -> None:
    front = Front()
    fields = {"to": "+12015550123", "trafficClass": "marketing", "timeZone": "America/New_York"}
    night = {**BODY, **fields, "sendAt": "2026-01-05T20:30:00-05:00"}  # 20:30 on a Monday

    anywhere = front.call("POST", QUOTE, body=night).json["violations"]
    jersey = front.call("POST", QUOTE, body={**night, "state": "NY"}).json["violations"]

    assert "outside-window" in {one["code"] for one in anywhere}
    assert "outside-window" not in {one["code"] for one in jersey}


@pytest.mark.parametrize(
    ("fields", "status", "slug"),
    [
        ({"to": "+12015550123", "from": "ACME"}, 422, "sender-not-supported"),
        ({"to": "+8613123456789", "from": "ACME"}, 422, "sender-not-supported"),
        ({"to": "+8613123456789", "from": "探探"}, 202, None),
        ({"to": "+34600123456", "from": "ACME"}, 202, None),
        ({"to": "+34600123456", "from": "Nobody"}, 403, "sender-not-allowed"),
    ],
    ids=short,
)
def test_row_31_a_name_where_none_can_be_shown(
    fields: dict[str, Any], status: int, slug: str | None
) -> None:
    answer = a_front().call("POST", SEND, body={**BODY, **fields})

    assert (answer.status, answer.slug) == (status, slug)


def test_promotion_is_stored_with_its_wording_apart() -> None:
    front = Front()
    answer = front.send(trafficClass="marketing", text="Rebajas")

    content = front.world.contents[answer.json["id"]]
    assert content.text == "Rebajas\nPara no recibir publicidad responde BAJA"
    assert content.wording == "Para no recibir publicidad responde BAJA"


def test_a_repeat_says_again_what_smart_encoding_took_out() -> None:
    front = Front()
    texts = [front.send(text="“Hola”", idem="k").json["replaced"] for _ in range(2)]

    assert texts == [["“", "”"], ["“", "”"]]


def test_no_answer_and_no_log_repeats_a_value() -> None:
    front = Front()
    saved(front)
    canary = "canario 482913"
    with front.listening():
        answers = [
            send(front, variables={**VARIABLES, "name": canary}),
            send(front, variables={**VARIABLES, "name": canary, canary: canary}),
            send(front, variables={"name": canary, "total": canary}),
        ]

    assert all("482913" not in answer.body for answer in answers)
    assert "482913" not in front.logged
