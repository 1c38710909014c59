{"cwlVersion": "v1.2", "$graph": [
  {"class": "Workflow", "id": "#main",
   "inputs": [{"id": "#main/text", "type": "File"}],
   "steps": [{"id": "#main/first", "run": "#tool", "in": [{"id": "#main/first/text", "source": "#main/text"}], "out": ["#main/first/lines"]},
             {"id": "#main/second", "run": "#tool", "in": [{"id": "#main/second/text", "source": "#main/first/lines"}], "out": ["#main/second/lines"]}],
   "outputs": [{"id": "#main/lines", "type": "File", "outputSource": "#main/second/lines"}]},
  {"class": "CommandLineTool", "id": "#tool", "baseCommand": ["wc", "-l"],
   "inputs": [{"id": "#tool/text", "type": "File", "inputBinding": {"position": 1}}],
   "stdout": "lines.txt", "outputs": [{"id": "#tool/lines", "type": "stdout"}]}]}
