"""A web service: its address, how often it may be asked, and the key that it may want.

Keys come from the environment only, and go to the service's own address only (or one that the environment names).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import UserError


@dataclass(frozen=True)
class Key:
    """How a service takes a key. `form`: in the body of a POST; `query`: in the address, where nothing else goes."""

    variable: str
    field: str
    place: Literal["form", "query", "header"] = "form"
    #: requests a second that are allowed with it
    per_second: float | None = None
    required: bool = False


@dataclass(frozen=True)
class Service:
    """`name` in capitals is part of the variable that gives another address, for tests and mirrors."""

    name: str
    label: str
    address: str
    per_second: float
    key: Key | None = None

    def base(self, environment: Mapping[str, str] = os.environ) -> str:
        """Where it answers: LITPOOL_ADDRESS_<NAME>, else its own address."""
        return environment.get(f"LITPOOL_ADDRESS_{self.name.upper()}", self.address).rstrip("/")

    def secret(self, environment: Mapping[str, str] = os.environ) -> str:
        """The key, "" without one. Raises UserError if it is missing and must not, or cannot be one."""
        if self.key is None:
            return ""
        found = environment.get(self.key.variable, "").strip()
        if self.key.required and not found:
            raise UserError(f"{self.label} wants a key: set the environment variable {self.key.variable}")
        if found and (len(found) < 8 or not found.isascii() or not found.isprintable() or " " in found):
            raise UserError(f"{self.key.variable}: what it holds cannot be a key of {self.label}")
        return found

    def pace(self, secret: str) -> float:
        """Requests a second."""
        return self.key.per_second if secret and self.key and self.key.per_second else self.per_second
