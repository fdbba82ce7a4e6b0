"""What one file may cost. The numbers come from `parse:` in config/config.yaml."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import UserError


class Limits(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    seconds: int = Field(600, ge=1, description="longest wait for a file's next record; then the file is set aside")
    memory_mb: int = Field(2000, ge=200, description="most memory that reading a file may take, in megabytes")
    pages: int = Field(2000, ge=1, description="pages of a PDF that are read; the record says so if there are more")


def limits_of(values: Mapping[str, object], called: Mapping[str, str]) -> Limits:
    """Limits from what the user gave. Raises UserError that names a wrong one as in `called`."""
    try:
        return Limits.model_validate(values)
    except ValidationError as error:
        raise UserError("\n".join(_line(e["type"], called[str(e["loc"][0])], e) for e in error.errors())) from None


def _line(kind: str, place: str, error: Mapping[str, object]) -> str:
    if kind == "extra_forbidden":
        return f"{place}: unknown key (allowed: {', '.join(Limits.model_fields)})"
    return f"{place}: {str(error['msg']).lower()}, got {error['input']!r}"
