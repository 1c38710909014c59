// read.js: values from the contents of files: scalars, lines, JSON, tables.

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

function weft_unit(name) {
  var parts = name.split("/"), above = weft_units[parts[0]], below = weft_units[parts[1]], i, powers = [];
  if (parts[0] === "1") above = [1, 0, 0, 0, 0, 0, 0];
  if (!Array.isArray(above) || parts.length > 2) return null;
  if (parts.length === 1) return above;
  if (!Array.isArray(below)) return null;
  for (i = 1; i < above.length; i++) powers.push(above[i] - below[i]);
  return [above[0] / below[0]].concat(powers);
}

// What a program has written may be in the base unit without saying so.
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

function weft_parse(type, text) {
  try {
    return weft_scalar(type, text);
  } catch (error) {
    return weft_fail("R0060", error.message.replace(/^R[0-9]*: /, ""));
  }
}

// A string keeps the blanks around it, but not the newline that ends a file; anything else is trimmed.
function weft_read_text(type, file) {
  var text = weft_contents(file), inner = type[0] === "option" ? type[1] : type;
  return weft_scalar(type, inner === "String" ? text.replace(/[\r\n]+$/, "")
    : text.replace(/[ \t\n\r\f\v]+$/, "").replace(/^[ \t\n\r\f\v]+/, ""));
}

function weft_read_lines(type, file) {
  var lines = weft_contents(file).split("\n"), i;
  if (lines[lines.length - 1] === "") lines.pop();
  for (i = 0; i < lines.length; i++) lines[i] = weft_scalar(type[1], lines[i].replace(/\r$/, ""));
  return lines;
}

function weft_json_fail(reader, what) {
  var lines = reader.text.slice(0, reader.at).split("\n");
  weft_fail("R0030", lines.length + ":" + (lines[lines.length - 1].length + 1) + ": " + what);
}

function weft_json_space(reader) {
  while (/[ \t\r\n]/.test(reader.text.charAt(reader.at))) reader.at++;
  return reader.text.charAt(reader.at);
}

function weft_json_string(reader) {
  var found = /^"(?:[^"\\\u0000-\u001f]|\\["\\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/.exec(reader.text.slice(reader.at)), value;
  if (!found) weft_json_fail(reader, "a string that is not closed, or an unknown escape or a control character in it");
  value = JSON.parse(found[0]);
  if (value.indexOf("\u0000") >= 0) weft_fail("R0015", "a String cannot hold a NUL byte");
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/.test(value))
    weft_json_fail(reader, "half of a surrogate pair");
  reader.at += found[0].length;
  return value;
}

function weft_json_children(reader, node, close) {
  var key;
  if (++reader.depth > 500) weft_fail("R0035", "nested more than 500 deep");
  reader.at++;
  while (weft_json_space(reader) !== close) {
    if (node.items.length) {
      if (reader.text.charAt(reader.at) !== ",") weft_json_fail(reader, "expected \",\" or \"" + close + "\"");
      reader.at++;
    }
    if (close === "}") {
      if (weft_json_space(reader) !== "\"") weft_json_fail(reader, "expected a name in double quotes");
      key = weft_json_string(reader);
      if (weft_json_space(reader) !== ":") weft_json_fail(reader, "expected \":\"");
      reader.at++;
      node.keys.push(key);
    }
    node.items.push(weft_json_value(reader));
  }
  reader.at++;
  reader.depth--;
  return node;
}

