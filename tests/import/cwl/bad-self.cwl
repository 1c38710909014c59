cwlVersion: v1.2
class: Workflow
inputs: {text: File}
steps:
  first: {run: bad-self.cwl, in: {text: text}, out: [lines]}
outputs: {lines: {type: File, outputSource: first/lines}}
