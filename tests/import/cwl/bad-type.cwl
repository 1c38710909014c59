cwlVersion: v1.2
class: Workflow
inputs: {number: int}
steps:
  first: {run: count.cwl, in: {text: number}, out: [lines]}
outputs: {lines: {type: File, outputSource: first/lines}}
