// Kernels for sums of reports. Part of CKernels.h.
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

#endif
