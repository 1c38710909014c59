cwlVersion: v1.2
class: CommandLineTool
requirements: [{class: MPIRequirement}]
baseCommand: "true"
inputs: []
outputs: []
