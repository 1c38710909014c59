#include "canon/laws.h"

const LawInfo law_info[LAW_COUNT] = {
#define LAW(law, number, tier, name, left, right, condition, decreases) \
  [law] = {number, #tier, name, left, right, condition, decreases},
#include "canon/laws.def"
};

const NonLaw nonlaws[] = {
#define NONLAW(number, name, left, right, why) {number, name, left, right, why},
#include "canon/laws.def"
};
const uint32_t nonlaw_count = sizeof nonlaws / sizeof *nonlaws;

Law law_find(uint32_t number) {
  for (int law = LAW_NONE + 1; law < LAW_COUNT; law++)
    if (law_info[law].number == number) return (Law)law;
  return LAW_NONE;
}
