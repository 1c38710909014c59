# The workflow of exact identity weft1-exact:8c737c01cc3104bb962241a475266920d45f50a39e746bf5204dc10691f56f22,
# written by `weft export --to cwl`.
cwlVersion: v1.2
$namespaces:
  weft: "https://weft.example.org/cwl#"
$graph:

- class: Workflow
  id: main
  weft:identity: weft1-exact:8c737c01cc3104bb962241a475266920d45f50a39e746bf5204dc10691f56f22
  inputs:
    samples:
      type:
        type: array
        items:
          type: record
          fields:
            id_: string
            reads: File
            weight: double?
      doc: what is counted
    least:
      type: double
      default: 90
      doc: in s
    twice:
      type: double?
      doc: in s; by default 2 * least
    deep:
      type: boolean
      default: false
  outputs:
    counts:
      type:
        type: array
        items:
          type: record
          fields:
            name: string
            n: long
      outputSource: each_count/counts
    kept:
      type: File[]
      outputSource: kept_value/value
    merged:
      type: File
      outputSource: tree_merge/value
    grown:
      type: long
      outputSource: loop_grow/value
    chain:
      type: long
      outputSource: fold_grow/value
    one:
      type: long?
      outputSource: grow/more
    time:
      type: double
      outputSource: time_value/value
  steps:
    samples_filled:
      run:
        class: ExpressionTool
        inputs:
          samples:
            type:
              type: array
              items:
                type: record
                fields:
                  id_: string
                  reads: File
                  weight: double?
        outputs:
          value:
            type:
              type: array
              items:
                type: record
                fields:
                  id: string
                  reads: File
                  weight: double?
        expression: '$({value: weft_renamed(inputs.samples)})'
      in:
        samples: samples
      out: [value]
    twice_filled:
      run:
        class: ExpressionTool
        inputs:
          twice: double?
          least: double
        outputs:
          value: double
        expression: '$({value: inputs.twice !== null ? inputs.twice : weft_finite((2 * inputs.least))})'
      in:
        twice: twice
        least: least
      out: [value]
    each_count:
      run: "#each_count"
      scatter: sample
      in:
        sample: samples_filled/value
      out: [choose, counts]
    kept_value:
      run:
        class: ExpressionTool
        inputs:
          choose:
            type:
              type: array
              items: ["null", File]
        outputs:
          value: File[]
        expression: '$({value: weft_compact(inputs.choose)})'
      in:
        choose: each_count/choose
      out: [value]
    tree_merge:
      run: "#tree_merge"
      in:
        items:
          valueFrom: |-
            ${
              var v5 = [];
              for (var i6 = 0, n5 = inputs.samples.length; i6 < n5; i6++) {
                v5.push(inputs.samples[i6].reads);
              }
              return [].concat([weft_at(inputs.samples, 0).reads], v5);
            }
        samples: samples_filled/value
      out: [value]
    loop_grow:
      run: "#loop_grow"
      in:
        initial:
          default: 1
      out: [value]
    fold_grow:
      run: "#fold_grow"
      in:
        initial:
          default: 0
        array:
          default: [10, 20]
      out: [value]
    grow:
      run: "#grow"
      when: $(inputs.deep)
      in:
        n: fold_grow/value
        deep: deep
      out: [more]
    time_value:
      run:
        class: ExpressionTool
        inputs:
          twice: double
          least: double
        outputs:
          value: double
        expression: '$({value: weft_finite((inputs.twice + inputs.least))})'
      in:
        twice: twice_filled/value
        least: least
      out: [value]
    tell:
      run: "#tell"
      in:
        n: loop_grow/value
        after: fold_grow/value
      out: [done]
  requirements:
    MultipleInputFeatureRequirement: {}
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
          function weft_from_parts(hi, lo) {
            var number = hi * 4294967296 + lo;
            if (hi >= -2097152 && hi < 2097152 && weft_is_exact(number)) return number;
            return {hi: hi, lo: lo};
          }
          function weft_add(a, b) {
            if (typeof a === "number" && typeof b === "number" && weft_is_exact(a) && weft_is_exact(b) && weft_is_exact(a + b))
              return a + b;
            var x = weft_parts(a), y = weft_parts(b), lo = x.lo + y.lo;
            return weft_from_parts((x.hi + y.hi + (lo >= 4294967296 ? 1 : 0)) | 0, lo >>> 0);
          }
          function weft_negated(x) {
            var lo = ~x.lo >>> 0;
            return lo === 4294967295 ? {hi: (~x.hi + 1) | 0, lo: 0} : {hi: ~x.hi, lo: lo + 1};
          }
          function weft_sub(a, b) {
            if (typeof a === "number" && typeof b === "number" && weft_is_exact(a) && weft_is_exact(b) && weft_is_exact(a - b))
              return a - b;
            return weft_add(a, weft_negated(weft_parts(b)));
          }
          function weft_mul(a, b) {
            if (typeof a === "number" && typeof b === "number" && weft_is_exact(a) && weft_is_exact(b) && weft_is_exact(a * b))
              return a * b + 0;
            var x = weft_parts(a), y = weft_parts(b), i, j, carry = 0;
            var p = [x.lo & 65535, x.lo >>> 16, x.hi & 65535, x.hi >>> 16];
            var q = [y.lo & 65535, y.lo >>> 16, y.hi & 65535, y.hi >>> 16], r = [0, 0, 0, 0];
            for (i = 0; i < 4; i++) {
              for (j = 0; j <= i; j++) carry += p[j] * q[i - j];
              r[i] = carry % 65536;
              carry = Math.floor(carry / 65536);
            }
            return weft_from_parts((r[3] << 16) | r[2], ((r[1] << 16) | r[0]) >>> 0);
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
          function weft_whole(a) {
            if (typeof a !== "number" || !weft_is_exact(a))
              weft_fail("R0064", weft_int_text(a) + " is beyond the Ints that JSON holds exactly (up to 2^53 - 1)");
            return a;
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
          function weft_type_text(type) {
            var i, parts = [];
            if (typeof type === "string") return type;
            if (type[0] === "array") return "[" + weft_type_text(type[1]) + "]";
            if (type[0] === "option") return weft_type_text(type[1]) + "?";
            if (type[0] !== "record") return type[2];
            for (i = 1; i < type.length; i++) parts.push(type[i][0] + ": " + weft_type_text(type[i][1]));
            return "(" + parts.join(", ") + ")";
          }
          function weft_contents(file) {
            if (file == null || typeof file.contents !== "string") weft_fail("R0080", "there is no file whose contents are read");
            return file.contents;
          }
          function weft_parse_int(text) {
            if (!/^[+-]?[0-9]+$/.test(text)) weft_fail("R0020", "\"" + text + "\" is not an Int");
            var minus = text.charAt(0) === "-", digits = text.replace(/^[+-]?0*/, ""), value = 0, i;
            var most = minus ? "9223372036854775808" : "9223372036854775807";
            if (digits.length > 19 || (digits.length === 19 && digits > most))
              weft_fail("R0021", text + " is out of the range of an Int");
            for (i = 0; i < digits.length; i += 9)
              value = weft_add(weft_mul(value, Math.pow(10, digits.slice(i, i + 9).length)), Number(digits.slice(i, i + 9)));
            return minus ? weft_sub(0, value) : value;
          }
          function weft_parse_float(text) {
            if (/^([+-]?inf|-?Infinity|-?\.inf)$/.test(text)) return text.charAt(0) === "-" ? -Infinity : Infinity;
            if (/^(nan|NaN|\.nan)$/.test(text)) return NaN;
            if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text))
              weft_fail("R0022", "\"" + text + "\" is not a Float");
            if (!isFinite(Number(text))) weft_fail("R0022", text + " is too large for a Float");
            return Number(text);
          }
          var weft_units = {
            "s": [1, 1, 0, 0, 0, 0, 0],
            "ms": [1e-3, 1, 0, 0, 0, 0, 0],
            "us": [1e-6, 1, 0, 0, 0, 0, 0],
            "ns": [1e-9, 1, 0, 0, 0, 0, 0],
            "min": [60, 1, 0, 0, 0, 0, 0],
            "h": [3600, 1, 0, 0, 0, 0, 0],
            "d": [86400, 1, 0, 0, 0, 0, 0],
            "B": [1, 0, 1, 0, 0, 0, 0],
            "KB": [1e3, 0, 1, 0, 0, 0, 0],
            "kB": [1e3, 0, 1, 0, 0, 0, 0],
            "MB": [1e6, 0, 1, 0, 0, 0, 0],
            "GB": [1e9, 0, 1, 0, 0, 0, 0],
            "TB": [1e12, 0, 1, 0, 0, 0, 0],
            "KiB": [1024, 0, 1, 0, 0, 0, 0],
            "MiB": [1048576, 0, 1, 0, 0, 0, 0],
            "GiB": [1073741824, 0, 1, 0, 0, 0, 0],
            "TiB": [1099511627776, 0, 1, 0, 0, 0, 0],
            "J": [1, 0, 0, 1, 0, 0, 0],
            "kJ": [1e3, 0, 0, 1, 0, 0, 0],
            "MJ": [1e6, 0, 0, 1, 0, 0, 0],
            "Wh": [3600, 0, 0, 1, 0, 0, 0],
            "kWh": [3.6e6, 0, 0, 1, 0, 0, 0],
            "MWh": [3.6e9, 0, 0, 1, 0, 0, 0],
            "W": [1, -1, 0, 1, 0, 0, 0],
            "mW": [1e-3, -1, 0, 1, 0, 0, 0],
            "kW": [1e3, -1, 0, 1, 0, 0, 0],
            "MW": [1e6, -1, 0, 1, 0, 0, 0],
            "g": [1, 0, 0, 0, 1, 0, 0],
            "kg": [1e3, 0, 0, 0, 1, 0, 0],
            "t": [1e6, 0, 0, 0, 1, 0, 0],
            "USD": [1, 0, 0, 0, 0, 1, 0],
            "EUR": [1, 0, 0, 0, 0, 0, 1]
          };
          function weft_unit(name) {
            var parts = name.split("/"), above = weft_units[parts[0]], below = weft_units[parts[1]], i, powers = [];
            if (parts[0] === "1") above = [1, 0, 0, 0, 0, 0, 0];
            if (!Array.isArray(above) || parts.length > 2) return null;
            if (parts.length === 1) return above;
            if (!Array.isArray(below)) return null;
            for (i = 1; i < above.length; i++) powers.push(above[i] - below[i]);
            return [above[0] / below[0]].concat(powers);
          }
          function weft_to_base(type, number, name) {
            if (name === "") return number;
            var unit = weft_unit(name), base = type[1] === "" ? [1, 0, 0, 0, 0, 0, 0] : weft_unit(type[1]);
            if (!unit) weft_fail("R0025", "no unit is called " + name + " (for " + type[2] + ")");
            if (unit.slice(1).join() !== base.slice(1).join()) weft_fail("R0025", name + " is not a unit of " + type[2]);
            return number * unit[0];
          }
          function weft_parse_quantity(type, text) {
            var measure = " *([+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?) *([A-Za-z/]*) *";
            var more = type[0] === "uncertain" ? "(?:(?:\u00b1|\\+-|\\+/-)" + measure + ")?" : "()()";
            var found = new RegExp("^" + measure + more + "$").exec(text);
            if (!found || !isFinite(Number(found[1])) || !isFinite(Number(found[3] || 0)))
              weft_fail("R0024", "\"" + text + "\" is not a " + type[2]);
            if (type[0] === "quantity") return weft_to_base(type, Number(found[1]), found[2]);
            if (Number(found[3] || 0) < 0) weft_fail("R0024", "the standard deviation of \"" + text + "\" is negative");
            return {mean: weft_to_base(type, Number(found[1]), found[2] || found[4] || ""),
              sd: weft_to_base(type, Number(found[3] || 0), found[4] || found[2])};
          }
          function weft_scalar(type, text) {
            if (type === "Bool" && (text === "true" || text === "false")) return text === "true";
            if (type === "Bool") weft_fail("R0023", "\"" + text + "\" is not a Bool");
            if (type === "Int") return weft_parse_int(text);
            if (type === "Float") return weft_parse_float(text);
            if (type[0] === "quantity" || type[0] === "uncertain") return weft_parse_quantity(type, text);
            if (type === "String" && text.indexOf("\u0000") >= 0) weft_fail("R0015", "a String cannot hold a NUL byte");
            if (type === "String") return text;
            if (type[0] === "option") return text === "" ? null : weft_scalar(type[1], text);
            if (type === "()") return {};
            return weft_fail("R0026", "a " + weft_type_text(type) + " cannot be read from one text");
          }
          function weft_read_text(type, file) {
            var text = weft_contents(file), inner = type[0] === "option" ? type[1] : type;
            return weft_scalar(type, inner === "String" ? text.replace(/[\r\n]+$/, "")
              : text.replace(/[ \t\n\r\f\v]+$/, "").replace(/^[ \t\n\r\f\v]+/, ""));
          }
          function weft_finite(x) {
            if (x !== x || x === Infinity || x === -Infinity || (x === 0 && 1 / x < 0))
              weft_fail("R0064", "JSON has no number " + weft_float_text(x, false));
            return x;
          }
          function weft_result(type, value) {
            var i;
            if (type === "Int") return weft_whole(value);
            if (type === "Float" || type[0] === "quantity") return weft_finite(value);
            if (type[0] === "uncertain") {
              weft_finite(value.mean);
              weft_finite(value.sd);
            } else if (type[0] === "array") {
              for (i = 0; i < value.length; i++) weft_result(type[1], value[i]);
            } else if (type[0] === "option") {
              if (value != null) weft_result(type[1], value);
            } else if (type[0] === "record") {
              for (i = 1; i < type.length; i++) weft_result(type[i][1], value[type[i][0]]);
            }
            return value;
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
          function weft_text(type, value) {
            return weft_words(type, value).join(" ");
          }
          function weft_path(file) {
            if (typeof file.path !== "string") weft_fail("R0010", "the path of " + file.basename + " is not known here");
            return file.path;
          }
          function weft_size(file) {
            if (typeof file.size !== "number") weft_fail("R0010", "the size of " + file.basename + " is not known here");
            return file.size;
          }
          function weft_characters(s) {
            var list = [], i, c;
            for (i = 0; i < s.length; i++) {
              c = s.charCodeAt(i);
              list.push(c >= 0xd800 && c < 0xdc00 && i + 1 < s.length ? s.charAt(i) + s.charAt(++i) : s.charAt(i));
            }
            return list;
          }
          function weft_at(array, index) {
            if (typeof index !== "number" || !(index >= 0 && index < array.length))
              weft_fail("R0106", "index " + weft_int_text(index) + " of an array of " + array.length + " elements");
            return array[index];
          }
          function weft_compact(options) {
            return options.filter(function (value) {
              return value != null;
            });
          }

          // An input with fields called as they are meant: engines read `id` and its like as addresses.
          function weft_renamed(value) {
            if (value === null || typeof value !== "object") return value;
            if (Array.isArray(value)) return value.map(weft_renamed);
            if (value["class"] === "File" || value["class"] === "Directory") return value;
            return Object.keys(value).reduce(function (made, key) {
              made[key.replace(/^(class|id|location|path)_$/, "$1")] = weft_renamed(value[key]);
              return made;
            }, {});
          }

          // The only one that is left of a tree.
          function weft_only(items) {
            if (items.length !== 1) throw "more elements than a tree of this height takes";
            return items[0];
          }

- class: Workflow
  id: each_count
  inputs:
    sample:
      type:
        type: record
        fields:
          id: string
          reads: File
          weight: double?
  outputs:
    choose:
      type: File?
      outputSource: choose_value/value
    counts:
      type:
        type: record
        fields:
          name: string
          n: long
      outputSource: record/value
  steps:
    count:
      run: "#count"
      in:
        reads:
          valueFrom: $(inputs.sample.reads)
        scale:
          default: 1
        sample: sample
      out: [n, log]
    record:
      run:
        class: ExpressionTool
        inputs:
          sample:
            type:
              type: record
              fields:
                id: string
                reads: File
                weight: double?
          n: long
        outputs:
          value:
            type:
              type: record
              fields:
                name: string
                n: long
        expression: |-
          $({value: weft_result(["record", ["name", "String"], ["n", "Int"]], {name: inputs.sample.id, n: inputs.n})})
      in:
        sample: sample
        n: count/n
      out: [value]
    choose_value:
      run:
        class: ExpressionTool
        inputs:
          n: long
          sample:
            type:
              type: record
              fields:
                id: string
                reads: File
                weight: double?
        outputs:
          value: File?
        expression: |-
          $({value: (((weft_order(1, inputs.n) < 0) && (inputs.sample.weight != null)) ? inputs.sample.reads : null)})
      in:
        n: count/n
        sample: sample
      out: [value]

- class: Workflow
  id: tree_merge
  inputs:
    items: File[]
  outputs:
    value:
      type: File
      outputSource: last/value
  steps:
    level_1:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items: items
      out: [value]
    level_2:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_1/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_3:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_2/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_4:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_3/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_5:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_4/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_6:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_5/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_7:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_6/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_8:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_7/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_9:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_8/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_10:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_9/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_11:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_10/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_12:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_11/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_13:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_12/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_14:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_13/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_15:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_14/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    level_16:
      run: "#tree_merge_level"
      when: $(inputs.items.length > 1)
      in:
        items:
          source: [level_15/value]
          linkMerge: merge_nested
          pickValue: all_non_null
          valueFrom: '$(self.length ? self[0] : self)'
      out: [value]
    last:
      run:
        class: ExpressionTool
        inputs:
          items: File[]
        outputs:
          value: File
        expression: '$({value: weft_only(inputs.items)})'
      in:
        items:
          source: [level_16/value, level_15/value, level_14/value, level_13/value, level_12/value, level_11/value, level_10/value, level_9/value, level_8/value, level_7/value, level_6/value, level_5/value, level_4/value, level_3/value, level_2/value, level_1/value, items]
          pickValue: first_non_null
      out: [value]

- class: Workflow
  id: tree_merge_level
  inputs:
    items: File[]
  outputs:
    value:
      type: File[]
      outputSource: joined/value
  steps:
    pairs:
      run:
        class: ExpressionTool
        inputs:
          items: File[]
        outputs:
          left: File[]
          right: File[]
          rest: File[]
        expression: |-
          ${
            var left = [], right = [], size = inputs.items.length - inputs.items.length % 2;
            for (var i = 0; i < size; i += 2) {
              left.push(inputs.items[i]);
              right.push(inputs.items[i + 1]);
            }
            return {left: left, right: right, rest: inputs.items.slice(size)};
          }
      in:
        items: items
      out: [left, right, rest]
    combined:
      run: "#tree_merge_pair"
      scatter: [state, state_2]
      scatterMethod: dotproduct
      in:
        state: pairs/left
        state_2: pairs/right
      out: [next]
    joined:
      run:
        class: ExpressionTool
        inputs:
          combined: File[]
          rest: File[]
        outputs:
          value: File[]
        expression: '$({value: inputs.combined.concat(inputs.rest)})'
      in:
        combined: combined/next
        rest: pairs/rest
      out: [value]

- class: Workflow
  id: tree_merge_pair
  inputs:
    state: File
    state_2: File
  outputs:
    next:
      type: File
      outputSource: merge/merged
  steps:
    merge:
      run: "#merge"
      in:
        a: state
        b: state_2
      out: [merged]

- class: Workflow
  id: loop_grow
  inputs:
    initial: long
  outputs:
    value:
      type: long
      outputSource: [round_3/next, round_2/next, round_1/next]
      pickValue: first_non_null
  steps:
    round_1:
      run: "#loop_grow_round"
      in:
        state: initial
      out: [next, stop]
    round_2:
      run: "#loop_grow_round"
      when: $(inputs.stopped[0] === false)
      in:
        state: round_1/next
        stopped:
          source: [round_1/stop]
          linkMerge: merge_nested
          pickValue: all_non_null
      out: [next, stop]
    round_3:
      run: "#loop_grow_round"
      when: $(inputs.stopped[0] === false)
      in:
        state:
          source: [round_2/next, round_1/next]
          pickValue: first_non_null
        stopped:
          source: [round_2/stop]
          linkMerge: merge_nested
          pickValue: all_non_null
      out: [next, stop]

- class: Workflow
  id: loop_grow_round
  inputs:
    state: long
  outputs:
    next:
      type: long
      outputSource: grow/more
    stop:
      type: boolean
      outputSource: lt/value
  steps:
    grow:
      run: "#grow"
      in:
        n: state
      out: [more]
    lt:
      run:
        class: ExpressionTool
        inputs:
          more: long
        outputs:
          value: boolean
        expression: '$({value: (weft_order(2, inputs.more) < 0)})'
      in:
        more: grow/more
      out: [value]

- class: Workflow
  id: fold_grow
  inputs:
    initial: long
    array: long[]
  outputs:
    value:
      type: long
      outputSource: round_2/next
  steps:
    round_1:
      run: "#fold_grow_round"
      in:
        state: initial
        index:
          default: 0
        array: array
      out: [next]
    round_2:
      run: "#fold_grow_round"
      in:
        state: round_1/next
        index:
          default: 1
        array: array
      out: [next]

- class: Workflow
  id: fold_grow_round
  inputs:
    state: long
    array: long[]
    index: long
  outputs:
    next:
      type: long
      outputSource: grow/more
  steps:
    grow:
      run: "#grow"
      in:
        n:
          valueFrom: $(weft_whole(weft_add(inputs.state, weft_at(inputs.array, inputs.index))))
        state: state
        array: array
        index: index
      out: [more]

- class: CommandLineTool
  id: count
  doc: Count.
  requirements:
    ResourceRequirement:
      coresMin: 2
      ramMin: $(Math.ceil((weft_finite((67108864 + weft_size(inputs.reads)))) / 1048576))
  inputs:
    reads: File
    scale: long
  baseCommand: []
  arguments:
    - bash
    - -euo
    - pipefail
    - -c
    - |-
      echo \$((\$(wc -l < $(weft_quote_shell("File", inputs.reads))) * $(weft_quote_shell("Int", inputs.scale)))) > n
  outputs:
    n:
      type: long
      outputBinding:
        glob: n
        loadContents: true
        outputEval: $(weft_whole(weft_read_text("Int", self[0])))
    log:
      type: File?
      outputBinding:
        glob: log

- class: CommandLineTool
  id: merge
  inputs:
    a: File
    b: File
  baseCommand: []
  arguments:
    - sort
    - -m
    - -o
    - $(weft_text("String", "merged"))
    - $(weft_text("File", inputs.a))
    - $(weft_text("File", inputs.b))
  outputs:
    merged:
      type: File
      outputBinding:
        glob: merged

- class: CommandLineTool
  id: grow
  requirements:
    EnvVarRequirement:
      envDef:
        LC_ALL: C
    ToolTimeLimit:
      timelimit: 90
  inputs:
    n: long
  baseCommand: []
  arguments:
    - sh
    - -eu
    - -c
    - expr $(weft_quote_shell("Int", inputs.n)) + 1 > more
  outputs:
    more:
      type: long
      outputBinding:
        glob: more
        loadContents: true
        outputEval: $(weft_whole(weft_read_text("Int", self[0])))

- class: CommandLineTool
  id: tell
  inputs:
    n: long
    after: Any?
  baseCommand: []
  arguments:
    - sh
    - -eu
    - -c
    - echo $(weft_quote_shell("Int", inputs.n))
  outputs:
    done:
      type: boolean
      doc: that it has run
      outputBinding:
        outputEval: $(true)
