"""The one way to ask a source: timeouts, retries, politeness, and keys that nobody else sees.

Every problem becomes a `SourceFailed` of one line, which never holds a key or a query's address.
"""

from __future__ import annotations

import ipaddress
import logging
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import Any, Self, TypeVar
from urllib.parse import quote, quote_plus

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from pipeline.files import printable
from pipeline.searches import Network
from pipeline.update.cache import Cache
from pipeline.update.service import Service
from pipeline.update.waiting import Pace, Passing, retry_after, wait_before_next

T = TypeVar("T")
Fields = Mapping[str, str | int] | Sequence[tuple[str, str | int]]

#: answers that another attempt may better
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
#: bytes of an answer that is read at once, and how many timeouts it may take; bytes of a part
_LARGEST, _LONGEST_ANSWER, _PART = 500_000_000, 10, 65_536
#: characters of a source's own words that a message quotes
_LONGEST_SAID = 200


class SourceFailed(Exception):
    """A source that is down, changed, or answers what cannot be read; one line for people."""


class Client:
    """Asks services. One for a whole update; `with` closes its connections."""

    def __init__(
        self,
        network: Network,
        contact: str,
        cache: Cache | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.network = network
        self.contact = contact
        self._cache = cache
        self._sleep = sleep
        self._paces: dict[str, Pace] = {}
        #: keys in use, so that no message holds one
        self._secrets: set[str] = set()
        for library in ("httpx", "httpcore"):  # they tell addresses and headers, which may hold a key
            logging.getLogger(library).setLevel(logging.WARNING)
        self._http = httpx.Client(
            verify=_trust(),
            timeout=httpx.Timeout(network.timeout),
            headers={"User-Agent": f"litpool/{_version()} (mailto:{contact})"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, service: Service, path: str, fields: Fields, read: Callable[[bytes], T]) -> T:
        """What `read` makes of the answer. `read` raises `Passing` for an answer that is not sound.

        An answer from before is used again if the source says that it still holds. Raises SourceFailed.
        """
        address = str(httpx.URL(_address(service, path), params=httpx.QueryParams(tuple(_pairs(fields)))))

        def attempt() -> T:
            kept = self._cache.get(address) if self._cache else None
            request = self.request(service, "GET", path, fields, kept.ask if kept else {})
            response = self.send(service, request, also={304} if kept else set())
            if kept and response.status_code == 304:
                response.close()
                return read(kept.body)
            body = self._whole(response)
            found = read(body)
            if self._cache and not self.holds_secret(body):
                self._cache.keep(address, response.headers, body)
            return found

        return self.trying(service, attempt)

    def post(self, service: Service, path: str, fields: Fields, read: Callable[[bytes], T]) -> T:
        """As `get`, with the fields in the body: for long queries, and where a key goes with them. Nothing is kept."""

        def attempt() -> T:
            return read(self._whole(self.send(service, self.request(service, "POST", path, fields))))

        return self.trying(service, attempt)

    def trying(self, service: Service, attempt: Callable[[], T]) -> T:
        """What an attempt gives that does not raise `Passing`. Raises SourceFailed."""
        network = self.network
        tries = Retrying(
            retry=retry_if_exception_type(Passing),
            stop=stop_after_attempt(network.attempts),
            wait=wait_before_next(network),
            sleep=self._patiently,
            reraise=True,
        )
        try:
            return tries(attempt)
        except Passing as problem:
            raise self.failed(service, f"{problem} (asked {network.attempts} times)") from None

    def failed(self, service: Service, reason: str) -> SourceFailed:
        """The error to raise, without keys."""
        return SourceFailed(self.tidy(f"{service.label}: {reason}"))

    def tidy(self, text: str) -> str:
        """Words for people: on one line, not long, without keys."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return printable(" ".join(text.split()))

    def holds_secret(self, data: bytes) -> bool:
        """Does an answer repeat a key? Such bytes are not kept."""
        return any(secret.encode() in data for secret in self._secrets)

    # ---- one attempt ---------------------------------------------------------------------------------------------

    def send(self, service: Service, request: httpx.Request, also: Collection[int] = ()) -> httpx.Response:
        """An answer of status 2xx, or one of `also`, whose body is still to read, and which is to be closed.

        Raises Passing, SourceFailed.
        """
        self._pace(service).wait()
        try:
            response = self._http.send(request, stream=True)
        except httpx.TransportError as error:
            raise Passing(_trouble(error)) from None
        except httpx.InvalidURL:
            raise self.failed(service, "its address is none") from None
        try:
            if response.status_code not in also:
                self._check(service, response)
        except BaseException:
            response.close()
            raise
        return response

    def _whole(self, response: httpx.Response) -> bytes:
        try:
            return b"".join(self.bytes_of(response))
        finally:
            response.close()

    def bytes_of(self, response: httpx.Response, whole: bool = True) -> Iterator[bytes]:
        """The body as it comes, unpacked. A `whole` one must come in a bounded time and not be without end.

        Raises Passing.
        """
        until, size = time.monotonic() + _LONGEST_ANSWER * self.network.timeout, 0
        try:
            for data in response.iter_bytes(_PART):
                size += len(data)
                if whole and (size > _LARGEST or time.monotonic() > until):
                    raise Passing("does not end its answer")
                yield data
        except httpx.DecodingError:
            raise Passing("its answer is damaged") from None
        except httpx.TransportError as error:
            raise Passing(_trouble(error)) from None

    def _check(self, service: Service, response: httpx.Response) -> None:
        status = response.status_code
        if 200 <= status < 300:
            return
        if status in _BUSY:
            after = retry_after(response.headers.get("Retry-After"))
            if after > self.network.longest_wait:
                raise self.failed(service, f"asks to wait {after:.0f} seconds; run the update again later")
            raise Passing(f"answers {status} {response.reason_phrase}{self._said(response)}", after)
        if 300 <= status < 400:
            raise self.failed(service, f"has moved ({status}); a newer litpool may know where to")
        why = {401: "is the key right?", 403: "is the key right?", 404: "has it changed?"}.get(status)
        hint = f"; {why}" if why else ""
        raise self.failed(service, f"refuses with {status} {response.reason_phrase}{self._said(response)}{hint}")

    def _said(self, response: httpx.Response) -> str:
        """The source's own words, if they are few and no page."""
        try:
            text = next(self.bytes_of(response), b"").decode("utf-8", "replace").strip()
        except Passing:
            return ""
        short = text if len(text) <= _LONGEST_SAID else text[:_LONGEST_SAID] + "…"
        return f": {short}" if text and not text.startswith("<") else ""

    def request(
        self,
        service: Service,
        method: str,
        path: str,
        fields: Fields,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> httpx.Request:
        """The request with its key, which is in no other object."""
        pairs, headers = _pairs(fields), dict(headers)
        query, body = (pairs, None) if method == "GET" else ([], pairs)
        secret = service.secret()
        if secret and service.key is not None:
            self._secrets |= {secret, quote(secret), quote_plus(secret)}
            match service.key.place:
                case "form" if body is not None:
                    body = [*body, (service.key.field, secret)]
                case "header":
                    headers[service.key.field] = secret
                case _:
                    query = [*query, (service.key.field, secret)]
        options: dict[str, Any] = {"params": httpx.QueryParams(tuple(query))} if query else {}
        if body is not None:
            options["data"] = _form(body)
        return self._http.build_request(method, _address(service, path), headers=headers, **options)

    def _pace(self, service: Service) -> Pace:
        """One for each service; a server on this machine needs no politeness."""
        if service.name not in self._paces:
            per_second = 0.0 if _is_here(service.base()) else service.pace(service.secret())
            self._paces[service.name] = Pace(per_second, sleep=self._sleep)
        return self._paces[service.name]

    def _patiently(self, seconds: float) -> None:
        self._sleep(seconds)


@cache
def _trust() -> ssl.SSLContext:
    """Whom to trust, read once: it takes as long as to ask."""
    return httpx.create_ssl_context()


def _address(service: Service, path: str) -> str:
    return f"{service.base()}/{path}".rstrip("/")


def _pairs(fields: Fields) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in (fields.items() if isinstance(fields, Mapping) else fields)]


def _form(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Fields by name; one that comes again has several values."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _is_here(address: str) -> bool:
    host = httpx.URL(address).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _trouble(error: httpx.TransportError) -> str:
    """What happened to the line, in words; httpx's own may hold an address."""
    match error:
        case httpx.ConnectTimeout() | httpx.ConnectError():
            return "cannot be reached"
        case httpx.TimeoutException():
            return "takes too long to answer"
        case httpx.RemoteProtocolError():
            return "broke off its answer"
        case _:
            return "the connection was lost"


def _version() -> str:
    try:
        return version("litpool")
    except PackageNotFoundError:
        return "0"
