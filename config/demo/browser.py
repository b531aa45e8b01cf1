"""A signed-in person who walks the real pages over HTTP: forms are read from the page and posted back."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter


class StoryError(Exception):
    """A page did not answer as the story expects."""


class Form:
    """One form of a page: where it goes and what it already holds."""

    def __init__(self, action: str, method: str) -> None:
        self.action = action
        self.method = method
        self.fields: dict[str, list[str]] = {}
        self.files: list[str] = []


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is None:
            return
        name = values.get("name", "")
        if tag == "input" and name:
            kind = values.get("type", "text")
            if kind == "file":
                self._form.files.append(name)
            elif kind in {"checkbox", "radio"}:
                if "checked" in values:
                    self._form.fields.setdefault(name, []).append(values.get("value", "on"))
            elif kind not in {"submit", "button", "image", "reset"}:
                self._form.fields.setdefault(name, []).append(values.get("value", ""))
        elif tag == "textarea" and name:
            self._area = name
            self._form.fields.setdefault(name, []).append("")
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select and "selected" in values:
            self._form.fields.setdefault(self._select, []).append(values.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            self._form.fields[self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None


class Page:
    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.url = response.url
        self.headers = response.headers
        self.content = response.content
        self.text = response.text if "text" in response.headers.get("Content-Type", "") else ""

    def form(self, *, action: str = "", having: str = "") -> Form:
        """The first form whose address matches `action` (a regular expression) and that has the field `having`."""
        parser = _Forms()
        parser.feed(self.text)
        for form in parser.forms:
            target = urlsplit(urljoin(self.url, form.action)).path
            names = {*form.fields, *form.files}
            if re.search(action, target) and (not having or having in names):
                return form
        raise StoryError(f"{self.url} shows no form for {action or having!r}")

    def has(self, words: str) -> bool:
        return words in re.sub(r"\s+", " ", self.text)


class Loopback(HTTPAdapter):
    """`localhost` is this machine (RFC 6761, section 6.3), also where no file or server of names says so."""

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        if host["host"] != "localhost":
            return host, pool
        names = {"server_hostname": "localhost", "assert_hostname": "localhost"} if host["scheme"] == "https" else {}
        return {**host, "host": "127.0.0.1"}, {**pool, **names}

    def add_headers(self, request: requests.PreparedRequest, **kwargs: Any) -> None:
        request.headers.setdefault("Host", urlsplit(request.url or "").netloc)


class Browser:
    """One person's session. `origin` like http://localhost:8000."""

    def __init__(self, origin: str, *, verify: bool | str = True) -> None:
        self.origin = origin
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = verify
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, Loopback())

    def get(self, path: str, *, expect: int = 200, accept: str = "text/html") -> Page:
        url = urljoin(self.origin, path)
        return self._page(self.session.get(url, timeout=60, headers={"Accept": accept}), expect)

    def submit(
        self,
        page: Page,
        form: Form,
        values: dict[str, Any] | None = None,
        *,
        file: Path | None = None,
        expect: int = 200,
    ) -> Page:
        """Fill in a form and send it, following the redirect."""
        data: dict[str, Any] = {**form.fields, **(values or {})}
        url = urljoin(page.url, form.action)
        files = None
        if file is not None:
            files = {form.files[0]: (file.name, file.read_bytes())}
        response = self.session.post(url, data=data, files=files, timeout=120, headers={"Referer": page.url})
        return self._page(response, expect)

    def sign_in(self, email: str, password: str) -> "Browser":
        page = self.get("/accounts/login/")
        page = self.submit(page, page.form(having="login"), {"login": email, "password": password})
        if "/accounts/login" in page.url:
            raise StoryError(f"{email} could not sign in")
        return self

    def _page(self, response: requests.Response, expect: int) -> Page:
        page = Page(response)
        if page.status != expect:
            errors = re.findall(r'class="[^"]*error[^"]*"[^>]*>([^<]+)', page.text)
            detail = "; ".join(text.strip() for text in errors if text.strip())
            raise StoryError(f"{response.request.method} {page.url} answered {page.status}, not {expect}. {detail}")
        return page
