// int.js: Ints of 64 bits. A number where it is exact, else {hi, lo}: the upper 32 bits with their sign, the lower ones
// without.

function weft_fail(code, message) {
  throw new Error(code + ": " + message);
}

function weft_once(make) {
  var done = false, value;
  return function () {
    if (!done) {
      value = make();
      done = true;
    }
    return value;
  };
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

// Quotient and rest of magnitudes, bit by bit.
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

function weft_signed(x, minus) {
  var y = minus ? weft_negated({hi: x.hi | 0, lo: x.lo}) : x;
  return weft_from_parts(y.hi | 0, y.lo);
}

function weft_check_divisor(a, b) {
  if (b === 0) weft_fail("R0062", "division by zero");
  if (b === -1 && a.hi === -2147483648 && a.lo === 0)
    weft_fail("R0063", "the quotient is outside the range of an Int");
}

function weft_div(a, b) {
  weft_check_divisor(a, b);
  var x = weft_parts(a), y = weft_parts(b);
  if (typeof a === "number" && typeof b === "number") return (a - a % b) / b + 0;
  return weft_signed(weft_divide(weft_magnitude(x), weft_magnitude(y)).quotient, x.hi < 0 !== y.hi < 0);
}

function weft_mod(a, b) {
  weft_check_divisor(a, b);
  var x = weft_parts(a), y = weft_parts(b);
  if (typeof a === "number" && typeof b === "number") return a % b + 0;
  return weft_signed(weft_divide(weft_magnitude(x), weft_magnitude(y)).rest, x.hi < 0);
}

function weft_order(a, b) {
  var x = weft_parts(a), y = weft_parts(b);
  return x.hi !== y.hi ? (x.hi < y.hi ? -1 : 1) : x.lo === y.lo ? 0 : x.lo < y.lo ? -1 : 1;
}

function weft_min(a, b) {
  return weft_order(b, a) < 0 ? b : a;
}

function weft_max(a, b) {
  return weft_order(b, a) > 0 ? b : a;
}

function weft_abs(a) {
  return weft_parts(a).hi < 0 ? weft_sub(0, a) : a;
}

function weft_bit_and(a, b) {
  var x = weft_parts(a), y = weft_parts(b);
  return weft_from_parts(x.hi & y.hi, (x.lo & y.lo) >>> 0);
}

function weft_bit_or(a, b) {
  var x = weft_parts(a), y = weft_parts(b);
  return weft_from_parts(x.hi | y.hi, (x.lo | y.lo) >>> 0);
}

function weft_bit_xor(a, b) {
  var x = weft_parts(a), y = weft_parts(b);
  return weft_from_parts(x.hi ^ y.hi, (x.lo ^ y.lo) >>> 0);
}

function weft_shift_left(a, n) {
  var x = weft_parts(a), by = weft_parts(n).lo & 63;
  if (by === 0) return a;
  if (by >= 32) return weft_from_parts(x.lo << (by - 32), 0);
  return weft_from_parts((x.hi << by) | (x.lo >>> (32 - by)), (x.lo << by) >>> 0);
}

function weft_shift_right(a, n) {
  var x = weft_parts(a), by = weft_parts(n).lo & 63;
  if (by === 0) return a;
  if (by >= 32) return weft_from_parts(0, x.hi >>> (by - 32));
  return weft_from_parts(x.hi >>> by, ((x.lo >>> by) | (x.hi << (32 - by))) >>> 0);
}

function weft_float(a) {
  if (typeof a === "number") weft_parts(a);
  return typeof a === "number" ? a : a.hi * 4294967296 + a.lo;
}

function weft_to_int(x) {
  if (!(x >= -9223372036854775808 && x < 9223372036854775808))
    weft_fail("R0064", "the number is outside the range of an Int");
  var whole = x < 0 ? Math.ceil(x) : Math.floor(x), hi = Math.floor(whole / 4294967296);
  return weft_from_parts(hi, whole - hi * 4294967296);
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

function weft_width(n) {
  if (typeof n !== "number" && n.hi >= 0) weft_fail("R0061", "an array cannot have " + weft_int_text(n) + " elements");
  return weft_rounds(n);
}

function weft_rounds(n) {
  if (typeof n !== "number") return n.hi < 0 ? 0 : Infinity;
  weft_parts(n);
  return n < 0 ? 0 : n;
}

// An Int that leaves as JSON.
function weft_whole(a) {
  if (typeof a !== "number" || !weft_is_exact(a))
    weft_fail("R0064", weft_int_text(a) + " is beyond the Ints that JSON holds exactly (up to 2^53 - 1)");
  return a;
}
