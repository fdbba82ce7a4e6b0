"""The rows of overrides/ for programs: a JSON schema with a definition for each file."""

from __future__ import annotations

import json

from pydantic.json_schema import models_json_schema

from pipeline.overrides import FILES


def overrides_schema() -> str:
    """overrides/overrides.schema.json; `files` names the definition of each file's rows."""
    _, schema = models_json_schema([(model, "validation") for model in FILES.values()], title="Rows of overrides/")
    files = {name: {"$ref": f"#/$defs/{model.__name__}"} for name, model in FILES.items()}
    top = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": schema["title"], "files": files}
    return json.dumps(top | {"$defs": schema["$defs"]}, indent=1, ensure_ascii=False) + "\n"
