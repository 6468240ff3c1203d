// The C kernels of Logveil: bytes in, numbers out.
//
// No kernel allocates, keeps state or knows what a log is. Every kernel that has a SIMD form has a
// scalar twin beside it that gives equal results; `ck_cpu_level` says which form runs.
//
// Buffers of text must be readable for 64 bytes behind their end (`CK_PADDING`) and from the
// multiple of 64 before their start; what stands there never changes a result.
#ifndef LOGVEIL_CKERNELS_H
#define LOGVEIL_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#define CK_PADDING 64

/// Instruction sets that kernels are compiled for, worst first.
typedef enum { CK_SCALAR = 0, CK_AVX2 = 1, CK_AVX512 = 2 } ck_level;

/// The best level of this processor, or the lower one that the environment variable
/// LOGVEIL_KERNELS (`scalar`, `avx2`) asks for: to compare them, and to rule a kernel out.
ck_level ck_cpu_level(void);

// --- Structure of delimited text (index.c) ---------------------------------------------------

/// Marks an entry of `line_ends` whose line has an odd number of quotes.
#define CK_ODD_QUOTES 0x80000000u

/// How fields are told apart.
typedef struct {
  uint8_t separator;
  uint8_t quote;      // Equal to `separator`: the format has no quotes.
  uint8_t collapses;  // 1: a run of separators is one; its first is kept. 0: each counts.
} ck_dialect;

/// How many entries `ck_index_delimited` wrote, and whether the text holds a NUL byte.
typedef struct {
  size_t positions;
  size_t lines;
  int has_nul;
} ck_index_counts;

/// Finds the separators outside of quotes, and the line ends, of `bytes[start..<end]`.
///
/// `positions` receives the offset of every separator outside of quotes and of every newline, in
/// order, behind `positions[-1]`, which becomes `start - 1`: as if a newline stood there.
/// `line_ends` receives, for every line, the place in `positions` of its newline. A last line
/// without a newline gets an entry at `end`. A quote toggles between outside and inside; a newline
/// always ends the line and the quoting, and such a line is marked with CK_ODD_QUOTES. Both targets
/// need room for `end - start + 64` entries.
ck_index_counts ck_index_delimited(ck_level level, const uint8_t *bytes, uint32_t start,
                                   uint32_t end, ck_dialect dialect, uint32_t *positions,
                                   uint32_t *line_ends);

/// Writes the offsets of the lines of `bytes[start..<end]` that start with `first`; stops at
/// `room`. `start` counts as the start of a line. Returns how many it wrote.
size_t ck_lines_starting_with(ck_level level, const uint8_t *bytes, uint32_t start, uint32_t end,
                              uint8_t first, uint32_t *offsets, size_t room);

/// Offset behind the last newline of `bytes[start..<end]`, or `start` when there is none.
size_t ck_behind_last_newline(const uint8_t *bytes, size_t start, size_t end);

// --- Content ids (content_hash.c) -------------------------------------------------------------

/// Adds bytes to an `XXH3_state_t` of the library (XXH3-128), by vector registers. 0 when this
/// level has none that the library would not use itself; then nothing was added.
int ck_content_hash_update(ck_level level, void *state, const uint8_t *bytes, size_t count);

/// Bytes of a block of XXH3, and numbers that stand for one.
#define CK_HASH_BLOCK 1024
#define CK_HASH_LANES 8

/// Writes what each block of a text adds to its hash, CK_HASH_LANES numbers: so that parts of a
/// text can be hashed in any order. 0 where `ck_content_hash_update` gives 0; then nothing was
/// written.
int ck_content_sums(ck_level level, const uint8_t *bytes, size_t blocks, uint64_t *sums);

/// Adds blocks to an `XXH3_state_t` by their sums, in the order of the text. The state must have
/// had whole blocks only, none of them by `update`, and more than a block must follow, by `update`.
/// 0 as above, or where the state had other bytes; then nothing was added.
int ck_content_fold(ck_level level, void *state, const uint64_t *sums, size_t blocks);

// --- Fields (fields.c) ------------------------------------------------------------------------

