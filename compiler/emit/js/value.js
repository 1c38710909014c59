// value.js: numbers, strings, arrays, and what values are compared and written by.

function weft_finite(x) {
  if (x !== x || x === Infinity || x === -Infinity || (x === 0 && 1 / x < 0))
    weft_fail("R0064", "JSON has no number " + weft_float_text(x, false));
  return x;
}

// A value that leaves as JSON.
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

function weft_minus(u) {
  return {mean: -u.mean, sd: u.sd};
}

function weft_lesser(a, b) {
  return a !== a ? b : b !== b ? a : Math.min(a, b);
}

function weft_greater(a, b) {
  return a !== a ? b : b !== b ? a : Math.max(a, b);
}

function weft_round(x) {
  var size = Math.abs(x), whole = Math.floor(size);
  if (size - whole >= 0.5) whole++;
  return x < 0 || (x === 0 && 1 / x < 0) ? -whole : whole;
}

// As C has it: 1 to any power, and -1 to an infinite one, is 1.
function weft_pow(x, y) {
  if (x === 1 || (x === -1 && (y === Infinity || y === -Infinity))) return 1;
  return Math.pow(x, y);
}

// The digits and the exponent of the shortest of 15 to 17 digits that reads back; halves as the engine's own shortest
// form has them, to even.
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

// A value that is neither array nor option.
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

// Pieces of one word: the last word of each and the first of the next are one.
function weft_glue(pieces) {
  var words = [], i, k;
  for (i = 0; i < pieces.length; i++)
    for (k = 0; k < pieces[i].length; k++)
      if (k === 0 && words.length) words[words.length - 1] += pieces[i][0];
      else words.push(pieces[i][k]);
  return words;
}

function weft_path(file) {
  if (typeof file.path !== "string") weft_fail("R0010", "the path of " + file.basename + " is not known here");
  return file.path;
}

function weft_size(file) {
  if (typeof file.size !== "number") weft_fail("R0010", "the size of " + file.basename + " is not known here");
  return file.size;
}

function weft_same_file(a, b) {
  if (a.location !== undefined && a.location === b.location) return true;
  if (a["class"] === "File" && typeof a.size === "number" && typeof b.size === "number" && a.size !== b.size) return false;
  if (!a.checksum || !b.checksum)
    weft_fail("R0013", "the contents of " + a.basename + " and " + b.basename + " cannot be compared here");
  return a.checksum === b.checksum;
}

function weft_equal(type, a, b) {
  var i;
  if (type === "Int") return weft_order(a, b) === 0;
  if (type === "()") return true;
  if (type === "File" || type === "Dir") return weft_same_file(a, b);
  if (type[0] === "uncertain") return a.mean === b.mean && a.sd === b.sd;
  if (type[0] === "option") return a == null || b == null ? a == null && b == null : weft_equal(type[1], a, b);
  if (type[0] === "array") {
    if (a.length !== b.length) return false;
    for (i = 0; i < a.length; i++) if (!weft_equal(type[1], a[i], b[i])) return false;
    return true;
  }
  if (type[0] !== "record") return a === b;
  for (i = 1; i < type.length; i++) if (!weft_equal(type[i][1], a[type[i][0]], b[type[i][0]])) return false;
  return true;
}

function weft_less(type, a, b) {
  return type[0] === "uncertain" && a.mean < b.mean;
}

function weft_at_most(type, a, b) {
  return type[0] === "uncertain" ? a.mean <= b.mean : true;
}

// By code points, as bytes of UTF-8 are ordered.
function weft_compare(a, b) {
  var i, x, y, most = Math.min(a.length, b.length);
  for (i = 0; i < most; i++) {
    x = a.charCodeAt(i);
    y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) {
      x += x < 0xe000 ? 0x2000 : -0x800;
      y += y < 0xe000 ? 0x2000 : -0x800;
    }
    return x - y;
  }
  return a.length - b.length;
}

function weft_characters(s) {
  var list = [], i, c;
  for (i = 0; i < s.length; i++) {
    c = s.charCodeAt(i);
    list.push(c >= 0xd800 && c < 0xdc00 && i + 1 < s.length ? s.charAt(i) + s.charAt(++i) : s.charAt(i));
  }
  return list;
}

function weft_split(s, separator) {
  return separator === "" ? weft_characters(s) : s.split(separator);
}

function weft_replace(s, from, to) {
  return from === "" ? s : s.split(from).join(to);
}

function weft_starts_with(s, prefix) {
  return s.slice(0, prefix.length) === prefix;
}

function weft_ends_with(s, suffix) {
  return s.length >= suffix.length && s.slice(s.length - suffix.length) === suffix;
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

function weft_zip(widths) {
  for (var i = 1; i < widths.length; i++)
    if (widths[i] !== widths[0])
      weft_fail("R0107", "arrays of " + widths[0] + " and " + widths[i] + " elements cannot go side by side");
  return widths[0];
}

function weft_flatten(arrays) {
  var all = [], i, k;
  for (i = 0; i < arrays.length; i++) for (k = 0; k < arrays[i].length; k++) all.push(arrays[i][k]);
  return all;
}

function weft_compact(options) {
  return options.filter(function (value) {
    return value != null;
  });
}
