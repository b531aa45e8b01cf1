"""What strangers' documents may make the registry fetch: little, over https, and only from the public internet."""

import http.server
import ipaddress
import socket
import ssl
import threading
import time
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from issuance import openbadges as ob
from issuance import outside
from issuance.outside import Outside, is_public
from tests.moments import NOON


class Site(http.server.BaseHTTPRequestHandler):
    """Answers by path: /size/N, /to?ADDRESS, /status/N, /slow (a byte now and then), /slow-head, anything else."""

    asked: list[tuple[str, str]] = []

    def do_GET(self):
        Site.asked.append((self.headers["Host"], self.path))
        kind, _, rest = self.path.removeprefix("/").partition("/")
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to?"))
            self.end_headers()
        elif kind == "slow":
            self.send_response(200)
            self.end_headers()
            for _number in range(100):
                self.wfile.write(b" ")
                time.sleep(0.05)
        elif kind == "slow-head":
            for _number in range(100):
                self.wfile.write(b"H")
                time.sleep(0.05)
        else:
            self.send_response(int(rest) if kind == "status" else 200)
            self.end_headers()
            self.wfile.write(b"x" * int(rest) if kind == "size" else b'{"path": "%s"}' % self.path.encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def trust(tmp_path_factory):
    """A site at https://site.test on this machine; answers the port and the trust in its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "site.test")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON - timedelta(days=1000))
        .not_valid_after(NOON + timedelta(days=30000))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("site.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("site") / "site.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], ssl.create_default_context(cafile=path)
    server.shutdown()
    server.server_close()


@pytest.fixture
def fetch(trust, monkeypatch):
    """Fetch a path of the site, whose name leads to this machine; by default that is allowed."""
    port, context = trust
    Site.asked.clear()
    cache.clear()
    names = {"site.test": "127.0.0.1", "other.test": "127.0.0.1", "inside.test": "10.0.0.8"}

    def lookup(host, port):
        if host not in names and not host.replace(".", "").isdigit():
            raise socket.gaierror("no such host")
        return [names.get(host, host)]

    monkeypatch.setattr(outside, "addresses_of", lookup)

    def act(path, *, host="site.test", by=None, **fields):
        fields = {"is_allowed": lambda address: address == "127.0.0.1", "trust": context} | fields
        return (by or Outside(**fields)).fetch(path if not path.startswith("/") else f"https://{host}:{port}{path}")

    act.port = port
    return act


def test_what_lies_at_an_address_is_fetched_and_kept(fetch):
    assert fetch("/keys?a=b") == b'{"path": "/keys?a=b"}'
    assert fetch("/keys?a=b") == b'{"path": "/keys?a=b"}'
    assert Site.asked == [(f"site.test:{fetch.port}", "/keys?a=b")]


def test_a_redirect_is_followed_a_few_times(fetch):
    assert fetch("/to?/keys") == b'{"path": "/keys"}'
    with pytest.raises(ob.UnreachableError, match="too often"):
        fetch("/to?/to?/to?/to?/keys")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://site.test/keys", "https://"),
        ("ftp://site.test/keys", "https://"),
        ("https://user:word@site.test/", "malformed"),
        ("https:///keys", "malformed"),
        ("https://site.test:99999/", "malformed"),
        ("https://site.test/a b", "malformed"),
        ("https://site.test/" + "a" * 2000, "malformed"),
        ("https://nowhere.test/", "nowhere.test is not a host of the public internet"),
        ("https://inside.test/", "not a host of the public internet"),
        ("https://169.254.169.254/latest/meta-data/", "not a host of the public internet"),
    ],
)
def test_other_addresses_are_not_asked(fetch, url, words):
    with pytest.raises(ob.UnreachableError, match=words):
        fetch(url)
    assert Site.asked == []


def test_this_machine_is_not_the_public_internet(fetch):
    with pytest.raises(ob.UnreachableError, match="not a host of the public internet"):
        fetch("/keys", is_allowed=is_public)
    assert Site.asked == []


@pytest.mark.parametrize("to", ["https://inside.test/", "http://site.test/", "file:///etc/passwd", "https://10.1.2.3/"])
def test_a_redirect_is_guarded_like_the_first_address(fetch, to):
    with pytest.raises(ob.UnreachableError):
        fetch(f"/to?{to}")
    assert len(Site.asked) == 1


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(fetch, monkeypatch):
    """A name that leads elsewhere at the second look gains nothing: there is no second look."""
    looks = []

    def rebinding(host, port):
        looks.append(host)
        return ["127.0.0.1" if len(looks) == 1 else "10.0.0.8"]

    monkeypatch.setattr(outside, "addresses_of", rebinding)

    assert fetch("/keys") == b'{"path": "/keys"}'
    assert looks == ["site.test"]


def test_a_name_service_that_does_not_answer_ends_the_check_in_time(fetch, monkeypatch):
    asked = threading.Event()
    monkeypatch.setattr(outside, "addresses_of", lambda host, port: asked.wait(20) and [])
    monkeypatch.setattr(outside, "ONE_SECONDS", 0.2)
    began = time.monotonic()

    with pytest.raises(ob.UnreachableError, match="took too long"):
        fetch("/keys")

    assert time.monotonic() - began < 5
    assert Site.asked == []
    asked.set()


def test_another_hosts_certificate_is_refused(fetch):
    with pytest.raises(ob.UnreachableError, match=r"other\.test could not be reached"):
        fetch("/keys", host="other.test")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/status/404", "answered with 404"),
        ("/status/500", "answered with 500"),
        (f"/size/{outside.BYTES_MAX + 1}", "more than is read"),
    ],
)
def test_other_answers_are_told(fetch, path, words):
    with pytest.raises(ob.UnreachableError, match=words):
        fetch(path)


@pytest.mark.parametrize("path", ["/slow", "/slow-head"])
def test_whoever_sends_a_byte_now_and_then_is_not_waited_for(fetch, path, monkeypatch):
    monkeypatch.setattr(outside, "ONE_SECONDS", 0.4)
    began = time.monotonic()

    with pytest.raises(ob.UnreachableError):
        fetch(path)
    assert time.monotonic() - began < 3


def test_a_failure_is_not_asked_for_again_at_once(fetch):
    for _number in range(2):
        with pytest.raises(ob.UnreachableError, match="answered with 503"):
            fetch("/status/503")
    assert len(Site.asked) == 1


def test_one_verification_asks_for_so_much_and_no_more(fetch, trust):
    by = Outside(is_allowed=lambda address: True, trust=trust[1], left=2)

    assert [fetch(f"/{number}", by=by) for number in range(2)]
    with pytest.raises(ob.UnreachableError, match="more addresses"):
        fetch("/2", by=by)
    with pytest.raises(ob.UnreachableError, match="more addresses"):
        fetch("/3", until=time.monotonic() - 1)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2002:a00:1::",
        "fc00::1",
        "fe80::1",
        "ff02::1",
    ],
)
def test_addresses_inside_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_wrapped_addresses_are_judged_like_what_they_wrap(number):
    inner = ipaddress.IPv4Address(number)

    assert is_public(f"::ffff:{inner}") == is_public(str(inner))
