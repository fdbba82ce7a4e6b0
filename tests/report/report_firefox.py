"""Firefox for tests, spoken to in Marionette, its own protocol: lengths and JSON over a local socket."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")

needs_firefox = pytest.mark.skipif(FIREFOX is None, reason="no Firefox here; `apt-get install firefox-esr` brings it")

#: a free port for Marionette; nothing is looked up, fetched or restored
PREFERENCES = """
user_pref("marionette.port", 0);
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("app.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
"""


class Firefox:
    """One window; commands are those of WebDriver."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._file = self._socket.makefile("rb")
        self._count = 0
        self._read()
        self.command("WebDriver:NewSession", strictFileInteractability=True)

    def command(self, name: str, **parameters: Any) -> Any:
        self._count += 1
        text = json.dumps([0, self._count, name, parameters]).encode("utf-8")
        self._socket.sendall(f"{len(text)}:".encode() + text)
        _, _, error, result = self._read()
        if error is not None:
            raise AssertionError(f"{name}: {error['message']}")
        return result

    def run(self, script: str) -> Any:
        """What a function body returns in the page."""
        return self.command("WebDriver:ExecuteScript", script=script, args=[])["value"]

    def open(self, path: Path, width: int) -> None:
        self.command("WebDriver:SetWindowRect", width=width, height=900)
        self.command("WebDriver:Navigate", url=path.as_uri())

    def picture(self, whole: bool = False) -> bytes:
        return base64.b64decode(self.command("WebDriver:TakeScreenshot", full=whole)["value"])

    def paper(self) -> bytes:
        return base64.b64decode(self.command("WebDriver:Print", shrinkToFit=True)["value"])

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._file.read(1)
        return json.loads(self._file.read(int(length[:-1])))


@contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    """The browser of this machine with a profile of its own."""
    assert FIREFOX is not None
    profile.mkdir()
    (profile / "user.js").write_text(PREFERENCES, "utf-8")
    command = [FIREFOX, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    started: Firefox | None = None
    try:
        started = Firefox(_port(profile / "MarionetteActivePort"))
        yield started
    finally:
        if started is not None:
            started.close()
        process.terminate()
        process.wait(30)


def _port(told: Path) -> int:
    """The port that Firefox chose, told in its profile once it listens."""
    for _ in range(600):
        if told.is_file() and (text := told.read_text("utf-8").strip()):
            return int(text)
        time.sleep(0.1)
    raise AssertionError("Firefox does not listen")
