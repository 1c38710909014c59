cwlVersion: v1.2
class: Workflow
inputs: {text: File}
steps:
  first: {run: count.cwl, in: {text: txt}, out: [lines]}
outputs: {lines: {type: File, outputSource: first/lines}}
