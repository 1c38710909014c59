cwlVersion: v1.0
class: Workflow
inputs: {text: File}
steps:
  second: {run: count.cwl, in: {text: first/lines}, out: [lines]}
  first: {run: count.cwl, in: {text: text}, out: [lines]}
outputs: {lines: {type: File, outputSource: second/lines}}
