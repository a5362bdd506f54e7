"""A browser without JavaScript, over real HTTP: it reads pages and submits the forms it finds there, nothing else."""

from __future__ import annotations

import html
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

from tests import pages
from tests.pages import Form


@dataclass(frozen=True)
class Upload:
    """A file chosen from the device."""

    name: str
    data: bytes
    kind: str = "application/octet-stream"


@dataclass(frozen=True)
class _Request:
    path: str


class Page:
    """What came back: as `tests.pages` reads it (`text`, `request.path`), with the links and choices that are on it."""

    def __init__(self, status: int, url: str, kind: str, data: bytes) -> None:
        self.status, self.url, self.kind, self.data = status, url, kind, data
        self.path = urllib.parse.urlsplit(url).path
        self.request = _Request(self.path)
        self.text = data.decode("utf-8") if kind.startswith(("text/", "application/json")) else ""

    @property
    def words(self) -> str:
        """What a reader sees."""
        return pages.text_of(self)  # type: ignore[arg-type]

    @property
    def h1(self) -> str:
        """The page's one heading."""
        return pages.h1_of(self)  # type: ignore[arg-type]

    def form(self, button: str = "", action: str = "") -> Form:
        """Return the first form to `action` with a button that reads `button`; signing out is nobody's errand."""
        for found in pages.forms(self):  # type: ignore[arg-type]
            texts = [text for _, _, text in found.buttons]
            if action in found.action and "/dang-xuat" not in found.action and any(button in text for text in texts):
                return found
        raise AssertionError(f"no form to «{action}» with button «{button}» on {self.path}:\n{self.words[:2500]}")

    def link(self, text: str) -> str:
        """Return where the first link leads whose words contain `text`."""
        for href, inner in re.findall(r'(?s)<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', self.text):
            if text in _plain(inner):
                return urllib.parse.urljoin(self.url, html.unescape(href))
        raise AssertionError(f"no link «{text}» on {self.path}:\n{self.words[:2500]}")

    def links(self, part: str) -> list[str]:
        """Return where all links lead whose address contains `part`, each once, in order."""
        found = [html.unescape(href) for href in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', self.text)]
        return list(dict.fromkeys(urllib.parse.urljoin(self.url, href) for href in found if part in href))

    def choice(self, name: str, text: str) -> str:
        """Return the value to send so that in the box `name` the choice reading `text` is taken."""
        for inside in re.findall(rf'(?s)<select\b[^>]*\bname="{re.escape(name)}"[^>]*>(.*?)</select>', self.text):
            for value, words in re.findall(r'(?s)<option\b[^>]*?\bvalue="([^"]*)"[^>]*>(.*?)</option>', inside):
                if text in _plain(words):
                    return html.unescape(value)
        for tag in re.findall(r"<input\b[^>]*>", self.text):
            if f'name="{name}"' not in tag:
                continue
            known = dict(re.findall(r'\b(id|value)="([^"]*)"', tag))
            target = re.escape(known.get("id", "-"))
            label = re.search(rf'(?s)<label\b[^>]*\bfor="{target}"[^>]*>(.*?)</label>', self.text)
            if label and text in _plain(label[1]):
                return html.unescape(known.get("value", "on"))
        raise AssertionError(f"no choice «{text}» in {name} on {self.path}:\n{self.words[:2500]}")

    def box(self, part: str) -> str:
        """Return the name of the first box whose name ends in `part`."""
        return next(name for name in self.names(part) if name.endswith(part))

    def filled(self, values: dict[str, str]) -> dict[str, str]:
        """Return values given by the ends of names by the names that the page's boxes have."""
        return {self.box(part): value for part, value in values.items()}

    def names(self, part: str) -> list[str]:
        """Return the names of the page's boxes that contain `part`, each once, in order."""
        found = re.findall(r'<(?:input|select|textarea|button)\b[^>]*?\bname="([^"]*)"', self.text)
        return list(dict.fromkeys(html.unescape(name) for name in found if part in name))


class Browser:
    """One person at one device: keeps cookies, follows redirects, knows only addresses that a page gave it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.loads = 0
        self.faults: list[str] = []
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, url: str) -> Page:
        """Open an address: a link of a page, or a path that a person may type."""
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.address, url)))

    def follow(self, page: Page, text: str) -> Page:
        """Press a link."""
        return self.get(page.link(text))

    def send(self, page: Page, button: str = "", *, action: str = "", **typed: Any) -> Page:
        """Type into the page's own form and press its button; boxes that are not on the page cannot be typed into."""
        form = page.form(button, action)
        for name in typed:
            assert f'name="{name}"' in page.text, f"no box «{name}» on {page.path}:\n{page.names('')}"
        pressed = [(name, value) for name, value, text in form.buttons if button and button in text and name][:1]
        filled = [*{**form.values, **typed}.items(), *pressed]
        parts = [(name, one) for name, value in filled for one in _each(value)]
        target = urllib.parse.urljoin(page.url, form.action or page.path)
        if form.method == "get":
            return self.get(f"{urllib.parse.urldefrag(target).url.partition('?')[0]}?{urllib.parse.urlencode(parts)}")
        body, kind = _multipart(parts)
        headers = {"Content-Type": kind, "Referer": page.url}
        return self._open(urllib.request.Request(target, data=body, headers=headers))

    def download(self, page: Page, text: str) -> bytes:
        """Press a link that hands over a file."""
        answer = self.follow(page, text)
        assert answer.status == 200, answer.words[:800]
        return answer.data

    def sign_in(self, phone: str, password: str) -> Page:
        """Sign in through the page."""
        page = self.send(self.get("/dang-nhap"), "Đăng nhập", key=phone, password=password)
        assert "/dang-nhap" not in page.path, page.words[:800]
        return page

    def close(self) -> None:
        """Put the device away."""

    def _open(self, request: urllib.request.Request) -> Page:
        self.loads += 1
        try:
            answer = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Page(answer.status, answer.url, answer.headers.get("Content-Type", ""), answer.read())


def _plain(inner: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inner)).split())


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _multipart(parts: list[tuple[str, Any]]) -> tuple[bytes, str]:
    """Return a form with its files as a browser sends it, and its content type."""
    line = uuid.uuid4().hex
    body = bytearray()
    for name, value in parts:
        body += f'--{line}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        if isinstance(value, Upload):
            body += f'; filename="{value.name}"\r\nContent-Type: {value.kind}'.encode()
            body += b"\r\n\r\n" + value.data + b"\r\n"
        else:
            body += b"\r\n\r\n" + str(value).encode() + b"\r\n"
    return bytes(body + f"--{line}--\r\n".encode()), f"multipart/form-data; boundary={line}"
