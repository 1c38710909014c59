/* Text: numbers, JSON strings, UTF-8. */
#include <math.h>
#include <stdlib.h>

#include "rt_types.h"
#include "text.h"

CU_ErrorCode suite_rt_text(void);

static void check_double(double value, int point, const char *want) {
  RtText text = text_new();
  text_double(&text, value, point);
  CU_ASSERT_STRING_EQUAL(text.data, want);
  text_free(&text);
}

static void doubles(void) {
  check_double(1, 1, "1.0");
  check_double(1, 0, "1");
  check_double(-0.0, 1, "-0.0");
  check_double(0.1, 1, "0.1");
  check_double(0.1 + 0.2, 1, "0.30000000000000004");
  check_double(1e300, 1, "1e+300");
  check_double(4294967296.0, 0, "4294967296");
  check_double(NAN, 1, "nan");
  check_double(-INFINITY, 1, "-inf");
}

static void doubles_round_trip(void) {
  uint64_t seed = 88172645463325252u;
  for (int i = 0; i < 20000; i++) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    double value;
    memcpy(&value, &seed, sizeof value);
    if (!isfinite(value)) continue;
    RtText text = text_new();
    text_double(&text, value, 1);
    CU_ASSERT_FATAL(strtod(text.data, NULL) == value);
    text_free(&text);
  }
}

static void ints(void) {
  RtText text = text_new();
  text_int(&text, INT64_MIN);
  text_char(&text, ' ');
  text_int(&text, 0);
  text_addf(&text, " %d%s", 12, "x");
  CU_ASSERT_STRING_EQUAL(text.data, "-9223372036854775808 0 12x");
  text_free(&text);
}

static void json(void) {
  RtText text = text_new();
  text_json(&text, "a\"\\\n\x01\x7f\xc3\xa9", 8);
  CU_ASSERT_STRING_EQUAL(text.data, "\"a\\\"\\\\\\n\\u0001\\u007f\xc3\xa9\"");
  text_free(&text);
}

static void utf8(void) {
  size_t bad = 0;
  CU_ASSERT(utf8_valid("\xc3\xa9\xf0\x9f\x98\x80z", 7, &bad));
  static const char *const wrong[] = {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "\xff",     "\xe2\x82",     "\x80"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    CU_ASSERT(!utf8_valid(wrong[i], strlen(wrong[i]), &bad));
  CU_ASSERT(!utf8_valid("ab\xff", 3, &bad));
  CU_ASSERT_EQUAL(bad, 2);
  for (uint32_t rune = 1; rune < 0x110000; rune += 13) {
    char bytes[4];
    uint32_t back;
    if (rune >= 0xd800 && rune < 0xe000) continue;
    int len = utf8_encode(rune, bytes);
    CU_ASSERT_FATAL(utf8_decode(bytes, bytes + len, &back) == len && back == rune);
  }
}

CU_ErrorCode suite_rt_text(void) {
  CU_pSuite suite = CU_add_suite("rt_text", NULL, NULL);
  CU_add_test(suite, "doubles", doubles);
  CU_add_test(suite, "doubles round trip", doubles_round_trip);
  CU_add_test(suite, "ints and formats", ints);
  CU_add_test(suite, "JSON strings", json);
  CU_add_test(suite, "UTF-8", utf8);
  return CU_get_error();
}
