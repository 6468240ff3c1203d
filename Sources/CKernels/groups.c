// Grouping: a table of dense groups of one cache line each, found by small slots. A slot has a tag,
// so that the group of another key is hardly ever looked at.
//
// A batch is worked off in steps of STEP events: first all hashes are computed and the slots
// fetched, then the groups that the slots point to, then the sums. By then both lines are in
// cache, however large the table.
#include <string.h>

#include "CKernels.h"
#include "groups.h"

#define STEP 32

static inline uint64_t mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_of(uint32_t user, uint32_t host, uint32_t address, uint32_t device,
                               uint32_t day_action) {
  const uint64_t first = (uint64_t)user << 32 | host;
  const uint64_t second = (uint64_t)address << 32 | device;
  return mix(mix(first ^ 0x9e3779b97f4a7c15ull, 0xd1b54a32d192ed03ull) ^ second,
             0xa0761d6478bd642full ^ ((uint64_t)day_action << 17));
}

static inline uint32_t day_action(uint16_t day, uint8_t action) {
  return (uint32_t)day << 8 | action;
}

static inline uint64_t hash_group(const ck_group *group) {
  return hash_of(group->user, group->host, group->address, group->device,
                 day_action(group->day, group->action));
}

static inline int same(const ck_group *a, const ck_group *b) {
  return a->user == b->user && a->host == b->host && a->address == b->address &&
         a->device == b->device && a->day == b->day && a->action == b->action;
}

static inline uint32_t tag_of(uint64_t hash) { return (uint32_t)(hash >> 32); }

// The first slot of a probe that is free or has the tag of `hash`.
static inline size_t next_candidate(const ck_slot *slots, size_t slot_mask, size_t at,
                                    uint32_t tag) {
  while (slots[at].place && slots[at].tag != tag) at = (at + 1) & slot_mask;
  return at;
}

// Adds `step` groups (of one event or many) whose hashes are known and whose slots were fetched.
static inline size_t add_step(const ck_group *step, const uint64_t *hashes, size_t count,
                              ck_group *groups, size_t group_count, ck_slot *slots,
                              size_t slot_mask, int *over) {
  size_t candidates[STEP];
  for (size_t i = 0; i < count; i++) {
    candidates[i] = next_candidate(slots, slot_mask, hashes[i] & slot_mask, tag_of(hashes[i]));
    const uint32_t place = slots[candidates[i]].place;
    __builtin_prefetch(&groups[place ? place - 1 : 0], 1);
  }
  for (size_t i = 0; i < count; i++) {
    const uint32_t tag = tag_of(hashes[i]);
    // Slots that this step filled lie at or behind the candidate, if they are of this probe.
    size_t at = next_candidate(slots, slot_mask, candidates[i], tag);
    while (slots[at].place && !same(&groups[slots[at].place - 1], &step[i]))
      at = next_candidate(slots, slot_mask, (at + 1) & slot_mask, tag);
    if (slots[at].place) {
      *over |= ck_group_add(&groups[slots[at].place - 1], &step[i]);
    } else {
      groups[group_count++] = step[i];
      slots[at] = (ck_slot){tag, (uint32_t)group_count};
    }
  }
  return group_count;
}

static inline int64_t known(int64_t value) { return value == CK_NULL ? 0 : value; }

static inline uint8_t has_of(const ck_events *events, size_t i) {
  return (uint8_t)((events->uploaded[i] != CK_NULL ? CK_HAS_UPLOADED : 0) |
                   (events->downloaded[i] != CK_NULL ? CK_HAS_DOWNLOADED : 0) |
                   (events->totals[i] != CK_NULL ? CK_HAS_TOTAL : 0));
}

static inline ck_group group_of_event(const ck_events *events, size_t i) {
  return (ck_group){
      .user = events->users[i],
      .host = events->hosts[i],
      .address = events->addresses[i],
      .device = events->devices[i],
      .day = (uint16_t)(events->times[i] / CK_DAY_MICROS),
      .action = events->actions[i],
      .has = has_of(events, i),
      .events = 1,
      .uploaded = known(events->uploaded[i]),
      .downloaded = known(events->downloaded[i]),
      .total = known(events->totals[i]),
      .first_seen = events->times[i],
      .last_seen = events->times[i],
  };
}

size_t ck_group_events(const ck_events *events, ck_group *groups, size_t group_count,
                       ck_slot *slots, size_t slot_mask) {
  ck_group step[STEP];
  uint64_t hashes[STEP];
  int over = 0;
  for (size_t i = 0; i < events->count;) {
    size_t count = 0;
    for (; i < events->count && count < STEP; i++) {
      if (events->status[i]) continue;
      step[count] = group_of_event(events, i);
      hashes[count] = hash_group(&step[count]);
      __builtin_prefetch(&slots[hashes[count] & slot_mask]);
      count++;
    }
    group_count = add_step(step, hashes, count, groups, group_count, slots, slot_mask, &over);
  }
  return over ? SIZE_MAX : group_count;
}

