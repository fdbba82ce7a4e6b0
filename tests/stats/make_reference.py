"""Write tests/stats/reference.json: a few tables of ../shared/reference with metafor's answers (facts), so that the tests
compare with R also where ../shared is missing. Run by hand; the full grid is checked where ../shared is there.
"""

import json
from pathlib import Path

HERE = Path(__file__).parent
SETS = ("pritz1997", "karner2014_placebo_deaths", "edge_outlier", "edge_k2")


def main() -> None:
    full = json.loads((HERE.parent.parent.parent / "shared/reference/proportions_dev.json").read_text("utf-8"))
    out: dict[str, object] = {"made_with": full["made_with"], "datasets": {}}
    for name in SETS:
        if name not in full["datasets"]:
            continue
        source = full["datasets"][name]
        keep = {k: source[k] for k in ("source", "events", "n")}
        keep["measures"] = {m: {"est": v["est"]} for m, v in source["measures"].items()}
        keep["glmm"] = {"nAGQ7": source["glmm"]["nAGQ7"]}
        out["datasets"][name] = keep  # type: ignore[index]
    (HERE / "reference.json").write_text(json.dumps(out, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
