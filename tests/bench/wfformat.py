#!/usr/bin/env python3
"""A WfFormat 1.5 document like those of Epigenomics, with about as many jobs as asked for.
usage: wfformat.py JOBS [CHUNKS] > FILE"""
import json
import sys

jobs = int(sys.argv[1])
chunks = int(sys.argv[2]) if len(sys.argv) > 2 else 100
lanes = max(1, jobs // (4 * chunks + 2))
tasks, runs, files = [], [], {"maq": 171256, "maqindex": 118456, "chr21.BS.bfa": 46944400}
made = {}


def job(program, lane, ins, outs, arguments, parents):
    ident = "%s_%s_%s_ID%07d" % (program, program, lane, len(tasks) + 1)
    for name in ins + outs:
        files.setdefault(name, 1000000 + 17 * len(files))
    tasks.append({"name": ident, "id": ident, "children": [], "inputFiles": ins, "outputFiles": outs,
                  "parents": [tasks[p]["id"] for p in parents]})
    runs.append({"id": ident, "runtimeInSeconds": 0.5 + len(tasks) % 7, "avgCPU": 95.5299, "priority": 50,
                 "command": {"program": program, "arguments": arguments}, "machines": ["compute-3"]})
    for parent in parents:
        tasks[parent]["children"].append(ident)
    return len(tasks) - 1


merges = []
for lane in range(lanes):
    name = "lane_%d_sequence" % lane
    parts = ["%s.%d.sfq" % (name, k) for k in range(chunks)]
    split = job("fastqSplit", name, [name + ".sfq"], parts, ["100000", name + ".sfq"], [])
    maps = []
    for k, part in enumerate(parts):
        step, last = split, part
        for program in ("filterContams", "sol2sanger", "fast2bfq"):
            out = "%s.%d.%s" % (name, k, program)
            step = job(program, "%s_%d" % (name, k), [last, "maq", "maqindex"], [out], [last, out], [step])
            last = out
        out = "%s.%d.map" % (name, k)
        maps.append((job("map", "%s_%d" % (name, k), ["chr21.BS.bfa", last, "maq", "maqindex"], [out],
                         ["-n", "2", "-M", "c", out, "chr21.BS.bfa", last], [step]), out))
    merged = name + ".map"
    merges.append((job("mapMerge", name, ["maq", "maqindex"] + [m[1] for m in maps], [merged],
                       [merged] + [m[1] for m in maps], [m[0] for m in maps]), merged))
job("mapMerge", "all", ["maq", "maqindex"] + [m[1] for m in merges], ["all.map"],
    ["all.map"] + [m[1] for m in merges], [m[0] for m in merges])
json.dump({"name": "epigenomics", "schemaVersion": "1.5", "workflow": {
    "specification": {"tasks": tasks, "files": [{"id": k, "sizeInBytes": v} for k, v in files.items()]},
    "execution": {"makespanInSeconds": 594.0, "executedAt": "20200408T154143+0000", "tasks": runs}}},
    sys.stdout, indent=1)
