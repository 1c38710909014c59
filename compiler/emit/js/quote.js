// quote.js: values in commands, quoted as the native runtime does.

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

function weft_quote_single(type, value) {
  return weft_text(type, value).replace(/'/g, "'\\''");
}

function weft_quote_double(type, value) {
  return weft_text(type, value).replace(/["$`\\]/g, "\\$&");
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

function weft_quote_python(type, value) {
  return weft_literal({no: "False", yes: "True", absent: "None", absent_item: "None", inf: "float('inf')",
    minus_inf: "float('-inf')", nan: "float('nan')", list: "[", list_end: "]", nested: "[", nested_end: "]", record: "{",
    record_end: "}", assign: ": ", delimiter: "'", escapes: "x", point: true, spaced: false}, type, value, false);
}

function weft_quote_r(type, value) {
  return weft_literal({no: "FALSE", yes: "TRUE", absent: "NULL", absent_item: "NA", inf: "Inf", minus_inf: "-Inf",
    nan: "NaN", list: "c(", list_end: ")", nested: "list(", nested_end: ")", record: "list(", record_end: ")",
    assign: " = ", delimiter: "\"", escapes: "r", point: false, spaced: false}, type, value, false);
}

function weft_quote_js(type, value) {
  return weft_literal({no: "false", yes: "true", absent: "null", absent_item: "null", inf: "1e999", minus_inf: "-1e999",
    nan: "NaN", list: "[", list_end: "]", nested: "[", nested_end: "]", record: "{", record_end: "}", assign: ": ",
    delimiter: "\"", escapes: "u", point: false, spaced: true}, type, value, false);
}

function weft_quote_perl(type, value) {
  return weft_literal({no: "0", yes: "1", absent: "undef", absent_item: "undef", inf: "9**9**9", minus_inf: "-9**9**9",
    nan: "(-sin(9**9**9))", list: "(", list_end: ")", nested: "(", nested_end: ")", record: "+{", record_end: "}",
    assign: " => ", delimiter: "'", escapes: "p", point: false, spaced: true}, type, value, false);
}
