// cwl.js: functions that the structure of a document calls, beside those of its expressions; they stand in it with their
// comments.

function weft_range(size) {
  var all = [];
  for (var i = 0; i < size; i++) all.push(i);
  return all;
}

// The regular files among them, each once, by their names.
function weft_files(found) {
  var seen = {}, all = found.filter(function (file) {
    return file["class"] === "File" && !seen[file.path] && (seen[file.path] = true);
  });
  return all.sort(function (a, b) { return a.path < b.path ? -1 : a.path > b.path ? 1 : 0; });
}

// A name as a pattern that nothing else matches.
function weft_name(name) {
  return name.replace(/[*?\[\\]/g, "[$&]");
}

// A pattern without alternatives in braces: one each; `^` in a class is `!`.
function weft_patterns(pattern) {
  if (pattern.indexOf("**") >= 0) throw "CWL has no pattern for any folders: **";
  var all = [pattern], found;
  var braces = /^([^]*)\{([^{}]*)\}([^]*)$/;
  for (var i = 0; i < all.length;) {
    found = braces.exec(all[i]);
    if (!found) {
      i++;
      continue;
    }
    all = all.slice(0, i).concat(found[2].split(",").map(function (part) {
      return found[1] + part + found[3];
    }), all.slice(i + 1));
  }
  return all.map(function (one) {
    return one.replace(/\[\^/g, "[!").replace(/\\/g, "[\\]");
  });
}

// The one at a path below the task's folder.
function weft_found(found, folder, path) {
  path = folder + "/" + path.replace(/^(\.\/+)+/, "");
  return found.filter(function (file) {
    return file.path.replace(/\/\.\//g, "/") === path;
  })[0];
}

function weft_sure(file) {
  if (!file) throw "an output file is not there";
  return file;
}

function weft_maybe(file) {
  return file ? file : null;
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
