"""Fetching what others publish: their DID documents, keys and status lists.

Every address was written by a stranger, so the fetch is guarded: https only, to addresses of the public internet only (the
address that was looked at is the one that is connected to, so a name that changes its mind meanwhile gains nothing), few
redirects with the same care, and limits to size and time. Answers are kept for a few minutes.
"""

import contextlib
import hashlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

import certifi
from django.core.cache import cache
from django.utils.translation import gettext as _

from issuance import openbadges as ob

BYTES_MAX = 2 * 1024 * 1024
REDIRECTS_MAX = 3
ONE_SECONDS = 6.0  # for one fetch, redirects included
ALL_SECONDS = 12.0  # for all that one verification asks for
FETCHES_MAX = 40
# The name service knows no time limit of ours; whoever waits for a slow one gives up, and few can wait at once.
LOOKUPS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="lookup")
KEPT_SECONDS, FAILED_SECONDS = 300, 60
REDIRECTS = {301, 302, 303, 307, 308}
ACCEPT = "application/did+ld+json, application/vc+ld+json, application/ld+json, application/json, text/plain;q=0.5"


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public internet, also when it wraps another one."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.teredo is not None or ip in NAT64:
            return False
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


NAT64 = ipaddress.ip_network("64:ff9b::/96")


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


@dataclass
class Outside:
    """What one verification may fetch. All in all it takes at most ALL_SECONDS, whatever it asks for."""

    is_allowed: Callable[[str], bool] = is_public
    trust: ssl.SSLContext = field(default_factory=_trust)
    left: int = FETCHES_MAX
    until: float = field(default_factory=lambda: time.monotonic() + ALL_SECONDS)

    def fetch(self, url: str) -> bytes:
        """The bytes at an https address, perhaps those of a few minutes ago. Raises ob.UnreachableError."""
        key = "outside:" + hashlib.sha256(url.encode()).hexdigest()
        kept = cache.get(key)
        if isinstance(kept, bytes):
            return kept
        if isinstance(kept, str):
            raise ob.UnreachableError(kept)
        self.left -= 1
        if self.left < 0 or time.monotonic() > self.until:
            raise ob.UnreachableError(_("It names more addresses than are asked for one check."))
        try:
            content = self._follow(url)
        except ob.UnreachableError as error:
            cache.set(key, str(error), timeout=FAILED_SECONDS)
            raise
        cache.set(key, content, timeout=KEPT_SECONDS)
        return content

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """What an https address answers to these bytes; nothing is kept, nor followed on. Raises ob.UnreachableError."""
        answer = self._ask(url, min(self.until, time.monotonic() + ONE_SECONDS), body=body, content_type=content_type)
        if not isinstance(answer, bytes):
            raise ob.UnreachableError(_("The address leads to another one."))
        return answer

    def _follow(self, url: str) -> bytes:
        until = min(self.until, time.monotonic() + ONE_SECONDS)
        for _number in range(REDIRECTS_MAX + 1):
            answer = self._ask(url, until)
            if isinstance(answer, bytes):
                return answer
            url = answer
        raise ob.UnreachableError(_("The address leads from one to the next too often."))

    def _ask(self, url: str, until: float, *, body: bytes | None = None, content_type: str = "") -> bytes | str:
        """One request: the bytes, or where it leads on."""
        host, port, target = _parts(url)
        address = self._address(host, port, until)
        said = host if port == 443 else f"{host}:{port}"
        connection = http.client.HTTPSConnection(host, port)
        try:
            with (
                socket.create_connection((address, port), timeout=max(0.1, min(3.0, until - time.monotonic()))) as raw,
                _ended_at(until, raw),
                self.trust.wrap_socket(raw, server_hostname=host) as secured,
            ):
                connection.sock = secured
                headers = {"Host": said, "Accept": ACCEPT, "Accept-Encoding": "identity", "User-Agent": "Signet"}
                if body is None:
                    connection.request("GET", target, headers=headers)
                else:
                    connection.request("POST", target, body, headers | {"Accept": "*/*", "Content-Type": content_type})
                with connection.getresponse() as response:  # a socket stays open as long as its answer
                    if response.status in REDIRECTS and response.headers.get("Location"):
                        return urljoin(url, response.headers["Location"])
                    if response.status != 200:
                        raise ob.UnreachableError(
                            _("%(host)s answered with %(status)s.") % {"host": host, "status": response.status}
                        )
                    return _read(response, host, until)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, ob.UnreachableError):
                raise
            raise ob.UnreachableError(_("%(host)s could not be reached.") % {"host": host}) from error

    def _address(self, host: str, port: int, until: float) -> str:
        """The first address of a host, when all of them are allowed.

        A name that is unknown and one that leads inside are answered alike: a stranger does not learn which names exist
        in the network of the registry.
        """
        try:
            found = LOOKUPS.submit(addresses_of, host, port).result(timeout=max(0.1, until - time.monotonic()))
        except TimeoutError as error:
            raise ob.UnreachableError(_("%(host)s took too long.") % {"host": host}) from error
        except (OSError, UnicodeError):
            found = []
        if not found or not all(self.is_allowed(address) for address in found):
            raise ob.UnreachableError(_("%(host)s is not a host of the public internet.") % {"host": host})
        return found[0]


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses that the name service gives for a host. Raises OSError, UnicodeError."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


URL_SAFE = re.compile(r"[!-~]+")


def _parts(url: str) -> tuple[str, int, str]:
    """Host, port and request target of an https address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError as error:
        raise ob.UnreachableError(_("The address is malformed.")) from error
    if parts.scheme != "https":
        raise ob.UnreachableError(_("Only addresses that start with https:// are asked."))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not host or parts.username or parts.password or len(url) > 2000 or not URL_SAFE.fullmatch(target):
        raise ob.UnreachableError(_("The address is malformed."))
    return host, port, target


class _ended_at:
    """Within the block, end a connection at a moment, however slowly the other side goes on sending."""

    def __init__(self, until: float, connection: socket.socket) -> None:
        self._same = connection.dup()  # TLS takes the first one over
        self._timer = threading.Timer(max(0.0, until - time.monotonic()), self._end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        self._same.close()

    def _end(self) -> None:
        with contextlib.suppress(OSError):  # it ended by itself
            self._same.shutdown(socket.SHUT_RDWR)


def _read(response: http.client.HTTPResponse, host: str, until: float) -> bytes:
    content = response.read(BYTES_MAX + 1)
    if len(content) > BYTES_MAX:
        raise ob.UnreachableError(_("%(host)s answered with more than is read.") % {"host": host})
    if time.monotonic() > until:
        raise ob.UnreachableError(_("%(host)s took too long.") % {"host": host})
    return content
