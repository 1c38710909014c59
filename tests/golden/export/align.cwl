# The workflow of exact identity weft1-exact:118a0069bf096fd87379218bcaceed3fc472def824a40feb3fb8f7a2c2a50194,
# written by `weft export --to cwl`.
cwlVersion: v1.2
$namespaces:
  weft: "https://weft.example.org/cwl#"
$graph:

- class: Workflow
  id: main
  weft:identity: weft1-exact:118a0069bf096fd87379218bcaceed3fc472def824a40feb3fb8f7a2c2a50194
  inputs:
    ref:
      type: File
    reads:
      type: File[]
  outputs:
    hits:
      type: File[]
      outputSource: each_align/hits
    log:
      type: File
      outputSource: log_value/value
    number:
      type: long
      outputSource: number_value/value
  steps:
    number_value:
      run:
        class: ExpressionTool
        inputs:
          reads: File[]
        outputs:
          value: long
        expression: '$({value: inputs.reads.length})'
      in:
        reads: reads
      out: [value]
    idx:
      run: "#index"
      in:
        ref: ref
      out: [idx]
    each_align:
      run: "#each_align"
      scatter: read
      in:
        idx: idx/idx
        read: reads
      out: [aligned, hits]
    log_value:
      run:
        class: ExpressionTool
        inputs:
          aligned:
            type:
              type: array
              items:
                type: record
                fields:
                  hits: File
                  log: File
        outputs:
          value: File
        expression: '$({value: weft_at(inputs.aligned, 0).log})'
      in:
        aligned: each_align/aligned
      out: [value]
  requirements:
    ScatterFeatureRequirement: {}
    StepInputExpressionRequirement: {}
    SubworkflowFeatureRequirement: {}
    InlineJavascriptRequirement:
      expressionLib:
        - |
          function weft_fail(code, message) {
            throw new Error(code + ": " + message);
          }
          function weft_is_exact(number) {
            return number >= -9007199254740991 && number <= 9007199254740991;
          }
          function weft_parts(a) {
            if (typeof a !== "number") return a;
            if (!weft_is_exact(a)) weft_fail("R0020", a + " is beyond the Ints that JSON holds exactly (up to 2^53 - 1)");
            var hi = Math.floor(a / 4294967296);
            return {hi: hi, lo: a - hi * 4294967296};
          }
          function weft_negated(x) {
            var lo = ~x.lo >>> 0;
            return lo === 4294967295 ? {hi: (~x.hi + 1) | 0, lo: 0} : {hi: ~x.hi, lo: lo + 1};
          }
          function weft_divide(x, y) {
            var quotient = {hi: 0, lo: 0}, rest = {hi: 0, lo: 0}, i, bit;
            for (i = 63; i >= 0; i--) {
              bit = i < 32 ? (x.lo >>> i) & 1 : (x.hi >>> (i - 32)) & 1;
              rest = {hi: ((rest.hi << 1) | (rest.lo >>> 31)) >>> 0, lo: ((rest.lo << 1) | bit) >>> 0};
              if (rest.hi > y.hi || (rest.hi === y.hi && rest.lo >= y.lo)) {
                rest = {hi: (rest.hi - y.hi - (rest.lo < y.lo ? 1 : 0)) >>> 0, lo: (rest.lo - y.lo) >>> 0};
                if (i < 32) quotient.lo = (quotient.lo | (1 << i)) >>> 0;
                else quotient.hi = (quotient.hi | (1 << (i - 32))) >>> 0;
              }
            }
            return {quotient: quotient, rest: rest};
          }
          function weft_magnitude(x) {
            var y = x.hi < 0 ? weft_negated(x) : x;
            return {hi: y.hi >>> 0, lo: y.lo};
          }
          function weft_order(a, b) {
            var x = weft_parts(a), y = weft_parts(b);
            return x.hi !== y.hi ? (x.hi < y.hi ? -1 : 1) : x.lo === y.lo ? 0 : x.lo < y.lo ? -1 : 1;
          }
          function weft_int_text(a) {
            if (typeof a === "number") {
              weft_parts(a);
              return String(a);
            }
            var rest = weft_magnitude(a), digits = "", step;
            while (rest.hi || rest.lo) {
              step = weft_divide(rest, {hi: 0, lo: 1000000000});
              rest = step.quotient;
              digits = (rest.hi || rest.lo ? String(1000000000 + step.rest.lo).slice(1) : String(step.rest.lo)) + digits;
            }
            return (a.hi < 0 ? "-" : "") + digits;
          }
          function weft_quote_word(text) {
            if (/^[A-Za-z0-9_.\/:@%+,-]+$/.test(text) && /[\/.0-9]/.test(text)) return text;
            if (text === "") return "''";
            var out = "", open = false, i, c, special;
            for (i = 0; i < text.length; i++) {
              c = text.charAt(i);
              special = "\"$`\\'".indexOf(c) >= 0;
              if (open === special) {
                out += "'";
                open = !special;
              }
              out += (special ? "\\" : "") + c;
            }
            return open ? out + "'" : out;
          }
          function weft_quote_shell(type, value) {
            return weft_words(type, value).map(weft_quote_word).join(" ");
          }
          function weft_hex(number, width) {
            var text = number.toString(16);
            return weft_zeros(width - text.length) + text;
          }
          function weft_escape(how, c) {
            var rune = c.charCodeAt(0);
            if (how.escapes === "u")
              return "\\u" + weft_hex(rune, 4) + (c.length > 1 ? "\\u" + weft_hex(c.charCodeAt(1), 4) : "");
            if (c.length > 1) return "\\U" + weft_hex(0x10000 + (rune - 0xd800) * 1024 + (c.charCodeAt(1) - 0xdc00), 8);
            return how.escapes === "x" && rune < 0x80 ? "\\x" + weft_hex(rune, 2) : "\\u" + weft_hex(rune, 4);
          }
          function weft_string_literal(how, text) {
            if (how.escapes === "p") return "'" + text.replace(/[\\']/g, "\\$&") + "'";
            var list = weft_characters(text), i;
            for (i = 0; i < list.length; i++)
              if (!/^[ -~]$/.test(list[i]) || "'\"`\\$".indexOf(list[i]) >= 0) list[i] = weft_escape(how, list[i]);
            return how.delimiter + list.join("") + how.delimiter;
          }
          function weft_number_literal(how, value, point) {
            var space = value < 0 && how.spaced ? " " : "";
            if (value !== value) return how.nan;
            if (value === Infinity || value === -Infinity) return space + (value < 0 ? how.minus_inf : how.inf);
            return space + weft_float_text(value, point);
          }
          function weft_record_literal(how, type, value) {
            var parts = [], i, uncertain = type[0] === "uncertain";
            var fields = uncertain ? [["mean"], ["sd"]] : type.slice(1);
            for (i = 0; i < fields.length; i++)
              parts.push(weft_string_literal(how, fields[i][0]) + how.assign + (uncertain
                ? weft_number_literal(how, value[fields[i][0]], how.point)
                : weft_literal(how, fields[i][1], value[fields[i][0]], how.escapes === "p")));
            return how.record + parts.join(", ") + how.record_end;
          }
          function weft_array_literal(how, type, value, in_array) {
            var inner = type[1], bracket = in_array && how.escapes === "p", nested;
            while (inner[0] === "option") inner = inner[1];
            nested = inner[0] === "array" || inner[0] === "record" || inner[0] === "uncertain";
            return (bracket ? "[" : nested ? how.nested : how.list) + value.map(function (item) {
              return weft_literal(how, type[1], item, true);
            }).join(", ") + (bracket ? "]" : nested ? how.nested_end : how.list_end);
          }
          function weft_literal(how, type, value, in_array) {
            if (type === "()") return how.absent;
            if (type === "Bool") return value ? how.yes : how.no;
            if (type === "Int") return (weft_order(value, 0) < 0 && how.spaced ? " " : "") + weft_int_text(value);
            if (type === "Float") return weft_number_literal(how, value, how.point);
            if (type[0] === "quantity") return weft_number_literal(how, value, false);
            if (type === "String") return weft_string_literal(how, value);
            if (type === "File" || type === "Dir") return weft_string_literal(how, weft_path(value));
            if (type[0] === "array") return weft_array_literal(how, type, value, in_array);
            if (type[0] !== "option") return weft_record_literal(how, type, value);
            if (value != null) return weft_literal(how, type[1], value, in_array);
            return in_array ? how.absent_item : how.absent;
          }
          function weft_quote_js(type, value) {
            return weft_literal({no: "false", yes: "true", absent: "null", absent_item: "null", inf: "1e999", minus_inf: "-1e999",
              nan: "NaN", list: "[", list_end: "]", nested: "[", nested_end: "]", record: "{", record_end: "}", assign: ": ",
              delimiter: "\"", escapes: "u", point: false, spaced: true}, type, value, false);
          }
          function weft_digits(x) {
            var text = x.toPrecision(15), precision = 15, digits, exponent, e;
            if (Number(text) !== x) {
              text = String(x);
              precision = text.replace(/e.*$/, "").replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "").length;
              if (precision === 16 && Number(x.toPrecision(16)) !== x) precision = 17;
              if (precision === 17 && text.replace(/e.*$/, "").replace(/[-.]/g, "").replace(/^0+/, "").length < 17)
                text = x.toPrecision(17);
            }
            e = text.indexOf("e");
            exponent = e < 0 ? 0 : Number(text.slice(e + 1));
            text = (e < 0 ? text : text.slice(0, e)).replace("-", "");
            if (text.indexOf(".") < 0) text += ".";
            exponent += text.indexOf(".") - 1;
            digits = text.replace(".", "");
            while (digits.charAt(0) === "0" && digits.length > 1) {
              digits = digits.slice(1);
              exponent--;
            }
            return {digits: digits.replace(/0+$/, "") || "0", exponent: exponent, precision: precision};
          }
          function weft_zeros(count) {
            var text = "";
            while (text.length < count) text += "0";
            return text;
          }
          function weft_float_text(x, point) {
            if (x !== x) return "nan";
            if (x === Infinity || x === -Infinity) return x < 0 ? "-inf" : "inf";
            if (x === 0 && 1 / x < 0) return point ? "-0.0" : "-0";
            if (Math.abs(x) < 1e15 && Math.floor(x) === x) return String(x) + (point ? ".0" : "");
            var parts = weft_digits(x), digits = parts.digits, exponent = parts.exponent, text, size = Math.abs(exponent);
            if (exponent < -4 || exponent >= parts.precision) {
              text = digits.charAt(0) + (digits.length > 1 ? "." + digits.slice(1) : "");
              text += "e" + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
            } else if (exponent < 0) {
              text = "0." + weft_zeros(size - 1) + digits;
            } else {
              digits += weft_zeros(exponent + 1 - digits.length);
              text = digits.slice(0, exponent + 1) + (digits.length > exponent + 1 ? "." + digits.slice(exponent + 1) : "");
            }
            if (point && text.indexOf(".") < 0 && text.indexOf("e") < 0) text += ".0";
            return (x < 0 ? "-" : "") + text;
          }
          function weft_plain(type, value) {
            if (type === "Bool") return value ? "true" : "false";
            if (type === "Int") return weft_int_text(value);
            if (type === "Float") return weft_float_text(value, true);
            if (type === "String") return value;
            if (type === "File" || type === "Dir") return weft_path(value);
            if (type[0] === "quantity") return weft_float_text(value, false);
            if (type[0] === "uncertain") return weft_float_text(value.mean, false) + " \u00b1 " + weft_float_text(value.sd, false);
            return type[0] === "record" ? weft_quote_js(type, value) : "";
          }
          function weft_words(type, value) {
            var words = [], i, k, inner;
            if (type[0] === "option") return value == null ? [] : weft_words(type[1], value);
            if (type[0] !== "array") return [weft_plain(type, value)];
            for (i = 0; i < value.length; i++) {
              inner = weft_words(type[1], value[i]);
              for (k = 0; k < inner.length; k++) words.push(inner[k]);
            }
            return words;
          }
          function weft_path(file) {
            if (typeof file.path !== "string") weft_fail("R0010", "the path of " + file.basename + " is not known here");
            return file.path;
          }
          function weft_characters(s) {
            var list = [], i, c;
            for (i = 0; i < s.length; i++) {
              c = s.charCodeAt(i);
              list.push(c >= 0xd800 && c < 0xdc00 && i + 1 < s.length ? s.charAt(i) + s.charAt(++i) : s.charAt(i));
            }
            return list;
          }
          function weft_starts_with(s, prefix) {
            return s.slice(0, prefix.length) === prefix;
          }
          function weft_basename(path) {
            var end = path.length, from;
            while (end > 1 && path.charAt(end - 1) === "/") end--;
            from = end;
            while (from > 0 && path.charAt(from - 1) !== "/") from--;
            return path.slice(from === end && end > 0 ? end - 1 : from, end);
          }
          function weft_stem(path) {
            var name = weft_basename(path), dot = name.indexOf(".", 1);
            return dot < 0 ? name : name.slice(0, dot);
          }
          function weft_at(array, index) {
            if (typeof index !== "number" || !(index >= 0 && index < array.length))
              weft_fail("R0106", "index " + weft_int_text(index) + " of an array of " + array.length + " elements");
            return array[index];
          }

          // A name as a pattern that nothing else matches.
          function weft_name(name) {
            return name.replace(/[*?\[\\]/g, "[$&]");
          }

- class: Workflow
  id: each_align
  inputs:
    idx: File
    read: File
  outputs:
    aligned:
      type:
        type: record
        fields:
          hits: File
          log: File
      outputSource: align_value/value
    hits:
      type: File
      outputSource: align/hits
  steps:
    align_value:
      run:
        class: ExpressionTool
        inputs:
          hits: File
          log: File
        outputs:
          value:
            type:
              type: record
              fields:
                hits: File
                log: File
        expression: '$({value: {hits: inputs.hits, log: inputs.log}})'
      in:
        hits: align/hits
        log: align/log
      out: [value]
    align:
      run: "#align"
      in:
        idx: idx
        reads: read
        name:
          valueFrom: $(weft_stem(inputs.reads.basename))
      out: [hits, log]

- class: CommandLineTool
  id: index
  inputs:
    ref: File
  baseCommand: []
  arguments:
    - sh
    - -eu
    - -c
    - sort $(weft_quote_shell("File", inputs.ref)) > $(weft_quote_shell("String", "ref.idx"))
  outputs:
    idx:
      type: File
      outputBinding:
        glob: ref.idx

- class: CommandLineTool
  id: align
  weft:retries: 1
  requirements:
    EnvVarRequirement:
      envDef:
        LC_ALL: C
    InitialWorkDirRequirement:
      listing:
        - entry: $(inputs.idx)
          entryname: ref.idx
    ResourceRequirement:
      coresMin: 2
      ramMin: 16
  inputs:
    idx: File
    reads: File
    name: string
  baseCommand: []
  arguments:
    - bash
    - -euo
    - pipefail
    - -c
    - |-
      sort $(weft_quote_shell("File", inputs.reads)) | comm -12 ref.idx - > $(weft_quote_shell("String", ((weft_starts_with((inputs.name + ".hits"), "-") ? "./" : "") + inputs.name + ".hits")))
      echo $(weft_quote_shell("String", inputs.name)) "it's done" | awk '{ print $1 }'
  stdout: stdout
  outputs:
    hits:
      type: File
      outputBinding:
        glob: $(weft_name((inputs.name + ".hits")))
    log:
      type: File
      outputBinding:
        glob: stdout
