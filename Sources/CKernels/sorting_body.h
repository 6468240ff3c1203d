// Sorting groups by keys of one width: ITEM is what is sorted, KEY the type of its key,
// KEY_OF(item) and SET_KEY(item, key) read and write it, and NAMED(x) is the name of function x for
// this width.

#define PASSES ((sizeof(KEY) * 8 + DIGIT_BITS - 1) / DIGIT_BITS)
// A part of no bits may start where the key ends.
#define SHIFT(bit) ((bit) & (sizeof(KEY) * 8 - 1))

static inline uint32_t NAMED(digit)(const ITEM *item, size_t pass) {
  return (uint32_t)(KEY_OF(item) >> (pass * DIGIT_BITS)) & (DIGITS - 1);
}

static void NAMED(sort_few)(ITEM *items, size_t count) {
  for (size_t i = 1; i < count; i++) {
    const ITEM item = items[i];
    size_t at = i;
    for (; at > 0 && KEY_OF(&items[at - 1]) > KEY_OF(&item); at--) items[at] = items[at - 1];
    items[at] = item;
  }
}

// By radix, the least significant digit first; stable.
static void NAMED(sort)(ITEM *items, ITEM *spare, size_t count, unsigned bits) {
  if (count <= FEW) {
    NAMED(sort_few)(items, count);
    return;
  }
  const size_t passes = (bits + DIGIT_BITS - 1) / DIGIT_BITS;
  uint32_t counts[PASSES][DIGITS];
  memset(counts, 0, passes * sizeof *counts);
  for (size_t i = 0; i < count; i++)
    for (size_t pass = 0; pass < passes; pass++) counts[pass][NAMED(digit)(&items[i], pass)]++;
  ITEM *from = items, *to = spare;
  for (size_t pass = 0; pass < passes; pass++) {
    uint32_t *next = counts[pass];
    // One digit for all: nothing moves.
    if (next[NAMED(digit)(from, pass)] == count) continue;
    uint32_t start = 0;
    for (size_t digit = 0; digit < DIGITS; digit++) {
      const uint32_t here = next[digit];
      next[digit] = start;
      start += here;
    }
    for (size_t i = 0; i < count; i++) to[next[NAMED(digit)(&from[i], pass)]++] = from[i];
    ITEM *const sorted = to;
    to = from;
    from = sorted;
  }
  if (from != items) memcpy(items, from, count * sizeof *items);
}

static void NAMED(write_keys)(const ck_group *groups, size_t count, uint32_t list, uint32_t place,
                              const ck_ranks *ranks, const ck_key_layout *layout, ITEM *items) {
  for (size_t i = 0; i < count; i++) {
    const ck_group *group = &groups[i];
    const KEY key = (KEY)(uint16_t)(group->day - layout->first_day) << SHIFT(layout->day) |
                    (KEY)ranks->hosts[group->host] << SHIFT(layout->host) |
                    (KEY)ranks->users[group->user] << SHIFT(layout->user) |
                    (KEY)ranks->addresses[group->address] << SHIFT(layout->address) |
                    (KEY)ranks->devices[group->device] << SHIFT(layout->device) |
                    (KEY)group->action << SHIFT(layout->action);
    SET_KEY(&items[i], key);
    items[i].list = list;
    items[i].place = place + (uint32_t)i;
  }
}

// The number of splitters up to the key of each item, and how often each comes. Each search takes
// the same steps, so that none of them is a branch.
static void NAMED(find_ranges)(const ITEM *items, size_t count, const ITEM *splitters,
                               size_t splitter_count, uint8_t *ranges, size_t *counts) {
  KEY keys[CK_RANGES_MAX];
  for (size_t i = 0; i < CK_RANGES_MAX; i++)
    keys[i] = i < splitter_count ? KEY_OF(&splitters[i]) : ~(KEY)0;
  for (size_t i = 0; i < count; i++) {
    const KEY key = KEY_OF(&items[i]);
    size_t low = 0;
    for (size_t half = CK_RANGES_MAX / 2; half > 0; half /= 2)
      low += (size_t)(keys[low + half - 1] <= key) * half;
    // A key of all ones is not below those that stand for no splitter.
    low = low < splitter_count ? low : splitter_count;
    ranges[i] = (uint8_t)low;
    counts[low]++;
  }
}

static void NAMED(scatter)(const ITEM *items, size_t count, const uint8_t *ranges, ITEM *scattered,
                           size_t *next) {
  for (size_t i = 0; i < count; i++) scattered[next[ranges[i]]++] = items[i];
}

static inline uint32_t NAMED(part)(KEY key, uint8_t from, uint8_t to) {
  return (uint32_t)(key >> SHIFT(from)) & (uint32_t)(((uint64_t)1 << (to - from)) - 1);
}

// The group of an item, with the ranks that its key holds.
static inline ck_group NAMED(ranked)(const ck_group *group, KEY key, const ck_key_layout *layout) {
  ck_group ranked = *group;
  ranked.device = NAMED(part)(key, layout->device, layout->address);
  ranked.address = NAMED(part)(key, layout->address, layout->user);
  ranked.user = NAMED(part)(key, layout->user, layout->host);
  ranked.host = NAMED(part)(key, layout->host, layout->day);
  return ranked;
}

static size_t NAMED(add_up)(const ITEM *items, size_t count, size_t *from,
                            const ck_group *const *lists, const ck_key_layout *layout,
                            ck_group *sums, size_t room) {
  size_t sum_count = 0;
  int over = 0;
  size_t i = *from;
  for (; i < count; i++) {
    if (i + FETCHED_AHEAD < count) {
      const ITEM *later = &items[i + FETCHED_AHEAD];
      __builtin_prefetch(&lists[later->list][later->place]);
    }
    const ck_group *group = &lists[items[i].list][items[i].place];
    if (sum_count > 0 && KEY_OF(&items[i]) == KEY_OF(&items[i - 1])) {
      over |= ck_group_add(&sums[sum_count - 1], group);
    } else {
      if (sum_count == room) break;
      sums[sum_count++] = NAMED(ranked)(group, KEY_OF(&items[i]), layout);
    }
  }
  *from = i;
  return over ? SIZE_MAX : sum_count;
}

#undef PASSES
#undef SHIFT
