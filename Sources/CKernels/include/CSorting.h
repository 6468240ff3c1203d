// Kernels that sort names and groups (sorting.c). Part of CKernels.h, whose types they take.
#ifndef CSORTING_H
#define CSORTING_H

#include <stddef.h>
#include <stdint.h>

/// What is sorted: a key, and where that is which it stands for.
typedef struct {
  uint64_t key;
  uint32_t list, place;
} ck_item;

/// Sorts items by the low `bits` bits of their keys, above which a key has none; stable. `spare`
/// has room for as many.
void ck_sort(ck_item *items, ck_item *spare, size_t count, unsigned bits);

/// Many strings in one piece: string i is `bytes[offsets[i]..<offsets[i + 1]]`.
typedef struct {
  const uint8_t *bytes;
  const ptrdiff_t *offsets;
} ck_strings;

/// Copies the strings that items stand for, one behind the other, to `bytes`, which has room, and
/// writes `count` + 1 offsets, the first of which is 0.
void ck_gather(const ck_strings *lists, const ck_item *items, size_t count, uint8_t *bytes,
               ptrdiff_t *offsets);

/// For each number of a share the rank of what it stands for.
typedef struct {
  const uint32_t *users, *hosts, *addresses, *devices;
} ck_ranks;

/// The lowest bit of each part of a group's key. The parts lie in this order, each up to where the
/// next one starts; the key has `bits` bits, up to 128.
typedef struct {
  uint8_t action, device, address, user, host, day, bits;
  uint16_t first_day;
} ck_key_layout;

/// Bytes of an item of a group: as `ck_item`, with a wider key where the layout asks for it.
size_t ck_group_item_bytes(const ck_key_layout *layout);

/// Writes an item for each of `count` groups, of which the first stands at `place` of list `list`.
void ck_group_keys(const ck_group *groups, size_t count, uint32_t list, uint32_t place,
                   const ck_ranks *ranks, const ck_key_layout *layout, void *items);

/// Ranges that items can be cut into.
#define CK_RANGES_MAX 64

/// For each item the range that its key falls into: the number of splitters up to it. `splitters`
/// are sorted items, fewer than CK_RANGES_MAX. Adds to the counts of the ranges.
void ck_group_ranges(const void *items, size_t count, const void *splitters,
                     size_t splitter_count, const ck_key_layout *layout, uint8_t *ranges,
                     size_t *counts);

/// Moves each item to the next place of its range.
void ck_group_scatter(const void *items, size_t count, const uint8_t *ranges,
                      const ck_key_layout *layout, void *scattered, size_t *next);

/// Sorts items of groups; stable. `spare` has room for as many.
void ck_group_sort(void *items, void *spare, size_t count, const ck_key_layout *layout);

/// Adds up the groups of sorted items that share a key, from item `*from` on, until there is no
/// room for another sum; moves `*from` to the first item that is left. The sums have ranks for
/// numbers. Returns how many there are, or SIZE_MAX when one left its type.
size_t ck_group_add_up(const void *items, size_t count, size_t *from,
                       const ck_group *const *lists, const ck_key_layout *layout, ck_group *sums,
                       size_t room);

#endif
