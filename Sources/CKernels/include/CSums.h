// Kernels that add columns up. Part of CKernels.h.
#ifndef CSUMS_H
#define CSUMS_H

#include <stddef.h>
#include <stdint.h>

/// What rows of one name came to; sums wrap around.
typedef struct {
  uint64_t events, blocked, uploaded, downloaded, total;
  int64_t last_seen;
} ck_name_sums;

/// Columns of rows.
typedef struct {
  const uint64_t *events, *blocked, *uploaded, *downloaded, *total;
  const int64_t *seen;
} ck_name_rows;

/// Adds `count` rows to the sums of their names, whose numbers are places in `sums`.
void ck_names_add(const uint32_t *numbers, size_t count, const ck_name_rows *rows,
                  ck_name_sums *sums);

/// What all events of a block came to.
typedef struct {
  /// The earliest and the latest time; the first is larger than the last where there is no event.
  int64_t first, last;
  int64_t uploaded, downloaded;
} ck_event_sums;

/// Adds up `count` events: those whose status is 0. Counts of bytes below 0 are none; sums wrap
/// around.
ck_event_sums ck_events_add(ck_level level, const uint8_t *status, const int64_t *times,
                            const int64_t *uploaded, const int64_t *downloaded, size_t count);

/// Whether none of `count` numbers is larger than `most`, which is not below 0.
int ck_all_at_most(const int64_t *numbers, size_t count, int64_t most);

#endif
