"""What we call for customers: more than forty traps, and a resolver that changes its mind."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.delivery import Answer
from relevo.domain.egress import NotAllowed, check_address, target_of
from relevo.outbound import post
from relevo.outbound.post import Poster
from tests.builders import NOW

TRAPS = [
    ("http://hooks.example.com/", "not https"),
    ("ftp://hooks.example.com/", "another scheme"),
    ("gopher://hooks.example.com/", "another scheme"),
    ("file:///etc/passwd", "another scheme"),
    ("//hooks.example.com/", "no scheme"),
    ("https://", "no host"),
    ("https:///latest/meta-data", "no host"),
    ("https://user@hooks.example.com/", "user"),
    ("https://hooks.example.com@169.254.169.254/", "the host is behind the user"),
    ("https://evil.com\\@hooks.example.com/", "readers disagree about the host"),
    ("https://hooks.example.com#@169.254.169.254/", "fragment"),
    ("https://hooks.example.com/\r\nHost: evil", "line break"),
    ("https://hooks.example.com/a b", "space"),
    ("https://hooks.example.com\t.evil.com/", "tab"),
    ("https://127.0.0.1/", "loopback"),
    ("https://127.1/", "loopback, short"),
    ("https://0/", "loopback, shortest"),
    ("https://2130706433/", "loopback, one number"),
    ("https://0x7f000001/", "loopback, hexadecimal"),
    ("https://0x7f.1/", "loopback, mixed"),
    ("https://0177.0.0.1/", "loopback, octal"),
    ("https://[::1]/", "loopback, v6"),
    ("https://[::]/", "unspecified, v6"),
    ("https://[::ffff:127.0.0.1]/", "loopback, v4 in v6"),
    ("https://[::ffff:a9fe:a9fe]/", "metadata, v4 in v6"),
    ("https://[64:ff9b::7f00:1]/", "loopback through NAT64"),
    ("https://[fd00:ec2::254]/", "metadata, v6"),
    ("https://[fe80::1%25eth0]/", "link-local with a zone"),
    ("https://169.254.169.254/latest/meta-data", "metadata"),
    ("https://169.254.170.2/v2/credentials", "task metadata"),
    ("https://100.100.100.200/", "metadata in shared address space"),
    ("https://168.63.129.16/", "a cloud's own address"),
    ("https://10.0.0.1/", "private"),
    ("https://192.168.1.1/", "private"),
    ("https://１２７.０.０.１/", "full-width digits"),
    ("https://ⓛⓞⓒⓐⓛhost/", "letters in circles"),
    ("https://localhost/", "loopback by name"),
    ("https://LOCALHOST./", "loopback by name, with a dot"),
    ("https://metadata.google.internal/", "metadata by name"),
    ("https://printer.local/", "a name of the house"),
    ("https://intranet/", "one label"),
    ("https://hooks.example.com:22/", "port"),
    ("https://hooks.example.com:9001/", "the port of our own runtime"),
    ("https://hooks.example.com:65536/", "no port at all"),
    ("https://-bad-.example.com/", "no host name"),
    (f"https://{'a.' * 130}example.com/", "host too long"),
    (f"https://hooks.example.com/{'a' * 2048}", "too long"),
]


@pytest.mark.parametrize(("url", "note"), TRAPS, ids=[note for _, note in TRAPS])
def test_a_trap_is_never_called(url: str, note: str) -> None:
    def resolve(*_: Any) -> Any:
        raise AssertionError("not even looked up")

    answer = Poster(clock=lambda: NOW, resolve=resolve).post(url, {}, "{}", 1_000)

    assert answer.status is None
    assert answer.reason in {"malformed", "user", "not-https", "host", "private-host", "port"}


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://hooks.example.com", "hooks.example.com", 443, "/"),
        ("https://Hooks.Example.com:8443/a?b=c&d", "hooks.example.com", 8443, "/a?b=c&d"),
        ("https://xn--mnchen-3ya.de/", "xn--mnchen-3ya.de", 443, "/"),
        ("https://example.xn--p1ai/x", "example.xn--p1ai", 443, "/x"),
        ("https://127.0.0.1.example.com/", "127.0.0.1.example.com", 443, "/"),
    ],
)
def test_a_public_url_is_taken_apart_once(url: str, host: str, port: int, path: str) -> None:
    target = target_of(url)

    assert (target.host, target.port, target.path, target.secure) == (host, port, path, True)


@given(st.text(max_size=60).map("https://".__add__))
def test_any_url_is_taken_or_refused(url: str) -> None:
    try:
        target = target_of(url)
    except NotAllowed:
        return
    assert target.host.isascii()
    assert target.port in {443, 8443}
    assert not set(target.path) & set(" \t\r\n\\")


PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4003:80a::200e"]
NOT_PUBLIC = [
    *("0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.254"),
    *("169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
    *("192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.7", "203.0.113.9"),
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:93.184.215.14", "fe80::1"),
    *("fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:4136:e378::", "100::1"),
    *("3fff::1", "5f00::1", "", "localhost", "1.2.3"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_called(address: str) -> None:
    check_address(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_other_addresses_are_not(address: str) -> None:
    with pytest.raises(NotAllowed):
        check_address(address)


def found(*addresses: str) -> Any:
    return [(2, 1, 6, "", (address, 443)) for address in addresses]


class Rebinding:
    """A resolver that answers with the next of its lists each time it is asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int) -> Any:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every list of addresses that a connection was made to."""
    seen: list[Any] = []

    def connect(addresses: Any, deadline: float) -> Any:
        seen.append(addresses)
        raise ConnectionRefusedError

    monkeypatch.setattr(post, "_connected", connect)
    return seen


def test_what_was_checked_is_what_is_called(connected: list[Any]) -> None:
    resolver = Rebinding(found("93.184.215.14"), found("127.0.0.1"))

    answer = Poster(clock=lambda: NOW, resolve=resolver).post(
        "https://hooks.example.com/", {}, "{}", 1_000
    )

    assert answer.reason == "connect-refused"
    assert (resolver.asked, connected) == (1, [found("93.184.215.14")])


def test_a_name_that_was_public_when_it_was_saved_is_checked_again_at_each_call(
    connected: list[Any],
) -> None:
    poster = Poster(
        clock=lambda: NOW, resolve=Rebinding(found("93.184.215.14"), found("169.254.169.254"))
    )
    poster.check("https://hooks.example.com/")

    answer = poster.post("https://hooks.example.com/", {}, "{}", 1_000)

    assert answer.reason == "private-address"
    assert connected == []


def test_one_bad_address_among_good_ones_spoils_all(connected: list[Any]) -> None:
    resolver = Rebinding(found("93.184.215.14", "::ffff:10.0.0.1"))

    answer = Poster(clock=lambda: NOW, resolve=resolver).post(
        "https://hooks.example.com/", {}, "{}", 1_000
    )

    assert (answer.reason, connected) == ("private-address", [])


def test_plain_http_reaches_this_machine_in_the_local_stage_and_nothing_else() -> None:
    public = Poster(clock=lambda: NOW, loopback=True, resolve=Rebinding(found("93.184.215.14")))

    assert target_of("http://127.0.0.1:9999/x", loopback=True).port == 9999
    assert public.post("http://localhost:9999/", {}, "{}", 1_000).reason == "not-loopback"
    with pytest.raises(NotAllowed):
        target_of("http://hooks.example.com/", loopback=True)
    with pytest.raises(NotAllowed):
        target_of("http://127.0.0.1:9999/x")


def test_a_name_that_is_not_there_is_an_answer() -> None:
    def missing(host: str, port: int) -> Any:
        raise OSError("no such name")

    answer = Poster(clock=lambda: NOW, resolve=missing).post(
        "https://hooks.example.com/", {}, "{}", 1_000
    )

    assert answer == Answer(reason="dns", took=answer.took)
