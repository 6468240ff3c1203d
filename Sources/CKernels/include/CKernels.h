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

/// The best level of this processor.
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

/// A dictionary. `slot_mask` + 1 is the number of slots, a power of two, of which some are free;
/// the first entry is at place 1.
typedef struct {
  const ck_slot *slots;
  size_t slot_mask;
  const ck_entry *entries;
  const uint8_t *tails;
  uint64_t seed;
} ck_dictionary;

/// Looks keys up: `values[i]` is the value of key i, or CK_ABSENT. Returns how many are absent.
size_t ck_dictionary_find(ck_level level, const uint8_t *bytes, const ck_range *fields,
                          size_t count, const ck_dictionary *dictionary, uint32_t *values);

/// Puts a key that is absent into the table, as the entry at `place`; there must be a free slot.
/// What of the key does not fit into its entry goes to `tails + tail_start`. As of text, 64 bytes
/// behind the key must be readable.
void ck_dictionary_put(const uint8_t *key, uint32_t length, uint32_t value, uint32_t place,
                       uint64_t seed, ck_slot *slots, size_t slot_mask, ck_entry *entries,
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

// --- Prints of events (prints.c) --------------------------------------------------------------

#define CK_DAY_MICROS 86400000000ll

/// 128 bits that stand for the day, the action and all names of an event.
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
/// prints differ, but for chance; names must not hold a NUL, and an empty one is like none. Of
/// every name 32 bytes are read.
void ck_prints_add(ck_level level, const uint8_t *bytes, const ck_range *names, size_t count,
                   const ck_print_key *key, size_t column, ck_print *prints);

/// 96 bits of a known print, and the place of its group plus 1; 0 in a free slot.
typedef struct {
  uint64_t low;
  uint32_t high;
  uint32_t place;
} ck_known;

/// Looks prints up: `places[i]` is the place of the group of event i, or CK_ABSENT. Events whose
/// place is absent and whose status is 0 go to `absent`, which needs room for `count` and one more.
/// Returns how many those are. `mask` + 1 is the number of slots, a power of two, of which some are
/// free.
size_t ck_known_find(const ck_print *prints, const uint8_t *status, size_t count,
                     const ck_known *slots, size_t mask, uint32_t *places, uint32_t *absent);

/// The slot of a print, or the free one where it would go.
ck_known *ck_known_slot(const ck_print *print, ck_known *slots, size_t mask);

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

/// Adds whole groups to a table of groups, as `ck_group_events` does with events.
size_t ck_group_merge(const ck_group *source, size_t count, ck_group *groups, size_t group_count,
                      ck_slot *slots, size_t slot_mask);

/// Asks for a group that will be read soon.
static inline void ck_group_fetch(const ck_group *group) { __builtin_prefetch(group); }

/// Fills an emptied table of slots again with the groups there are.
void ck_group_rehash(const ck_group *groups, size_t group_count, ck_slot *slots,
                     size_t slot_mask);

// --- Lines of any shape (lines.c, pairs.c, json.c) --------------------------------------------

/// One name that is looked for in records: a key, or the path of a JSON value.
#define CK_NAME_BYTES 54
typedef struct {
  uint64_t hash;
  uint8_t length;  // 0: a free entry.
  uint8_t slot;
  uint8_t text[CK_NAME_BYTES];  // Letters in lower case.
} ck_name;

/// Names in an open-addressing table; letters' case does not count.
typedef struct {
  const ck_name *entries;
  size_t mask;
} ck_names;

/// The hash under which a name stands in the table, and its text as the table holds it.
uint64_t ck_name_hash(const uint8_t *name, uint32_t length);
void ck_name_fold(const uint8_t *name, uint32_t length, uint8_t *folded);

/// Where the values of a record go: that of slot s to `values[s * stride]`. They are empty before.
typedef struct {
  ck_range *values;
  size_t stride;
} ck_record;

/// The slot of a name, or CK_NO_SLOT. Up to 8 bytes behind the name are read.
uint8_t ck_name_slot(const uint8_t *name, uint32_t length, const ck_names *names);
/// Puts a value into a slot that is empty.
void ck_record_put(const ck_record *record, uint8_t slot, uint32_t start, uint32_t end);

/// Lines of `bytes[start..<end]`; the last one may lack its newline.
size_t ck_count_lines(const uint8_t *bytes, uint32_t start, uint32_t end);
/// The offset of the first newline of `bytes[start..<end]`, or `end`.
uint32_t ck_line_end(const uint8_t *bytes, uint32_t start, uint32_t end);

/// Whether `text`, of at least one byte, stands in a line; if so, `*behind` is the offset behind it.
int ck_line_holds(const uint8_t *bytes, ck_range line, const uint8_t *text, uint32_t length,
                  uint32_t *behind);

/// What stands in front of a syslog message (RFC 3164, RFC 5424, RFC 6587), and in front of that
/// where it was relayed.
typedef struct {
  uint32_t message;  // Where the message starts; the line's start when there is no header.
  ck_range time;     // Of the innermost header that has one, else of an outer one.
} ck_syslog;
ck_syslog ck_read_syslog(const uint8_t *bytes, ck_range line);

/// How pairs of key and value are written.
typedef struct {
  uint8_t pair;           // Between key and value.
  uint8_t separators[4];  // Between pairs; one may stand for several.
  uint8_t quoted;         // 1: a value may stand in double quotes.
} ck_pairs;

/// Cuts the values of pairs out of a message. An unquoted value ends where the next key starts, so
/// that it may hold separators. Of a key that comes again the first value that is not empty counts.
void ck_cut_pairs(const uint8_t *bytes, ck_range message, const ck_pairs *pairs,
                  const ck_names *names, const ck_record *record);

/// Slots of the fields in front of the pairs of CEF and LEEF, CK_NO_SLOT for those not wanted.
#define CK_NO_SLOT 0xff
typedef struct {
  uint8_t vendor, product, version, event, name, severity;
} ck_event_header;

/// Cuts a record in the Common Event Format, or in LEEF 1.0 or 2.0; the word in front of its header
/// may have been lost on the way. Escapes in wanted values are undone in place. 0: it is none.
int ck_cut_cef(uint8_t *bytes, ck_range line, const ck_event_header *header,
               const ck_names *names, const ck_record *record);
int ck_cut_leef(uint8_t *bytes, ck_range line, const ck_event_header *header,
                const ck_names *names, const ck_record *record);

/// Cuts the values of one JSON object (RFC 8259) out of a line, wherever it starts in it. Names of
/// nested values are joined by dots; the elements of an array have its name. Escapes in wanted
/// strings are undone in place. 0: no object, or one that does not end in the line.
int ck_cut_json(uint8_t *bytes, ck_range line, const ck_names *names, const ck_record *record);

/// How the fields of a line are told apart that is cut by position.
typedef struct {
  uint8_t separator, quote;  // No quotes: quote equals separator.
  uint8_t brackets;          // 1: what stands in [ ] is one field.
  uint8_t collapses;         // 1: several separators are one.
  uint32_t place_count;
  const uint8_t *slots;  // The slot of each place, or CK_NO_SLOT.
} ck_places;

/// Cuts a message by position. Returns the number of its fields, or 0 when a quote stays open.
uint32_t ck_cut_places(const uint8_t *bytes, ck_range message, const ck_places *places,
                       const ck_record *record);

/// A piece of a template: a capture, and the text that follows it.
typedef struct {
  uint32_t text, length;  // Where the text starts in the template's bytes; none at the end.
  uint8_t slot;           // CK_NO_SLOT: skipped.
  uint8_t blanks;         // 1: it may hold blanks.
  uint8_t may_be_empty;
} ck_piece;

/// Text to be found first, and the pieces behind it.
typedef struct {
  const uint8_t *bytes;
  uint32_t length;
  const ck_piece *pieces;
  size_t count;
} ck_template;

/// Cuts a line by a template. 0: it does not fit, and values may have been written.
int ck_cut_template(const uint8_t *bytes, ck_range line, const ck_template *template,
                    const ck_record *record);

/// Undoes escapes in place; the text gets no longer.
#define CK_UNDO_BACKSLASH 1
#define CK_UNDO_HTML 2
#define CK_UNDO_PERCENT 4
ck_range ck_undo(uint8_t *bytes, ck_range text, int kinds);

/// An address or host without the port behind it: `10.0.0.1:443`, `[::1]:443`.
ck_range ck_without_port(const uint8_t *bytes, ck_range address);

/// One step of a time pattern.
typedef struct {
  uint8_t kind;  // A CK_TIME_ code, or CK_TIME_TEXT.
  uint8_t byte;  // The byte of CK_TIME_TEXT; a blank stands for any number of them.
} ck_time_step;
enum {
  CK_TIME_TEXT, CK_TIME_YEAR, CK_TIME_SHORT_YEAR, CK_TIME_MONTH, CK_TIME_MONTH_NAME, CK_TIME_DAY,
  CK_TIME_WEEKDAY, CK_TIME_HOUR, CK_TIME_HALF_HOUR, CK_TIME_MINUTE, CK_TIME_SECOND,
  CK_TIME_FRACTION, CK_TIME_HALF, CK_TIME_OFFSET, CK_TIME_ZONE_NAME, CK_TIME_SEPARATOR,
};

/// What a time that was read holds besides.
typedef struct {
  int64_t micros;   // As of UTC, where no offset was read.
  int has_offset;   // It carried its zone: `micros` is UTC.
  int has_year;     // 0: `micros` is in the year 1972, a leap year.
} ck_time;

/// Reads a time by the steps of a pattern, which must take all of the text. 0: it cannot be read.
int ck_read_time(const uint8_t *bytes, ck_range text, const ck_time_step *steps, size_t count,
                 ck_time *time);
/// Reads a time as RFC 3339 and its relatives write it.
int ck_read_iso_time(const uint8_t *bytes, ck_range text, ck_time *time);
/// Reads seconds, milli-, micro- or nanoseconds since 1970, told apart by their size.
int ck_read_epoch(const uint8_t *bytes, ck_range text, ck_time *time);
/// Reads the time of a syslog header.
int ck_read_syslog_time(const uint8_t *bytes, ck_range text, ck_time *time);
/// How the text of a time is to be read.
enum { CK_READ_STEPS, CK_READ_ISO, CK_READ_EPOCH, CK_READ_SYSLOG };
/// Reads a time out of one field, or of several as if blanks joined them. 0: it cannot be read.
int ck_read_joined_time(const uint8_t *bytes, const ck_range *fields, size_t count, int how,
                        const ck_time_step *steps, size_t step_count, ck_time *time);
/// Reads `+01:00`, `+0100`, `UTC+1`, `GMT-03:30` or `Z` as seconds. 0: it cannot be read.
int ck_read_offset(const uint8_t *bytes, ck_range text, int32_t *seconds);
/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar, and the days of a month.
int32_t ck_days_from_civil(int32_t year, uint32_t month, uint32_t day);
uint32_t ck_days_of_month(uint32_t year, uint32_t month);
/// Moves a time without a year to the year `year`. 0: it has no such day.
int ck_set_year(ck_time *time, int32_t year);

#endif