/// A half-open range of byte offsets.
typedef struct {
  uint32_t start;
  uint32_t end;
} ck_range;

/// What `ck_index_delimited` wrote, with `positions[-1]`.
typedef struct {
  const uint32_t *positions;
  const uint32_t *line_ends;
} ck_index;

/// Which fields are wanted of lines that have `field_count` of them, or, with `more_allowed`, at
/// least so many; those behind the last counted one are left alone.
typedef struct {
  ck_dialect dialect;
  uint32_t field_count;
  int more_allowed;
  const uint16_t *wanted;
  size_t wanted_count;
} ck_cut_plan;

/// Where fields go: field w of record r to `ranges[w * stride + r]`, the number of the record's
/// line to `record_lines[r]`, those of lines of another shape to `irregular`.
typedef struct {
  ck_range *ranges;
  size_t stride;
  uint32_t *record_lines;
  uint32_t *irregular;
} ck_cuts;

/// What `ck_cut_lines` found.
typedef struct {
  size_t records;
  size_t irregular;
} ck_cut_counts;

/// Cuts the wanted fields out of the lines `line..<line_end` of a text.
///
/// A field is cut without the quotes around it and without a carriage return at the end of the
/// line. Irregular are lines that start with '#', have another number of fields or odd quotes, and
/// where separators collapse, lines that start or end with one.
ck_cut_counts ck_cut_lines(const uint8_t *bytes, const ck_index *index, size_t line,
                           size_t line_end, const ck_cut_plan *plan, const ck_cuts *cuts);

/// The value of a field that stands for "nothing logged".
#define CK_NULL INT64_MIN

/// Reads decimal numbers of at most `max`. An empty field or `-` gives CK_NULL; anything else
/// that is no number gives CK_NULL and sets `status[i]` to `bad` where it was 0.
void ck_parse_decimals(const uint8_t *bytes, const ck_range *fields, size_t count, int64_t max,
                       int64_t *values, uint8_t *status, uint8_t bad);

/// Reads `YYYY-MM-DD` and `HH:MM:SS[.fraction]` as microseconds since 1970 (years 1970–2148).
/// A field that is no time gives 0 and sets `status[i]` to `bad` where it was 0.
void ck_parse_date_times(const uint8_t *bytes, const ck_range *dates, const ck_range *times,
                         size_t count, int64_t *micros, uint8_t *status, uint8_t bad);

/// Reads seconds since 1970 with an optional fraction (`1525344856.899`) as microseconds.
void ck_parse_epochs(const uint8_t *bytes, const ck_range *fields, size_t count, int64_t *micros,
                     uint8_t *status, uint8_t bad);

/// Finds the host in a URL (`scheme://user@host:port/path`), in `host:port`, or in a bare host.
/// No host gives an empty range, and so do `word:word` and `*`, which proxies log where a request
/// was none. Brackets around an IPv6 address are left out.
void ck_url_hosts(const uint8_t *bytes, const ck_range *urls, size_t count, ck_range *hosts);

// --- Hash tables ------------------------------------------------------------------------------

/// Where an entry of a table is, and a part of the hash of its key. `place` = 0: free.
typedef struct {
  uint32_t tag;
  uint32_t place;
} ck_slot;

// --- Dictionaries (dictionary.c) --------------------------------------------------------------

#define CK_ABSENT UINT32_MAX

/// Bytes of a key that lie in its entry, the rest in the dictionary's tails.
#define CK_ENTRY_HEAD 40

/// A key and its value. 64 bytes: one cache line.
typedef struct {
  uint64_t hash;
  uint32_t value;
  uint32_t key_bytes;
  uint32_t tail_start;
  uint32_t unused;
  uint8_t head[CK_ENTRY_HEAD];  // Zeros behind the end of the key.
} ck_entry;

/// What a table hashes with. Each factor of each product has one of them in it: whoever does not
/// know them can make no factor 0, and so no keys that collide.
typedef struct {
  uint64_t a, b, c, d;
} ck_secrets;
ck_secrets ck_make_secrets(uint64_t seed);

