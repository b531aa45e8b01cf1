"""The person who walks the demo's pages: finds this machine, also where nobody says what `localhost` is."""

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from config.demo.browser import Browser
from config.runtime import certificate


class Echo(BaseHTTPRequestHandler):
    """Answers with the host that was asked for."""

    def do_GET(self) -> None:
        body = (self.headers["Host"] or "").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(pair: tuple[Path, Path] | None = None) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        if pair:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*pair)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def nameless(monkeypatch):
    """A machine without a hosts file: no name is known, addresses are."""
    known = socket.getaddrinfo

    def look_up(host, *args, **kwargs):
        if host == "localhost":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_a_walker_finds_localhost_where_no_hosts_file_names_it(nameless):
    with serving() as port:
        walker = Browser(f"http://localhost:{port}")
        page = walker.get("/")
        walker.session.close()

    assert page.text == f"localhost:{port}"


def test_a_walker_checks_the_certificate_for_the_name_that_was_asked_for(nameless, tmp_path):
    pair = certificate.provide(tmp_path, at=datetime.datetime.now(datetime.UTC))
    with serving(pair) as port:
        walker = Browser(f"https://localhost:{port}", verify=str(pair[0]))
        page = walker.get("/")
        walker.session.close()

    assert page.text == f"localhost:{port}"
