// Lines of any shape: what CKernels.h has for plain tables, for all others.
#ifndef LOGVEIL_CLINES_H
#define LOGVEIL_CLINES_H

#include "CKernels.h"

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

/// Whether `text`, of at least one byte, stands in a line; then `*behind` is where it ends.
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

/// Pieces that a template may have.
#define CK_PIECES_MAX 64

/// Text to be found first, and the pieces behind it.
typedef struct {
  const uint8_t *bytes;
  uint32_t length;
  const ck_piece *pieces;
  size_t count;
} ck_template;

/// Cuts a line by a template. 0: it does not fit, and nothing was written.
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
