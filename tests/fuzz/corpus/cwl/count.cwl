cwlVersion: v1.2
class: CommandLineTool
doc: Count the lines of a text.
baseCommand: [wc, -l]
inputs:
  text: {type: File, inputBinding: {position: 2}}
  words:
    type: string[]
    default: []
    inputBinding: {prefix: -x, position: 1}
stdout: lines.txt
outputs:
  lines: stdout
