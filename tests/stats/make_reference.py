"""Write tests/stats/reference.json: a few tables of ../shared/reference with metafor's answers (facts), so that the tests
compare with R also where ../shared is missing. Run by hand; the full grid is checked where ../shared is there.
"""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SETS = ("pritz1997", "debruin2009", "edge_outlier", "edge_k2", "edge_k1_zero")
KEYS = (
    *("source", "events", "n", "moderators", "study"),
    *("subgroup", "escalc_variants", "metareg", "glmm_metareg"),
)
INFLUENCE = ("bcg_control", "edge_outlier", "edge_mixed_0_100")
INFLUENCE_KEYS = ("events", "n", "leave_one_out", "cumulative", "influence", "rstandard", "blup")
TWO_ARM = ("nielweise2007", "hine1989", "edge_sparse")


def main() -> None:
    full = json.loads((HERE.parent.parent.parent / "shared/reference/proportions_dev.json").read_text("utf-8"))
    out: dict[str, Any] = {"made_with": full["made_with"], "datasets": {}}
    for name in SETS:
        source = full["datasets"][name]
        keep = {k: source[k] for k in KEYS if k in source}
        keep["measures"] = {
            m: {k: v[k] for k in ("escalc", "common", "q_profile", "est")} for m, v in source["measures"].items()
        }
        keep["bias"] = source.get("bias", {})
        keep["meta_pkg"] = {m: {"bias": v["bias"]} for m, v in source.get("meta_pkg", {}).items() if "bias" in v}
        if "meta_pkg" in source:
            keep["meta_pkg"]["PLO"] |= {k: source["meta_pkg"]["PLO"][k] for k in ("REML_ci", "REML_pi")}
        keep["glmm"] = source["glmm"]
        out["datasets"][name] = keep
    out["two_arm"] = {name: full["two_arm"][name] for name in TWO_ARM}
    out["influence"] = {
        name: {k: full["datasets"][name][k] for k in INFLUENCE_KEYS if k in full["datasets"][name]}
        for name in INFLUENCE
    }
    out["network"] = full["network"]
    out["multilevel"] = full["multilevel"]
    (HERE / "reference.json").write_text(json.dumps(out, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
