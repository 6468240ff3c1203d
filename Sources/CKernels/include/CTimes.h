// Times as logs write them, one by one (times.c) and by columns (time_columns.c).
#ifndef LOGVEIL_CTIMES_H
#define LOGVEIL_CTIMES_H

#include "CKernels.h"

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

/// Fields that make up a time, at most CK_TIME_FIELDS_MAX, and how it is written.
#define CK_TIME_FIELDS_MAX 8
typedef struct {
  uint32_t first, count;  // Its slots: from this one on. None: the time of the syslog header.
  uint32_t first_step, step_count;
  int how;
  uint8_t zone;         // The slot with the offset from UTC, or CK_NO_SLOT.
  uint8_t zone_of_header;  // 1: the offset is that of the syslog header.
} ck_time_rule;

/// How times are read, the best rule in front, and the year of those that say none.
typedef struct {
  const ck_time_rule *rules;
  size_t rule_count;
  const uint8_t *slots;
  const ck_time_step *steps;
  int32_t year;    // 0: the newest one in which the time is not behind `latest`.
  int32_t newest;  // The year of `latest`.
  int64_t latest;  // Microseconds.
} ck_time_plan;

/// Times of rows as microseconds since 1970; `is_local` becomes 1 where they carried no zone. A
/// status that is not 0 stays, and its row is not read; others become `missing` or `bad`.
void ck_read_times(const uint8_t *bytes, const ck_columns *columns, const ck_time_plan *plan,
                   int64_t *micros, uint8_t *is_local, uint8_t *status, uint8_t missing,
                   uint8_t bad);
/// Reads `+01:00`, `+0100`, `UTC+1`, `GMT-03:30` or `Z` as seconds. 0: it cannot be read.
int ck_read_offset(const uint8_t *bytes, ck_range text, int32_t *seconds);
/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar, and the days of a month.
int32_t ck_days_from_civil(int32_t year, uint32_t month, uint32_t day);
uint32_t ck_days_of_month(uint32_t year, uint32_t month);
/// Moves a time without a year to the year `year`. 0: it has no such day.
int ck_set_year(ck_time *time, int32_t year);

#endif
