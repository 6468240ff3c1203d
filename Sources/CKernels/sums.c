// Columns are added up.
//
// Sums by the number of a name. The sums of 100,000 names fit no cache that is near; the rows say
// early enough which ones will be needed.
#include "CKernels.h"
#include "bits.h"

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

__attribute__((always_inline)) static inline ck_event_sums events_add(
    const uint8_t *status, const int64_t *times, const int64_t *uploaded,
    const int64_t *downloaded, size_t count) {
  int64_t first = INT64_MAX, last = INT64_MIN;
  uint64_t up = 0, down = 0;
  for (size_t i = 0; i < count; i++) {
    // All bits for an event, none for all else: without branches the compiler takes four at once.
    int64_t mask = (int64_t)(status[i] != 0) - 1;
    int64_t early = (times[i] & mask) | (INT64_MAX & ~mask);
    int64_t late = (times[i] & mask) | (INT64_MIN & ~mask);
    first = early < first ? early : first;
    last = late > last ? late : last;
    up += (uint64_t)(uploaded[i] < 0 ? 0 : uploaded[i] & mask);
    down += (uint64_t)(downloaded[i] < 0 ? 0 : downloaded[i] & mask);
  }
  return (ck_event_sums){first, last, (int64_t)up, (int64_t)down};
}

AVX2 static ck_event_sums events_add_avx2(
    const uint8_t *status, const int64_t *times, const int64_t *uploaded,
    const int64_t *downloaded, size_t count) {
  return events_add(status, times, uploaded, downloaded, count);
}

ck_event_sums ck_events_add(ck_level level, const uint8_t *status, const int64_t *times,
                            const int64_t *uploaded, const int64_t *downloaded, size_t count) {
  return level >= CK_AVX2 ? events_add_avx2(status, times, uploaded, downloaded, count)
                          : events_add(status, times, uploaded, downloaded, count);
}

int ck_all_at_most(const int64_t *numbers, size_t count, int64_t most) {
  // Too large a number leaves a difference below 0; one below 0 counts as 0.
  int64_t signs = 0;
  for (size_t i = 0; i < count; i++) signs |= most - (numbers[i] & ~(numbers[i] >> 63));
  return signs >= 0;
}
