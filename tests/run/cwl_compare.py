#!/usr/bin/python3
"""Run CWL documents, those for cwltool in two processes, and compare with what the native executable gave.

usage: cwl_compare.py [--loop|--toil] NAME…
In the current folder, of each NAME: NAME.cwl, NAME.job.yml (perhaps), NAME.json and NAME.status, the summary and the
exit status of the executable.  Tells `ok NAME`, or `FAIL NAME` and why.
"""
import hashlib
import io
import json
import logging
import multiprocessing
import os
import subprocess
import sys
import urllib.parse


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def path_of(value):
    """Of a file or directory, by either engine; None: it is another object."""
    if "path" in value and ("sha256" in value or "class" in value):
        return value["path"]
    if "location" in value and "class" in value:
        return urllib.parse.unquote(value["location"][len("file://") :])
    return None


def normal(value):
    """A file is its contents, a directory those of its files by their paths."""
    if isinstance(value, list):
        return [normal(item) for item in value]
    if not isinstance(value, dict):
        return ("bool", value) if isinstance(value, bool) else value
    path = path_of(value)
    if path is None:
        return {key: normal(item) for key, item in value.items()}
    if not os.path.isdir(path):
        return ("file", digest(path))
    files = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
    return ("dir", {os.path.relpath(name, path): digest(name) for name in files})


def read(path):
    with open(path) as file:
        return file.read()


def documents(name):
    job = name + ".job.yml"
    return [name + ".cwl"] + ([job] if os.path.exists(job) else [])


def run_cwltool(name, flags):
    """Status and standard output, and what it has said."""
    import cwltool.main

    out, said = io.StringIO(), io.StringIO()
    # Files stay where they were made: this version of cwltool loses one of two that are called alike.
    args = [*flags, "--quiet", "--relax-path-checks", "--no-container", "--leave-outputs", "--leave-tmpdir"]
    handler = logging.StreamHandler(said)
    status = cwltool.main.main(args + documents(name), stdout=out, logger_handler=handler)
    return status, out.getvalue(), said.getvalue()


def run_toil(name, flags):
    args = ["toil-cwl-runner", *flags, "--relax-path-checks", "--no-container", "--outdir", name + ".toil"]
    ran = subprocess.run(args + documents(name), capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout, ran.stderr


def compare(task):
    name, run, flags = task
    try:
        return outcome(name, run, flags)
    except Exception as error:
        return f"FAIL {name}: {error!r}"


def outcome(name, run, flags):
    status, out, said = run(name, flags)
    expected = int(read(name + ".status"))
    if (status != 0) != (expected != 0):
        return f"FAIL {name}: status {status}, native {expected}\n{said}"
    if expected:
        return f"ok {name}"
    native, cwl = normal(json.loads(read(name + ".json"))), normal(json.loads(out))
    wrong = [key for key in native if key not in cwl or native[key] != cwl[key]]
    told = "".join(f"    {key}: {cwl.get(key)}, native {native[key]}\n" for key in wrong)
    return f"FAIL {name}: not the same outputs\n{told}{said}" if wrong else f"ok {name}"


def main():
    runs = {"--toil": run_toil, "--loop": run_cwltool}
    flags = {"--loop": ["--enable-ext"]}
    first = sys.argv[1]
    names = sys.argv[2:] if first in runs else sys.argv[1:]
    run = runs.get(first, run_cwltool)
    if run == run_cwltool:
        import cwltool.main  # noqa: F401, once, before the processes part
    with multiprocessing.Pool(2) as pool:
        results = pool.map(compare, [(name, run, flags.get(first, [])) for name in names], chunksize=1)
    print("\n".join(results))


main()
