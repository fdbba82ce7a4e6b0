"""A local HTTP server that speaks the protocols of sources, as they document them, and misbehaves when told to.

`Server` answers with what its `routes` say: path → function of the request's fields. `trouble` holds what is to happen
to the next requests in the place of a good answer, or to the answer itself.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Fields = dict[str, str]


@dataclass
class Answer:
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    #: bytes after which the line breaks, though more were promised
    cut: int | None = None
    #: seconds before the first byte
    slow: float = 0.0


Route = Callable[[Fields, Mapping[str, str]], Answer]
#: makes of a good answer what is sent
Trouble = Callable[[Answer], Answer]


def status(code: int, body: bytes = b"", **headers: str) -> Trouble:
    return lambda _: Answer(body, code, {name.replace("_", "-"): value for name, value in headers.items()})


def page(_: Answer) -> Answer:
    """A page of a proxy or of maintenance, where data should be."""
    return Answer(
        b"<!DOCTYPE html><html><body><h1>Down for maintenance</h1></body></html>", headers={"Content-Type": "text/html"}
    )


def empty(_: Answer) -> Answer:
    return Answer(b"")


def torn(answer: Answer) -> Answer:
    """The line breaks half way."""
    return Answer(answer.body, answer.status, answer.headers, cut=len(answer.body) // 2)


def shortened(answer: Answer) -> Answer:
    """Half of the answer, sent as if it were whole."""
    return Answer(answer.body[: len(answer.body) // 2], answer.status, answer.headers)


def late(seconds: float) -> Trouble:
    return lambda answer: Answer(answer.body, answer.status, answer.headers, slow=seconds)


def fine(answer: Answer) -> Answer:
    return answer


@dataclass
class Asked:
    method: str
    path: str
    fields: Fields
    headers: dict[str, str]
    at: float


class Server(AbstractContextManager["Server"]):
    """Listens while `with` lasts; `address` is where."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self.routes = dict(routes)
        self.trouble: deque[Trouble] = deque()
        #: happens to each answer of a path
        self.always: dict[str, Trouble] = {}
        self.asked: list[Asked] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        route = next((r for path, r in self.routes.items() if asked.path.startswith(path)), None)
        answer = route(asked.fields, {**asked.headers, "path": asked.path}) if route else Answer(b"", 404)
        trouble = self.trouble.popleft() if self.trouble else self.always.get(asked.path, fine)
        return trouble(answer)


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer("&".join(part for part in (urlsplit(self.path).query, body) if part))

        def _answer(self, fields: str) -> None:
            named = {name: values[-1] for name, values in parse_qs(fields, keep_blank_values=True).items()}
            path = urlsplit(self.path).path
            answer = server.answer(Asked(self.command, path, named, dict(self.headers.items()), time.monotonic()))
            time.sleep(answer.slow)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body if answer.cut is None else answer.body[: answer.cut])
            if answer.cut is not None:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):  # the client did not wait
                self.close_connection = True

    return Handler
