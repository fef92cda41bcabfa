"""The pages that anybody may read: complete, self-contained, cacheable, and where problems lead."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import PurePosixPath

import pytest
import yaml
from markupsafe import escape

from relevo.api import address
from relevo.api.http import Call
from relevo.api.portal import catalogue
from relevo.api.portal.assets import addresses
from relevo.api.portal.guides import LANGUAGES, SAMPLES, Sample
from relevo.api.portal.pages import marked
from relevo.api.routes import find, table
from relevo.api.rows import Page
from relevo.carriers.sandbox import BACKUP_ROWS, OPTED_OUT, PRIMARY_ROWS
from relevo.domain.problem import IANA, KINDS, Problem
from relevo.domain.sandbox import OTHERS, TABLE
from tests.front import HOST, Answer, Front, path_of

PAGES = [path_of(row) for row in table() if isinstance(row, Page) and "html" in row.media]
EVERY_PAGE = sorted({*PAGES, *(f"/docs/errors/{slug}" for slug in KINDS)})
GZIP = {"accept-encoding": "gzip, br"}


FRONT = Front()


@pytest.fixture
def front() -> Front:
    return FRONT


class Links(HTMLParser):
    """Everything a page leads to or loads, and the names of its elements and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src", "data-description"):
                self.links.append(value or "")


@cache
def read(path: str) -> Answer:
    answer = FRONT.call("GET", path, key=None)
    assert answer.status == 200, path
    return answer


def followed(path: str, link: str) -> str:
    """Resolve a link as a browser does on a page of the API."""
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / link.partition("#")[0]).parts:
        if part == "..":
            assert parts[1:], f"{link} leaves the API"
            parts.pop()
        else:
            parts.append(part)
    return "/" + "/".join(parts[1:])


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_link_of_a_page_is_relative_and_leads_to_something_served(path: str) -> None:
    links = Links(read(path).body).links

    assert len(links) > 5
    for link in links:
        if not link.startswith("#"):
            assert not re.match(r"/|[a-z]+:", link), link
            read(followed(path, link))


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_page_needs_no_exception_from_a_policy_that_lets_nothing_in(path: str) -> None:
    answer = read(path)
    policy = answer.headers["Content-Security-Policy"]
    found = Links(answer.body)

    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "style" not in found.tags
    assert not {name for name in found.attributes if name == "style" or name.startswith("on")}
    assert re.findall(r"<script(?![^>]* src=)", answer.body) == []


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_page_says_its_language_and_has_one_heading_of_the_first_order(path: str) -> None:
    body = read(path).body
    found = Links(body)

    assert '<html lang="en">' in body
    assert re.search(r"<title>\S.* · Relevo</title>", body)
    assert found.tags.count("h1") == found.tags.count("main") == 1


def test_an_asset_may_be_kept_for_ever_and_is_packed(front: Front) -> None:
    for name, served_as in addresses().items():
        answer = front.call("GET", f"/docs/assets/{served_as}", key=None, headers=GZIP)

        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert name.rpartition(".")[0] in served_as
        if len(answer.body) >= 1024:
            assert answer.headers["Content-Encoding"] == "gzip"


def test_an_asset_of_another_version_is_not_found(front: Front) -> None:
    stem, _, kind = addresses()["portal.css"].split(".")

    answer = front.call("GET", f"/docs/assets/{stem}.{'0' * 16}.{kind}", key=None)

    assert (answer.status, answer.slug) == (404, "not-found")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_largest_answer_fits_into_what_lambda_may_answer(front: Front) -> None:
    script = f"/docs/assets/{addresses()['swagger-ui.js']}"
    call = front.app({**raw(script), "headers": GZIP}, None)
    plain = front.app(raw(script), None)

    assert call["isBase64Encoded"] is True
    assert len(call["body"]) < 800_000
    assert len(plain["body"]) < 5_000_000


def raw(path: str) -> dict[str, object]:
    return {"rawPath": path, "requestContext": {"http": {"method": "GET"}}}


def test_the_portal_adds_little_to_the_layer() -> None:
    kept = [path for path in SAMPLES.parent.rglob("*") if path.suffix != ".pyc"]

    assert 20_000 < sum(path.stat().st_size for path in kept if path.is_file()) < 150_000


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_who_has_a_page_is_not_sent_it_again(front: Front, path: str) -> None:
    first = front.call("GET", path, key=None, headers=GZIP)
    again = front.call("GET", path, key=None, headers={"if-none-match": first.headers["ETag"]})
    other = front.call("GET", path, key=None, headers={"if-none-match": 'W/"0123456789abcdef"'})

    assert first.headers["Vary"] == "Accept-Encoding"
    assert (again.status, again.body) == (304, "")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert (other.status, other.body) == (200, first.body)


