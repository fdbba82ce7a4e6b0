"""Write what is made from the models (`make schema`): the schemas of config/ and overrides/, overrides/README.md."""

import json
from pathlib import Path

from pipeline.config import Config
from pipeline.overrides.guide import guide
from pipeline.overrides.schema import overrides_schema
from pipeline.searches import Searches

ROOT = Path(__file__).parent.parent


def config_schema() -> str:
    return json.dumps(Config.model_json_schema(), indent=1, ensure_ascii=False) + "\n"


def searches_schema() -> str:
    return json.dumps(Searches.model_json_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (ROOT / "config" / "config.schema.json").write_text(config_schema(), encoding="utf-8")
    (ROOT / "config" / "searches.schema.json").write_text(searches_schema(), encoding="utf-8")
    (ROOT / "overrides" / "README.md").write_text(guide(), encoding="utf-8")
    (ROOT / "overrides" / "overrides.schema.json").write_text(overrides_schema(), encoding="utf-8")