// Adds one event to the group that is known to be its own.
static inline int add_known(const ck_events *events, size_t i, ck_group *to) {
  const ck_group one = {
      .has = has_of(events, i),
      .events = 1,
      .uploaded = known(events->uploaded[i]),
      .downloaded = known(events->downloaded[i]),
      .total = known(events->totals[i]),
      .first_seen = events->times[i],
      .last_seen = events->times[i],
  };
  return ck_group_add(to, &one);
}

#define FETCHED_AHEAD 16

size_t ck_group_known(const ck_events *events, const ck_print *prints, const uint32_t *places,
                      const uint32_t *absent, size_t absent_count, ck_group *groups,
                      size_t group_count, ck_known *slots, size_t slot_mask) {
  int over = 0;
  for (size_t i = 0; i < events->count; i++) {
    if (i + FETCHED_AHEAD < events->count && places[i + FETCHED_AHEAD] != CK_ABSENT)
      __builtin_prefetch(&groups[places[i + FETCHED_AHEAD]], 1);
    if (places[i] != CK_ABSENT && !events->status[i])
      over |= add_known(events, i, &groups[places[i]]);
  }
  for (size_t n = 0; n < absent_count; n++) {
    if (n + FETCHED_AHEAD < absent_count)
      __builtin_prefetch(&slots[ck_home_of(prints[absent[n + FETCHED_AHEAD]].low, slot_mask)], 1);
    const uint32_t i = absent[n];
    if (events->status[i]) continue;
    ck_known *slot = ck_known_slot(&prints[i], slots, slot_mask);
    if (slot->place) {  // An event before this one made the group.
      over |= add_known(events, i, &groups[slot->place - 1]);
    } else {
      groups[group_count++] = group_of_event(events, i);
      *slot = (ck_known){prints[i].low, (uint32_t)prints[i].high, (uint32_t)group_count};
    }
  }
  return over ? SIZE_MAX : group_count;
}

void ck_group_numbers(const ck_group *groups, const uint32_t *places, const uint8_t *status,
                      size_t count, uint32_t *users, uint32_t *hosts, uint32_t *addresses,
                      uint32_t *devices) {
  for (size_t i = 0; i < count; i++) {
    if (i + FETCHED_AHEAD < count && places[i + FETCHED_AHEAD] != CK_ABSENT)
      __builtin_prefetch(&groups[places[i + FETCHED_AHEAD]], 1);
    if (places[i] == CK_ABSENT || status[i]) continue;
    const ck_group *group = &groups[places[i]];
    users[i] = group->user;
    hosts[i] = group->host;
    addresses[i] = group->address;
    devices[i] = group->device;
  }
}

size_t ck_group_merge(const ck_group *source, size_t count, ck_group *groups, size_t group_count,
                      ck_slot *slots, size_t slot_mask) {
  uint64_t hashes[STEP];
  int over = 0;
  for (size_t from = 0; from < count; from += STEP) {
    const size_t step = count - from < STEP ? count - from : STEP;
    for (size_t i = 0; i < step; i++) {
      hashes[i] = hash_group(&source[from + i]);
      __builtin_prefetch(&slots[hashes[i] & slot_mask]);
    }
    group_count = add_step(source + from, hashes, step, groups, group_count, slots, slot_mask,
                           &over);
  }
  return over ? SIZE_MAX : group_count;
}

void ck_group_rehash(const ck_group *groups, size_t group_count, ck_slot *slots,
                     size_t slot_mask) {
  memset(slots, 0, (slot_mask + 1) * sizeof *slots);
  for (size_t i = 0; i < group_count; i++) {
    const uint64_t hash = hash_group(&groups[i]);
    size_t at = hash & slot_mask;
    while (slots[at].place) at = (at + 1) & slot_mask;
    slots[at] = (ck_slot){tag_of(hash), (uint32_t)i + 1};
  }
}

int ck_group_used(const ck_group *groups, size_t count, const ck_name_counts *counts,
                  const ck_name_marks *marks, uint16_t *first_day, uint16_t *last_day) {
  uint16_t first = *first_day, last = *last_day;
  for (size_t i = 0; i < count; i++) {
    const ck_group *group = &groups[i];
    if (group->user >= counts->users || group->host >= counts->hosts ||
        group->address >= counts->addresses || group->device >= counts->devices)
      return 0;
    marks->users[group->user] = 1;
    marks->hosts[group->host] = 1;
    marks->addresses[group->address] = 1;
    marks->devices[group->device] = 1;
    first = group->day < first ? group->day : first;
    last = group->day > last ? group->day : last;
  }
  *first_day = first;
  *last_day = last;
  return 1;
}
