cwlVersion: v1.2
class: Workflow
requirements:
  ScatterFeatureRequirement: {}
  InlineJavascriptRequirement: {}
  MultipleInputFeatureRequirement: {}
inputs:
  greetings: string[]
  names: string[]
  loud: {type: boolean, default: false}
steps:
  greet:
    run:
      class: CommandLineTool
      baseCommand: echo
      inputs:
        greeting: {type: string, inputBinding: {position: 1}}
        name: {type: string, inputBinding: {position: 2}}
        times: {type: int?, inputBinding: {prefix: --times, position: 3}}
      outputs:
        text:
          type: string
          outputBinding: {glob: out.txt, outputEval: "$(self[0].contents)"}
      stdout: out.txt
    scatter: [greeting, name]
    scatterMethod: flat_crossproduct
    when: $(inputs.loud || inputs.name != 'nobody')
    in: {greeting: greetings, name: names, loud: loud}
    out: [text]
outputs:
  texts:
    type: string[]
    outputSource: greet/text
    pickValue: all_non_null
