// Sorting by keys, and adding up the groups that share one. Keys of 64 bits are enough for most
// batches; those with very many names have keys of up to 128.
#include <string.h>

#include "CKernels.h"
#include "groups.h"

// Fewer items are sorted one by one.
#define FEW 24
// Counts of 2,048 digits stay in the second-level cache, for all digits of a key.
#define DIGIT_BITS 11
#define DIGITS (1 << DIGIT_BITS)
// Groups stand at random places of large tables.
#define FETCHED_AHEAD 16

typedef struct {
  uint64_t low, high;
  uint32_t list, place;
} wide_item;

#define ITEM ck_item
#define KEY uint64_t
#define KEY_OF(item) ((item)->key)
#define SET_KEY(item, value) ((item)->key = (value))
#define NAMED(name) name##_narrow
#include "sorting_body.h"
#undef ITEM
#undef KEY
#undef KEY_OF
#undef SET_KEY
#undef NAMED

#define ITEM wide_item
#define KEY unsigned __int128
#define KEY_OF(item) ((unsigned __int128)(item)->high << 64 | (item)->low)
#define SET_KEY(item, value) \
  ((item)->low = (uint64_t)(value), (item)->high = (uint64_t)((value) >> 64))
#define NAMED(name) name##_wide
#include "sorting_body.h"

static inline int is_wide(const ck_key_layout *layout) { return layout->bits > 64; }

void ck_sort(ck_item *items, ck_item *spare, size_t count, unsigned bits) {
  sort_narrow(items, spare, count, bits);
}

// Strings stand at random places of long lists: their offsets are fetched first, then their bytes.
#define OFFSETS_AHEAD 32
#define BYTES_AHEAD 16

void ck_gather(const ck_strings *lists, const ck_item *items, size_t count, uint8_t *bytes,
               ptrdiff_t *offsets) {
  ptrdiff_t end = 0;
  offsets[0] = 0;
  for (size_t i = 0; i < count; i++) {
    if (i + OFFSETS_AHEAD < count) {
      const ck_item *later = &items[i + OFFSETS_AHEAD];
      __builtin_prefetch(&lists[later->list].offsets[later->place]);
    }
    if (i + BYTES_AHEAD < count) {
      const ck_item *later = &items[i + BYTES_AHEAD];
      const ck_strings *list = &lists[later->list];
      __builtin_prefetch(&list->bytes[list->offsets[later->place]]);
    }
    const ck_strings *list = &lists[items[i].list];
    const ptrdiff_t start = list->offsets[items[i].place];
    const ptrdiff_t length = list->offsets[items[i].place + 1] - start;
    memcpy(&bytes[end], &list->bytes[start], (size_t)length);
    end += length;
    offsets[i + 1] = end;
  }
}

size_t ck_group_item_bytes(const ck_key_layout *layout) {
  return is_wide(layout) ? sizeof(wide_item) : sizeof(ck_item);
}

void ck_group_keys(const ck_group *groups, size_t count, uint32_t list, uint32_t place,
                   const ck_ranks *ranks, const ck_key_layout *layout, void *items) {
  if (is_wide(layout))
    write_keys_wide(groups, count, list, place, ranks, layout, items);
  else
    write_keys_narrow(groups, count, list, place, ranks, layout, items);
}

void ck_group_ranges(const void *items, size_t count, const void *splitters,
                     size_t splitter_count, const ck_key_layout *layout, uint8_t *ranges,
                     size_t *counts) {
  if (is_wide(layout))
    find_ranges_wide(items, count, splitters, splitter_count, ranges, counts);
  else
    find_ranges_narrow(items, count, splitters, splitter_count, ranges, counts);
}

void ck_group_scatter(const void *items, size_t count, const uint8_t *ranges,
                      const ck_key_layout *layout, void *scattered, size_t *next) {
  if (is_wide(layout))
    scatter_wide(items, count, ranges, scattered, next);
  else
    scatter_narrow(items, count, ranges, scattered, next);
}

void ck_group_sort(void *items, void *spare, size_t count, const ck_key_layout *layout) {
  if (is_wide(layout))
    sort_wide(items, spare, count, layout->bits);
  else
    sort_narrow(items, spare, count, layout->bits);
}

size_t ck_group_add_up(const void *items, size_t count, size_t *from,
                       const ck_group *const *lists, const ck_key_layout *layout, ck_group *sums,
                       size_t room) {
  return is_wide(layout) ? add_up_wide(items, count, from, lists, layout, sums, room)
                         : add_up_narrow(items, count, from, lists, layout, sums, room);
}