function weft_json_value(reader) {
  var c = weft_json_space(reader), found;
  if (c === "{") return weft_json_children(reader, {kind: "an object", items: [], keys: []}, "}");
  if (c === "[") return weft_json_children(reader, {kind: "an array", items: []}, "]");
  if (c === "\"") return {kind: "a string", text: weft_json_string(reader)};
  found = /^(?:(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|true|false|null)/.exec(
    reader.text.slice(reader.at, reader.at + 2000));
  if (!found) weft_json_fail(reader, "expected a value");
  reader.at += found[0].length;
  return {kind: found[1] ? "a number" : found[0] === "null" ? "null" : "a Bool", text: found[0]};
}

function weft_json_parse(text) {
  var reader = {text: text.replace(/^\ufeff/, ""), at: 0, depth: 0}, node = weft_json_value(reader);
  if (weft_json_space(reader) !== "") weft_json_fail(reader, "expected the end of the text");
  return node;
}

function weft_json_member(node, name) {
  var at = node.keys.indexOf(name);
  if (at !== node.keys.lastIndexOf(name)) weft_fail("R0033", "field \"" + name + "\" is there twice");
  return at < 0 ? null : node.items[at];
}

function weft_json_child(node, token) {
  var at = -1;
  if (node.keys) at = node.keys.indexOf(token.replace(/~1/g, "/").replace(/~0/g, "~"));
  else if (node.items && /^[0-9]{1,18}$/.test(token)) at = Number(token);
  return at < 0 ? undefined : node.items[at];
}

function weft_json_at(node, pointer) {
  var tokens = pointer === "" ? [] : pointer.replace(/^\//, "").split("/"), i, child;
  for (i = 0; i < tokens.length; i++) {
    child = weft_json_child(node, tokens[i]);
    if (!child) weft_fail("R0034", "there is no \"" + tokens[i] + "\" in this " + node.kind.replace(/^an? /, ""));
    node = child;
  }
  return node;
}

function weft_json_wrong(type, node) {
  if (node.kind === "null") weft_fail("R0027", "null, and a " + weft_type_text(type) + " is needed");
  weft_fail("R0026", "expected " + weft_type_text(type) + ", found " + node.kind);
}

function weft_json_scalar(type, node) {
  var fits = type === "Bool" ? "a Bool" : type === "Int" ? "a number" : type === "String" ? "a string" : "";
  var number = fits === "" && (node.kind === "a number" || node.kind === "a string");
  if ((node.kind !== fits && !number) || (type === "Float" && node.kind === "a string" && /[0-9]/.test(node.text)))
    weft_json_wrong(type, node);
  return weft_scalar(type, node.text);
}

function weft_json_record(type, node) {
  var record = {}, i, field, child;
  if (!node.keys) weft_json_wrong(type, node);
  for (i = 1; i < type.length; i++) {
    field = type[i];
    child = weft_json_member(node, field[0]);
    if (!child && field[1][0] !== "option")
      weft_fail("R0032", "field \"" + field[0] + "\" (" + weft_type_text(field[1]) + ") is missing");
    record[field[0]] = child ? weft_json_typed(field[1], child) : null;
  }
  return record;
}

function weft_json_uncertain(type, node) {
  var mean = weft_json_member(node, "mean"), sd = weft_json_member(node, "sd"), number = ["quantity", type[1], type[2]];
  if (!mean || !sd) weft_json_wrong(type, node);
  return {mean: weft_json_scalar(number, mean), sd: weft_json_scalar(number, sd)};
}

function weft_json_typed(type, node) {
  if (type === "()") return {};
  if (type[0] === "option") return node.kind === "null" ? null : weft_json_typed(type[1], node);
  if (type[0] === "record") return weft_json_record(type, node);
  if (type[0] === "uncertain" && node.keys) return weft_json_uncertain(type, node);
  if (type[0] !== "array") return weft_json_scalar(type, node);
  if (node.kind !== "an array") weft_json_wrong(type, node);
  return node.items.map(function (item) {
    return weft_json_typed(type[1], item);
  });
}

function weft_read_json(type, file, pointer) {
  return weft_json_typed(type, weft_json_at(weft_json_parse(weft_contents(file)), pointer));
}

// The cell of a row in quotes that begins at `from`.
function weft_quoted_cell(text, from, row) {
  var found = /^"((?:[^"]|"")*)"(?:\r(?=\n|$))?(?=[,\n]|$)/.exec(text.slice(from));
  if (!found) weft_fail("R0044", "row " + row + ": a quote that is not closed, or text after it");
  return {text: found[1].replace(/""/g, "\""), end: from + found[0].length};
}

function weft_table_rows(text, separator) {
  var rows = [], row, at = text.charAt(0) === "\ufeff" ? 1 : 0, end, cell;
  for (;;) {
    while (text.charAt(at) === "\n" || text.charAt(at) === "\r") at++;
    if (at >= text.length) return rows;
    for (row = []; ; at = end + 1) {
      if (separator === "," && text.charAt(at) === "\"") {
        cell = weft_quoted_cell(text, at, rows.length + 1);
        end = cell.end;
      } else {
        end = at;
        while (end < text.length && text.charAt(end) !== separator && text.charAt(end) !== "\n") end++;
        cell = {text: text.slice(at, end)};
        if (text.charAt(end) !== separator || end >= text.length) cell.text = cell.text.replace(/\r$/, "");
      }
      row.push(cell.text);
      if (end >= text.length || text.charAt(end) === "\n") break;
    }
    rows.push(row);
    at = end + 1;
  }
}

function weft_cell(type, text) {
  var inner = type;
  while (inner[0] === "option") inner = inner[1];
  if (inner[0] !== "array" && inner[0] !== "record") return weft_scalar(type, text);
  return text === "" && type[0] === "option" ? null : weft_json_typed(type, weft_json_parse(text));
}

function weft_column(header, field) {
  var at = header.indexOf(field[0]);
  if (at !== header.lastIndexOf(field[0])) weft_fail("R0042", "a second column \"" + field[0] + "\"");
  if (at < 0 && field[1][0] !== "option")
    weft_fail("R0041", "there is no column \"" + field[0] + "\" (" + weft_type_text(field[1]) + ")");
  return at;
}

function weft_table(type, file, separator) {
  if (type[0] !== "array" || type[1][0] !== "record")
    weft_fail("R0045", "a table cannot be read as " + weft_type_text(type));
  var rows = weft_table_rows(weft_contents(file), separator), fields = type[1].slice(1), header = rows.shift(), columns;
  if (!header) weft_fail("R0040", "the table is empty");
  columns = fields.map(function (field) {
    return weft_column(header, field);
  });
  return rows.map(function (row) {
    var record = {}, i;
    if (row.length !== header.length)
      weft_fail("R0043", row.length + " cells, and the header has " + header.length);
    for (i = 0; i < fields.length; i++)
      record[fields[i][0]] = columns[i] < 0 ? null : weft_cell(fields[i][1], row[columns[i]]);
    return record;
  });
}

function weft_read_tsv(type, file) {
  return weft_table(type, file, "\t");
}

function weft_read_csv(type, file) {
  return weft_table(type, file, ",");
}
