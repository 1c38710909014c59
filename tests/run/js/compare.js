// compare.js: evaluates exported expressions as CWL runners do, and compares with what a native run gave.
// usage: node compare.js EXPRESSIONS.json INPUTS.json NATIVE.json GROUP [ERROR]: prints `ok NAME` or `FAIL NAME why`.
// The group `commands` is compared with the outputs NAME_; a direct command's words without the program, with | between.
// With ERROR, each expression of the group has to fail with that code. What JSON cannot hold exactly has to fail.
var fs = require("fs"), vm = require("vm"), path = require("path"), crypto = require("crypto");

function load(name) {
  return JSON.parse(fs.readFileSync(name, "utf8"));
}

var all = load(process.argv[2]), inputs = load(process.argv[3]), group = process.argv[5], error = process.argv[6];
var native = error ? {} : load(process.argv[4]);

// Files are objects, with what CWL knows of them; quantities are numbers in base units.
function file_of(name) {
  var full = path.resolve(path.dirname(process.argv[3]), name), data = fs.readFileSync(full);
  return {"class": "File", path: full, location: "file://" + full, basename: path.basename(full), size: data.length,
    checksum: "sha1$" + crypto.createHash("sha1").update(data).digest("hex"), contents: data.toString("utf8")};
}

function seconds(text) {
  var parts = text.split(" ");
  return Number(parts[0]) * {s: 1, ms: 1e-3, min: 60, d: 86400}[parts[1]];
}

if (inputs.doc) inputs.doc = file_of(inputs.doc);
if (inputs.files) inputs.files = inputs.files.map(file_of);
if (inputs.d) inputs.d = seconds(inputs.d);
if (inputs.spans) inputs.spans = inputs.spans.map(seconds);
if (inputs.about) inputs.about = {mean: seconds(inputs.about.split(" +- ")[0]), sd: seconds(inputs.about.split(" +- ")[1])};

function evaluate(expression) {
  if (Array.isArray(expression)) return [].concat.apply([], expression.map(evaluate)).slice(1).join("|");
  var body = expression.charAt(1) === "(" ? "{return " + expression.slice(1) + ";}" : expression.slice(1);
  var code = "\"use strict\";\nvar inputs = " + JSON.stringify(inputs) + ";\n" + all.library +
    "\nJSON.stringify((function () " + body + ")());";
  return JSON.parse(vm.runInNewContext(code, {}));
}

function is_beyond(value) {
  if (value === "NaN") return true;
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value);
  return value !== null && typeof value === "object" && Object.keys(value).some(function (key) {
    return is_beyond(value[key]);
  });
}

function same(a, b) {
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return a === b;
  var keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(function (key) {
    return same(a[key], b[key]);
  });
}

Object.keys(all[group]).forEach(function (name) {
  var value, failure = null, good, expected = native[group === "commands" ? name + "_" : name];
  try {
    value = evaluate(all[group][name]);
  } catch (e) {
    failure = e.message;
  }
  if (error) good = failure !== null && failure.indexOf(error) === 0;
  else if (failure !== null) good = is_beyond(expected) && failure.indexOf("R0064") === 0;
  else good = same(value, expected);
  console.log(good ? "ok " + name : "FAIL " + name + " " + JSON.stringify(expected) + " natively, " +
    (failure || JSON.stringify(value)) + " in JavaScript: " + JSON.stringify(all[group][name]));
});
if (group === "outputs") Object.keys(all.refused).forEach(function (name) {
  console.log("FAIL " + name + " refused: " + all.refused[name]);
});
