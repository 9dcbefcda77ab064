"""Attacks on the door, each tried against the real server."""

from __future__ import annotations

import http.client
import json
import socket

import pytest

SHIELDS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
SAID = {"request": "request-0001", "paragraph": "a00:0", "frame": "storm"}


def refused(answer, status):
    """Assert a refusal that says why in one line, and shields like any answer."""
    assert answer.status == status
    assert {name: answer.headers.get(name) for name in SHIELDS} == SHIELDS
    assert "server" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert b"Traceback" not in answer.body
    if answer.headers["content-type"] == "application/json":
        assert list(answer.json) == ["error"]
        assert "\n" not in answer.json["error"]
    return True


def raw(port, request):
    """Send bytes as they stand, and read the answer to its end."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        response = http.client.HTTPResponse(connection)
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return response.status, headers, response.read()


def test_the_link_opens_once(server, outsider):
    entered = outsider.enter(server.token)
    assert (entered.status, entered.headers["location"]) == (303, "/")
    name, _, attributes = entered.headers["set-cookie"].partition(";")
    assert name.startswith(f"framing-{server.port}=")
    assert {part.strip() for part in attributes.split(";")} == {"HttpOnly", "SameSite=Strict", "Path=/"}
    assert server.token not in entered.headers["set-cookie"]
    assert outsider.get("/api/session").status == 200
    # The same browser may open it again, another may not.
    assert outsider.get(f"/?token={server.token}").headers["location"] == "/"
    outsider.cookie = None
    assert refused(outsider.get(f"/?token={server.token}"), 401)
    assert refused(outsider.get("/api/session"), 401)


def test_what_is_no_secret_opens_nothing_and_uses_up_none(server, outsider):
    for query in ("", "?token=", "?token=wrong", "?token=%ff", "?token=caf%C3%A9", "?Token={}", "?token={}x"):
        assert refused(outsider.get("/" + query.format(server.token)), 401)
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"):
        for path in ("/api/annotations", "/api/undo", f"/?token={server.token}"):
            answer = outsider.send(method, path, body=json.dumps(SAID).encode())
            assert answer.status == 401
            assert "set-cookie" not in answer.headers
    assert not server.path.exists()
    assert outsider.enter(server.token).status == 303


@pytest.mark.parametrize("path", ["/", "/api/session", "/api/paragraphs/0", "/static/label.css", "/nowhere"])
@pytest.mark.parametrize(
    "cookie", [None, "", "framing-{port}=", "framing-{port}=wrong", "framing-{port}={token}", "other"]
)
def test_nothing_is_shown_without_the_cookie(shared, stranger, path, cookie):
    stranger.cookie = None if cookie is None else cookie.format(port=shared.port, token=shared.token)
    assert refused(stranger.get(path), 401)


def test_other_cookies_of_the_host_do_not_hide_ours(visitor):
    visitor.cookie = f'state={{"a": [1, 2]}}; =; ;; x; {visitor.cookie}; framing-1=z'
    assert visitor.get("/api/session").status == 200


def test_the_cookie_of_another_port_opens_nothing(start_server, make_folder):
    first, second = (start_server(make_folder(name=name), "ana") for name in ("one", "two"))
    own, other = first.client(), second.client()
    assert own.cookie.partition("=")[0] != other.cookie.partition("=")[0]
    other.port = first.port
    assert refused(other.get("/api/session"), 401)
    # A browser sends both to both, and each server finds its own.
    both = f"{own.cookie}; {other.cookie}"
    own.cookie = other.cookie = both
    other.port = second.port
    assert (own.get("/api/session").status, other.get("/api/session").status) == (200, 200)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost", "[::1]",
     "127.0.0.1.evil.example:{port}", "", "127.0.0.1:{port}, evil.example"],
)  # fmt: skip
def test_a_foreign_name_for_this_address_is_refused(shared, visitor, host):
    told = {"Host": host.format(port=shared.port)}
    assert refused(visitor.get("/api/session", headers=told), 421)
    assert refused(visitor.post("/api/annotations", SAID, headers=told), 421)
    assert not shared.path.exists()


def test_no_name_at_all_is_refused(shared, visitor):
    status, headers, _ = raw(shared.port, f"GET /api/session HTTP/1.0\r\nCookie: {visitor.cookie}\r\n\r\n".encode())
    assert status == 421
    assert headers["content-security-policy"] == SHIELDS["content-security-policy"]


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LocalHost:{port}", "[::1]:{port}"])
def test_the_names_of_this_machine_are_taken(shared, visitor, host):
    assert visitor.get("/api/session", headers={"Host": host.format(port=shared.port)}).status == 200


@pytest.mark.parametrize(
    "origin",
    [None, "null", "", "http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1", "http://127.0.0.1:1",
     "http://127.0.0.1:{port}.evil.example", "http://localhost:{port}/", "file://"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/annotations", "/api/undo"])
def test_a_write_from_elsewhere_is_refused(shared, visitor, origin, path):
    told = {"Origin": None if origin is None else origin.format(port=shared.port)}
    assert refused(visitor.post(path, SAID, headers=told), 403)
    assert not shared.path.exists()


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "nonsense"])
def test_a_write_that_the_browser_says_is_foreign_is_refused(shared, visitor, site):
    assert refused(visitor.post("/api/annotations", SAID, headers={"Sec-Fetch-Site": site}), 403)
    assert not shared.path.exists()


def test_other_pages_may_not_even_ask(visitor):
    for site in ("cross-site", "same-site"):
        assert refused(visitor.get("/api/paragraphs/0?suggest=1", headers={"Sec-Fetch-Site": site}), 403)
        # A link may lead here.
        assert visitor.get("/", headers={"Sec-Fetch-Site": site}).status == 200
    assert visitor.get("/api/session", headers={"Sec-Fetch-Site": "none"}).status == 200


@pytest.mark.parametrize(
    "kind",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "application/jsonp", "text/plain; application/json"],
)  # fmt: skip
def test_only_json_is_taken(shared, visitor, kind):
    assert refused(visitor.post("/api/annotations", SAID, headers={"Content-Type": kind}), 415)
    assert not shared.path.exists()


def test_what_the_page_itself_sends_is_taken(server, inside):
    body = json.dumps(SAID).encode()
    largest = body + b" " * (65_536 - len(body))
    told = {"Sec-Fetch-Site": None, "Content-Type": "Application/JSON; charset=utf-8"}
    assert inside.send("POST", "/api/annotations", body=largest, headers=told).status == 200
    told = {"Host": f"localhost:{server.port}", "Origin": f"http://localhost:{server.port}"}
    assert inside.send("POST", "/api/undo", body=b'{"request": "request-0002"}', headers=told).status == 200
    assert len(server.lines) == 2


def write_head(server, client, *more):
    told = [
        "POST /api/annotations HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Origin: {client.origin}",
        f"Cookie: {client.cookie}",
        "Content-Type: application/json",
        *more,
    ]
    return "\r\n".join(told).encode() + b"\r\n\r\n"


@pytest.mark.parametrize("length", [65_537, 10**12, 10**19])
def test_a_body_too_large_is_refused_before_it_is_sent(shared, visitor, length):
    status, headers, body = raw(shared.port, write_head(shared, visitor, f"Content-Length: {length}"))
    assert (status, headers["connection"]) == (413, "close")
    assert list(json.loads(body)) == ["error"]
    assert headers["content-security-policy"] == SHIELDS["content-security-policy"]


def test_a_body_that_turns_out_too_large_is_refused_while_it_is_sent(shared, visitor):
    part = b"%x\r\n" % 8_192 + b" " * 8_192 + b"\r\n"
    # Nine parts of an endless body: no end is ever sent.
    status, _, body = raw(shared.port, write_head(shared, visitor, "Transfer-Encoding: chunked") + part * 9)
    assert status == 413
    assert list(json.loads(body)) == ["error"]
    assert visitor.get("/api/session").status == 200


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/....//app.py", "/static//etc/passwd",
     "/static/%2fetc%2fpasswd", "/static/..%5capp.py", "/static/%00", "/static/", "/static", "/../web/app.py",
     "/static/../templates/label.html", "/static/" + "../" * 30 + "etc/passwd", "/static/" + "a" * 5000],
)  # fmt: skip
def test_no_way_out_of_the_static_files(visitor, path):
    answer = visitor.get(path)
    assert (answer.status, list(answer.json)) == (404, ["error"])
    assert {name: answer.headers.get(name) for name in SHIELDS} == SHIELDS


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/"), ("POST", "/api/session"), ("DELETE", "/api/annotations"), ("GET", "/api/annotations"),
     ("PUT", "/api/undo"), ("GET", "/api/undo"), ("PATCH", "/api/paragraphs/0"), ("POST", "/static/label.css"),
     ("OPTIONS", "/api/annotations")],
)  # fmt: skip
def test_other_methods_are_refused(visitor, method, path):
    told = {"Origin": visitor.origin, "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    assert refused(visitor.send(method, path, headers=told), 405)


@pytest.mark.parametrize(
    "path", ["/", "/api/session", "/api/paragraphs/0", "/static/label.css", "/nowhere", "/api/paragraphs/99"]
)
def test_every_answer_is_shielded(visitor, path):
    answer = visitor.get(path)
    assert {name: answer.headers.get(name) for name in SHIELDS} == SHIELDS
    assert "server" not in answer.headers


def test_what_is_no_http_ends_no_server(shared, visitor):
    for junk in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"\x00" * 100, b"GET / HTTP/9.9\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", shared.port), timeout=20) as connection:
            connection.sendall(junk)
    status, _, _ = raw(shared.port, b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n")
    assert status == 400
    assert visitor.get("/api/session").status == 200


def test_who_knocks_or_leaves_fills_no_terminal(server, inside):
    upgrade = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    assert raw(server.port, upgrade.encode())[0] == 401
    assert raw(server.port, b"\x00\r\n\r\n")[0] == 400
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(write_head(server, inside, "Content-Length: 500") + b"{")
    assert inside.get("/api/session").status == 200
    assert server.stop() == 0
    said = [message for message in server.messages if not message.startswith(("coding as", "open ", "labelled in"))]
    assert said == []


def test_only_this_machine_can_reach_it(shared):
    own = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in own | {"127.0.0.2"}:
        with (
            pytest.raises(OSError, match=r"refused|timed out"),
            socket.create_connection((address, shared.port), timeout=2),
        ):
            pass
