cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  n: int
  m: {type: int, default: 1}
  "n": File
outputs: {}