@pytest.mark.parametrize("slug", KINDS)
def test_the_type_of_a_problem_leads_to_the_page_about_it(slug: str) -> None:
    base = f"https://{HOST}"
    problem = Problem(slug)
    page = problem.page(base) if slug in IANA else problem.type(base)

    body = read(page.removeprefix(base)).body

    assert f'<code class="tag">{slug}</code>' in body
    assert str(marked(problem.title)) in body


def test_an_answered_problem_leads_to_its_page(front: Front) -> None:
    answer = front.call("GET", "/nowhere", key=None)
    page = f"https://{HOST}/docs/errors/not-found"

    assert answer.json["type"] == page
    assert answer.headers["Link"] == f'<{page}>; rel="help"'


@pytest.mark.parametrize("slug", sorted(IANA))
def test_a_problem_with_a_registered_type_names_its_page_in_the_link(slug: str) -> None:
    assert "iana.org" in Problem(slug).type("https://api.example")
    assert Problem(slug).page("https://api.example") == f"https://api.example/docs/errors/{slug}"


def test_every_problem_is_explained_and_nothing_else() -> None:
    told = yaml.safe_load(catalogue.FILE.read_text("utf-8"))

    assert set(told) == set(KINDS)
    for slug, one in told.items():
        assert one["means"].endswith("."), slug
        assert one["do"].endswith("."), slug
        assert set(one) <= {"means", "do", "detail", "errors", "headers", "members"}, slug


def test_the_example_of_a_problem_is_what_the_code_answers(front: Front) -> None:
    answer = front.call("POST", "/api/v1/messages/send", body={"to": "+34600123456"})
    example = catalogue.entries()["validation-failed"].problem.body("x", f"https://{HOST}")

    assert {**answer.json, "instance": "x"} == {**example, "errors": list(example["errors"])}  # type: ignore[call-overload]


def test_the_index_lists_every_problem_once() -> None:
    links = Links(read("/docs/errors").body).links
    pages = [link.rpartition("/")[2] for link in links if "/errors/" in link]

    assert sorted(pages) == sorted(KINDS)


def test_the_page_of_a_problem_that_does_not_exist_is_a_problem(front: Front) -> None:
    assert front.call("GET", "/docs/errors/no-such-thing", key=None).slug == "not-found"
    assert find("/docs/errors/<script>") is None


@pytest.mark.parametrize("sample", LANGUAGES, ids=lambda sample: sample.language)
def test_the_quick_start_shows_the_programs_that_are_run(sample: Sample) -> None:
    body = read("/docs/quickstart").body

    assert str(escape(sample.code)) in body
    assert f"{sample.command} {sample.file} " in body


def test_the_quick_start_names_every_program_there_is() -> None:
    assert {sample.file for sample in LANGUAGES} == {path.name for path in SAMPLES.iterdir()}


def test_the_sandbox_guide_has_a_row_for_everything_the_carrier_does() -> None:
    shown = {row.tail for row in TABLE}

    assert shown == {*PRIMARY_ROWS, *BACKUP_ROWS, "009", OPTED_OUT, OTHERS}
    assert [row.tail for row in TABLE[1:]] == sorted(shown - {OTHERS})
    assert not any(row.to[-3:] in PRIMARY_ROWS for row in TABLE if row.tail == OTHERS)


def test_the_sandbox_guide_shows_every_row_and_journey() -> None:
    body = read("/docs/sandbox").body

    for row in TABLE:
        assert str(marked(row.happens)) in body
        assert str(marked(row.ends)) in body
    assert body.count("<td>sandbox-a") == sum(len(row.journeys) for row in TABLE)


def test_texts_are_escaped_before_their_code_is_marked() -> None:
    assert marked("a <b> `c<d>`") == "a &lt;b&gt; <code>c&lt;d&gt;</code>"


HOSTILE = ["", 'x"><script>', "a b", "a/b", "ñ.example", "a\r\nX: y"]


@pytest.mark.parametrize("host", HOSTILE, ids=ascii)
def test_a_host_of_another_shape_is_not_repeated(host: str) -> None:
    event = {"requestContext": {"domainName": host, "apiId": "ab12"}, "headers": {"host": host}}

    assert address.deployed(event) == ""
    assert address.emulated(event) == ""


def test_the_address_of_the_api_is_the_gateway_s_name_or_the_emulator_s_path() -> None:
    event = {
        "requestContext": {"domainName": "api.example", "apiId": "ab12"},
        "headers": {"host": "localhost:4566"},
    }

    assert address.deployed(event) == "https://api.example"
    assert address.emulated(event) == "http://localhost:4566/_aws/execute-api/ab12/$default"


def test_without_an_address_problems_are_linked_within_the_host() -> None:
    call = Call(event={}, method="GET", path="/", headers={}, source_ip="", request_id="r")

    assert Problem("not-found").type(call.base) == "/docs/errors/not-found"