/// A dictionary. `slot_mask` + 1 is the number of slots, a power of two, of which some are free;
/// the first entry is at place 1.
typedef struct {
  const ck_slot *slots;
  size_t slot_mask;
  const ck_entry *entries;
  const uint8_t *tails;
  ck_secrets secrets;
} ck_dictionary;

/// Looks keys up: `values[i]` is the value of key i, or CK_ABSENT. Returns how many are absent.
size_t ck_dictionary_find(ck_level level, const uint8_t *bytes, const ck_range *fields,
                          size_t count, const ck_dictionary *dictionary, uint32_t *values);

/// Puts a key that is absent into the table, as the entry at `place`; there must be a free slot.
/// What of the key does not fit into its entry goes to `tails + tail_start`. As of text, 64 bytes
/// behind the key must be readable.
void ck_dictionary_put(const uint8_t *key, uint32_t length, uint32_t value, uint32_t place,
                       ck_secrets secrets, ck_slot *slots, size_t slot_mask, ck_entry *entries,
                       uint8_t *tails, uint32_t tail_start);

/// Fills empty slots with the entries at places 1..<place_end.
void ck_dictionary_rehash(const ck_entry *entries, uint32_t place_end, ck_slot *slots,
                          size_t slot_mask);

// --- Words (words.c) --------------------------------------------------------------------------

/// The longest word of a table of words, in bytes.
#define CK_WORD_MAX 32

/// A word and its code.
typedef struct {
  uint8_t bytes[CK_WORD_MAX];  // Zeros behind the end.
  uint32_t length;
  uint8_t code;
  uint8_t in_use;
} ck_word;

/// Looks words up: `codes[i]` is raised to the code of word i; the places of words that are absent,
/// or longer than CK_WORD_MAX, go to `absent`. Returns how many those are. `mask` + 1 is the number
/// of entries, a power of two, of which some are not in use.
size_t ck_words_find(const uint8_t *bytes, const ck_range *fields, size_t count,
                     const ck_word *table, size_t mask, uint8_t *codes, uint32_t *absent);

/// Puts a word of at most CK_WORD_MAX bytes into the table; 0 when it is there already.
int ck_words_put(const uint8_t *bytes, ck_range field, uint8_t code, ck_word *table, size_t mask);

// --- Prints of names and events (prints.c) ----------------------------------------------------

#define CK_DAY_MICROS 86400000000ll

/// 128 bits that stand for a name, or for the day, the action and all names of an event.
typedef struct {
  uint64_t low, high;
} ck_print;

/// Columns of names that go into a print.
#define CK_PRINT_COLUMNS 4

/// Random bits that prints depend on; those of two levels differ under one key.
typedef struct {
  ck_print rounds[4];
  ck_print columns[CK_PRINT_COLUMNS + 1];
} ck_print_key;

/// Begins the prints of events with their days and actions.
void ck_prints_begin(ck_level level, const int64_t *times, const uint8_t *actions, size_t count,
                     const ck_print_key *key, ck_print *prints);

/// Adds a column of names to the prints of events. Days, actions and names are all equal, or two
/// prints differ, but for chance. Of every name 32 bytes are read.
void ck_prints_add(ck_level level, const uint8_t *bytes, const ck_range *names, size_t count,
                   const ck_print_key *key, size_t column, ck_print *prints);

/// 96 bits of a known print, and what it leads to (a group's place, a name's number) plus 1; 0 in a
/// free slot.
typedef struct {
  uint64_t low;
  uint32_t high;
  uint32_t place;
} ck_known;

/// Looks prints up: `places[i]` is what print i leads to, or CK_ABSENT. Those that are absent and
/// whose status is 0, or where there is none, go to `absent`, which needs room for `count` and one
/// more. Returns how many those are. `mask` + 1 is the number of slots, a power of two, of which
/// some are free.
size_t ck_known_find(const ck_print *prints, const uint8_t *status, size_t count,
                     const ck_known *slots, size_t mask, uint32_t *places, uint32_t *absent);

/// The slot of a print, or the free one where it would go.
ck_known *ck_known_slot(const ck_print *print, ck_known *slots, size_t mask);

