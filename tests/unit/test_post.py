"""One POST to a customer's server, over real sockets on this machine (F40)."""

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from relevo.domain.egress import target_of
from relevo.domain.timing import HOUR, SECOND
from relevo.outbound.post import Poster, _Pinned
from tests.builders import NOW

Serve = Callable[[socket.socket], None]
POSTER = Poster(clock=lambda: NOW, loopback=True)


def request_from(connection: socket.socket) -> bytes:
    """Read until the body is as long as its header says."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += connection.recv(65536)
    head, _, body = read.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def serving(serve: Serve) -> Iterator[tuple[str, list[bytes]]]:
    """Run a server that hands each connection, its request read, to `serve`."""
    listener = socket.create_server(("127.0.0.1", 0))
    taken: list[bytes] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                taken.append(request_from(connection))
                serve(connection)

    thread = Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hooks?a=b", taken
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(2)


def says(text: str) -> Serve:
    return lambda connection: connection.sendall(text.encode())


def test_the_body_goes_out_as_it_is_with_its_headers() -> None:
    with serving(says("HTTP/1.1 204 No Content\r\n\r\n")) as (url, taken):
        answer = POSTER.post(url, {"webhook-id": "e1"}, '{"a":"ñ"}', SECOND)

    assert answer.status == 204
    assert answer.well
    head, _, body = taken[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hooks?a=b HTTP/1.1\r\n")
    assert b"\r\nHost: 127.0.0.1:" in head
    assert b"webhook-id: e1" in head
    assert b"Content-Type: application/json" in head
    assert body.decode() == '{"a":"ñ"}'


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(status: int) -> None:
    elsewhere = f"HTTP/1.1 {status} Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n"
    with serving(says(elsewhere)) as (url, taken):
        answer = POSTER.post(url, {}, "{}", SECOND)

    assert (answer.status, answer.well, len(taken)) == (status, False, 1)


def drip(connection: socket.socket) -> None:
    for sign in "HTTP/1.1 200 OK\r\nX-Slow: " + "a" * 200:
        connection.sendall(sign.encode())
        time.sleep(0.02)


def hang(connection: socket.socket) -> None:
    connection.settimeout(2)
    connection.recv(1)


@pytest.mark.parametrize("serve", [drip, hang])
def test_a_slow_answer_ends_at_the_deadline(serve: Serve) -> None:
    with serving(serve) as (url, _):
        began = time.monotonic()
        answer = POSTER.post(url, {}, "{}", 200)

    assert (answer.status, answer.reason) == (None, "timeout")
    assert time.monotonic() - began < 1.5


def test_a_huge_body_is_not_read() -> None:
    sent: list[int] = []

    def huge(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        sent.extend(connection.send(b"x" * 65536) for _ in range(1000))

    with serving(huge) as (url, _):
        answer = POSTER.post(url, {}, "{}", 2 * SECOND)

    assert answer.status == 200
    assert sum(sent) < 1000 * 65536


def test_a_head_without_end_is_cut_off() -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(90):
            connection.sendall(f"X-{number}: {'a' * 4000}\r\n".encode())

    with serving(endless) as (url, _):
        answer = POSTER.post(url, {}, "{}", 2 * SECOND)

    assert (answer.status, answer.reason) == (None, "answer-too-long")


@pytest.mark.parametrize(
    ("said", "pause"),
    [
        ("7", 7 * SECOND),
        ("Fri, 15 Jan 2027 09:00:00 GMT", HOUR),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0),
        ("soon", None),
        ("-1", None),
        ("99999999999999999999", 10**8 * SECOND),
    ],
)
def test_retry_after_in_either_form(said: str, pause: int | None) -> None:
    answer = f"HTTP/1.1 503 Busy\r\nRetry-After: {said}\r\n\r\n"
    with serving(says(answer)) as (url, _):
        assert POSTER.post(url, {}, "{}", SECOND).retry_after == pause


def test_nonsense_and_silence_are_answers_too() -> None:
    with serving(says("SSH-2.0-OpenSSH\r\n")) as (url, _):
        assert POSTER.post(url, {}, "{}", SECOND).reason == "not-http"
    with serving(lambda connection: None) as (url, _):
        assert POSTER.post(url, {}, "{}", SECOND).reason in {"not-http", "connection-lost"}
    assert POSTER.post(url, {}, "{}", SECOND).reason == "connect-refused"


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    with serving(says("HTTP/1.1 200 OK\r\n\r\n")) as (url, _):
        assert POSTER.post(url, {}, "{}", SECOND).well


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    names = "-subj /CN=hooks.example.com -addext subjectAltName=DNS:hooks.example.com"
    files = f"-keyout {folder}/key.pem -out {folder}/cert.pem"
    subprocess.run(f"{command} {names} {files}".split(), check=True, capture_output=True)
    return folder


def secured(folder: Path, heard: list[str | None]) -> Serve:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    server.sni_callback = lambda _, name, __: heard.append(name)

    def serve(connection: socket.socket) -> None:
        with server.wrap_socket(connection, server_side=True) as tls:
            request_from(tls)
            tls.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    return serve


@pytest.mark.parametrize(
    ("host", "well"), [("hooks.example.com", True), ("evil.example.com", False)]
)
def test_the_checked_address_must_prove_to_be_the_host_of_the_url(
    host: str, well: bool, certificate: Path
) -> None:
    heard: list[str | None] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            secured(certificate, heard)(connection)

    thread = Thread(target=accept, daemon=True)
    thread.start()
    trust = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    pinned = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", listener.getsockname())]
    connection = _Pinned(target_of(f"https://{host}/"), pinned, time.monotonic() + 2, lambda: trust)
    try:
        connection.request("POST", "/", body=b"{}", headers={"Host": host})
        status = connection.getresponse().status
    except ssl.SSLError:
        status = None
    finally:
        connection.close()
        thread.join(2)
        listener.close()

    assert heard[0] == host
    assert (status == 200) is well
