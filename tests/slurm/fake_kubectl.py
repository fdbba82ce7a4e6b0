"""Stands in for kubectl: runs the command of a job's pod here, and answers what became of it.

It insists on what a cluster would: fields of the right types, and a volume mounted above the folder to work in.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml

#: the jobs, a file each
STATE = Path(os.environ["FAKE_KUBECTL"])


def create() -> str:
    job = yaml.safe_load(sys.stdin)
    spec = job["spec"]["template"]["spec"]
    [pod], [volume] = spec["containers"], spec["volumes"]
    [mount] = pod["volumeMounts"]
    assert (job["apiVersion"], job["kind"], job["spec"]["backoffLimit"]) == ("batch/v1", "Job", 0)
    assert spec["restartPolicy"] == "Never"
    assert isinstance(job["spec"]["activeDeadlineSeconds"], int)
    assert mount["name"] == volume["name"]
    assert volume["persistentVolumeClaim"]["claimName"]
    assert Path(pod["workingDir"]).is_relative_to(mount["mountPath"])
    assert pod["resources"]["requests"]["memory"] == pod["resources"]["limits"]["memory"]
    name = f"{job['metadata']['generateName']}{len(list(STATE.iterdir()))}"
    done = subprocess.run(pod["command"], cwd=pod["workingDir"], capture_output=True, text=True, check=False)
    (STATE / name).write_text("Complete" if done.returncode == 0 else f"Failed\n{done.stderr}", "utf-8")
    return f"job.batch/{name}"


def get(name: str) -> str:
    path = STATE / name.removeprefix("job.batch/")
    return f"Job {path.read_text('utf-8').splitlines()[0]}" if path.exists() else ""


if __name__ == "__main__":
    print(create() if sys.argv[1] == "create" else get(sys.argv[2]))
