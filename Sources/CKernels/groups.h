// What groups are made of, for the kernels that add them up.
#ifndef CK_GROUPS_H
#define CK_GROUPS_H

#include "CKernels.h"

// Where the search for a print begins.
static inline size_t ck_home_of(uint64_t low, size_t mask) { return (size_t)low & mask; }

// Adds `from` to `to`; true when a sum would leave its type.
static inline int ck_group_add(ck_group *to, const ck_group *from) {
  int over = __builtin_add_overflow(to->events, from->events, &to->events);
  over |= __builtin_add_overflow(to->uploaded, from->uploaded, &to->uploaded);
  over |= __builtin_add_overflow(to->downloaded, from->downloaded, &to->downloaded);
  over |= __builtin_add_overflow(to->total, from->total, &to->total);
  to->has |= from->has;
  to->first_seen = from->first_seen < to->first_seen ? from->first_seen : to->first_seen;
  to->last_seen = from->last_seen > to->last_seen ? from->last_seen : to->last_seen;
  return over;
}

#endif
