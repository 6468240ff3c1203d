// Sums by the number of a name. The sums of 100,000 names fit no cache that is near; the rows say
// early enough which ones will be needed.
#include "CSums.h"

// Rows that are fetched ahead: about the time that the third cache level takes.
#define FETCHED_AHEAD 16

void ck_names_add(const uint32_t *numbers, size_t count, const ck_name_rows *rows,
                  ck_name_sums *sums) {
  for (size_t i = 0; i < count; i++) {
    if (i + FETCHED_AHEAD < count) {
      const ck_name_sums *later = &sums[numbers[i + FETCHED_AHEAD]];
      // The sums of a name may lie in two cache lines.
      __builtin_prefetch(&later->events, 1);
      __builtin_prefetch(&later->last_seen, 1);
    }
    ck_name_sums *name = &sums[numbers[i]];
    name->events += rows->events[i];
    name->blocked += rows->blocked[i];
    name->uploaded += rows->uploaded[i];
    name->downloaded += rows->downloaded[i];
    name->total += rows->total[i];
    if (rows->seen[i] > name->last_seen) name->last_seen = rows->seen[i];
  }
}