/// `ck_known_find` of all prints while another thread adds to the slots by `ck_shared_add`: what is
/// added meanwhile is found, or is absent.
size_t ck_shared_find(const ck_print *prints, size_t count, const ck_known *slots, size_t mask,
                      uint32_t *places);
/// Has the slot of a print fetched, which is asked for soon.
void ck_known_fetch(const ck_print *print, const ck_known *slots, size_t mask);
/// Adds a print that is not there; some slots stay free. One thread at a time.
void ck_shared_add(const ck_print *print, uint32_t place, ck_known *slots, size_t mask);

/// Fills empty slots with those of a smaller table of `count` slots.
void ck_known_rehash(const ck_known *old, size_t count, ck_known *slots, size_t mask);

// --- Groups (groups.c) ------------------------------------------------------------------------

/// Sums of one group of events. 64 bytes: one cache line.
typedef struct {
  uint32_t user, host, address, device;
  uint16_t day;
  uint8_t action;
  uint8_t has;  // CK_HAS_… : which byte counts were there at least once.
  uint32_t events;
  int64_t uploaded, downloaded, total;
  int64_t first_seen, last_seen;
} ck_group;

#define CK_HAS_UPLOADED 1
#define CK_HAS_DOWNLOADED 2
#define CK_HAS_TOTAL 4

/// Where the columns of a batch of events are; `status[i]` other than 0 leaves event i out.
typedef struct {
  size_t count;
  const uint8_t *status;
  const uint32_t *users, *hosts, *addresses, *devices;
  const uint8_t *actions;
  const int64_t *times, *uploaded, *downloaded, *totals;
} ck_events;

/// Adds events to groups, or new groups behind `groups[0..<group_count]`.
///
/// `slots` holds places in `groups` plus 1, and needs `slot_mask + 1` (a power of two)
/// at least twice `group_count + count`; `groups` needs room for `group_count + count`.
/// Returns the new number of groups, or SIZE_MAX when a sum left int64 (the table is then void).
size_t ck_group_events(const ck_events *events, ck_group *groups, size_t group_count,
                       ck_slot *slots, size_t slot_mask);

/// Adds events whose prints were looked up by `ck_known_find`, with what that gave.
///
/// Of an event with a known place only sums and times are read. The others are grouped by their
/// prints: `slots` and `groups` need room for `group_count + absent_count`. Returns as
/// `ck_group_events` does.
size_t ck_group_known(const ck_events *events, const ck_print *prints, const uint32_t *places,
                      const uint32_t *absent, size_t absent_count, ck_group *groups,
                      size_t group_count, ck_known *slots, size_t slot_mask);

/// Gives events with a known place the numbers of the group there.
void ck_group_numbers(const ck_group *groups, const uint32_t *places, const uint8_t *status,
                      size_t count, uint32_t *users, uint32_t *hosts, uint32_t *addresses,
                      uint32_t *devices);

/// Adds whole groups to a table of groups, as `ck_group_events` does with events.
size_t ck_group_merge(const ck_group *source, size_t count, ck_group *groups, size_t group_count,
                      ck_slot *slots, size_t slot_mask);

/// Fills an emptied table of slots again with the groups there are.
void ck_group_rehash(const ck_group *groups, size_t group_count, ck_slot *slots,
                     size_t slot_mask);

/// How many numbers there are of each kind of name.
typedef struct {
  size_t users, hosts, addresses, devices;
} ck_name_counts;

/// A byte for each number of a name.
typedef struct {
  uint8_t *users, *hosts, *addresses, *devices;
} ck_name_marks;

/// Marks the names that groups have, by their numbers, each of which must be lower than the count
/// of its kind, and widens a range of days to theirs. Returns 0 at a number that is not.
int ck_group_used(const ck_group *groups, size_t count, const ck_name_counts *counts,
                  const ck_name_marks *marks, uint16_t *first_day, uint16_t *last_day);

#include "CLines.h"
#include "CSorting.h"
#include "CSums.h"
#include "CTimes.h"

#endif
