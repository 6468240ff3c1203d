// Times of whole columns.
#include <string.h>

#include "CKernels.h"
#include "bytes.h"

#define MICROS 1000000ll

// --- the time of the row before ---

// The fields of a row, and its time; where its text ends in `:MM:SS`, the time at which its minute
// began.
typedef struct {
  const ck_time_rule *rule;
  ck_range fields[CK_TIME_FIELDS_MAX];
  ck_time start;
  int ends_with_seconds;
} known_time;

// Longer texts of times are read as they are.
#define KNOWN_BYTES 32

// The seconds at the end of a text that ends in `:SS`; 60: it does not.
static uint32_t last_seconds(const uint8_t *bytes, ck_range text) {
  if (text.end - text.start < 6 || text.end - text.start > KNOWN_BYTES) return 60;
  const uint8_t *last = bytes + text.end - 3;
  const uint8_t tens = last[1] - '0', ones = last[2] - '0';
  return last[0] == ':' && tens < 6 && ones < 10 ? tens * 10u + ones : 60;
}

// Whether texts of at most KNOWN_BYTES are the same.
static int same_text(const uint8_t *bytes, ck_range a, ck_range b) {
  const uint32_t length = a.end - a.start;
  if (b.end - b.start != length || length > KNOWN_BYTES) return 0;
  for (uint32_t at = 0; at < length; at += 16)
    if (any_lane(lanes_of(bytes, a.start + at, a.end) ^ lanes_of(bytes, b.start + at, b.end)))
      return 0;
  return 1;
}

// Reads a time that is the one before, or differs from it by its seconds. 0: it may be any other.
static int read_as_before(const uint8_t *bytes, const ck_range *fields, size_t count,
                          const ck_time_rule *rule, const known_time *known, ck_time *time) {
  if (known->rule != rule) return 0;
  uint32_t seconds = 0;
  if (known->ends_with_seconds && (seconds = last_seconds(bytes, fields[count - 1])) == 60)
    return 0;
  for (size_t i = 0; i < count; i++) {
    ck_range a = fields[i], b = known->fields[i];
    if (known->ends_with_seconds && i + 1 == count) a.end -= 2, b.end -= 2;
    if (!same_text(bytes, a, b)) return 0;
  }
  *time = known->start;
  time->micros += seconds * MICROS;
  return 1;
}

// Whether the seconds with which a text ends are those of its time.
static int is_clock(const uint8_t *bytes, ck_range text, const ck_time_rule *rule,
                    const ck_time_plan *plan) {
  if (rule->how != CK_READ_STEPS) return bytes[text.end - 6] == ':';
  return rule->step_count > 0 &&
         plan->steps[rule->first_step + rule->step_count - 1].kind == CK_TIME_SECOND;
}

// Keeps the time of a row that was read.
static void keep_time(const uint8_t *bytes, const ck_range *fields, size_t count,
                      const ck_time_rule *rule, const ck_time_plan *plan, const ck_time *time,
                      known_time *known) {
  const uint32_t seconds = last_seconds(bytes, fields[count - 1]);
  known->rule = rule;
  for (size_t i = 0; i < count; i++) known->fields[i] = fields[i];
  known->start = *time;
  known->ends_with_seconds = seconds < 60 && is_clock(bytes, fields[count - 1], rule, plan);
  if (known->ends_with_seconds) known->start.micros -= seconds * MICROS;
}

// --- columns ---

// Gives a time that was read without its year the year it has. 0: no year has such a day.
static int complete(ck_time *time, const ck_time_plan *plan) {
  if (plan->year) return ck_set_year(time, plan->year);
  for (int32_t year = plan->newest; year >= plan->newest - 8; year--) {
    ck_time candidate = *time;
    if (!ck_set_year(&candidate, year) || candidate.micros > plan->latest) continue;
    *time = candidate;
    return 1;
  }
  return 0;
}

// The offset behind `yyyy-mm-ddThh:mm:ss` and its fraction; empty where there is none.
static ck_range zone_of(const uint8_t *bytes, ck_range time) {
  if (time.end - time.start <= 19) return (ck_range){time.end, time.end};
  uint32_t at = time.start + 19;
  while (at < time.end && bytes[at] != '+' && bytes[at] != '-' && bytes[at] != 'Z') at++;
  return (ck_range){at, time.end};
}

// Reads the time of one row by one rule. 0: its fields are missing; -1: they are no time.
static int read_by_rule(const uint8_t *bytes, const ck_range *row, ck_range header_time,
                        const ck_time_rule *rule, const ck_time_plan *plan, known_time *known,
                        ck_time *time) {
  ck_range fields[CK_TIME_FIELDS_MAX] = {header_time};
  for (uint32_t i = 0; i < rule->count; i++) fields[i] = row[plan->slots[rule->first + i]];
  const size_t count = rule->count ? rule->count : 1;
  for (size_t i = 0; i < count; i++)
    if (is_null(bytes, fields[i])) return 0;
  if (!read_as_before(bytes, fields, count, rule, known, time)) {
    if (!ck_read_joined_time(bytes, fields, count, rule->how, plan->steps + rule->first_step,
                             rule->step_count, time))
      return -1;
    keep_time(bytes, fields, count, rule, plan, time, known);
  }
  if (!time->has_year && !complete(time, plan)) return -1;
  int32_t seconds;
  if (!time->has_offset && (rule->zone_of_header || rule->zone != CK_NO_SLOT) &&
      ck_read_offset(bytes,
                     rule->zone_of_header ? zone_of(bytes, header_time) : row[rule->zone],
                     &seconds)) {
    time->micros -= seconds * MICROS;
    time->has_offset = 1;
  }
  return time->micros >= 0 ? 1 : -1;
}

void ck_read_times(const uint8_t *bytes, const ck_columns *columns, const ck_time_plan *plan,
                   int64_t *micros, uint8_t *is_local, uint8_t *status, uint8_t missing,
                   uint8_t bad) {
  known_time known = {.rule = NULL};
  for (size_t i = 0; i < columns->count; i++) {
    is_local[i] = 0;
    if (status[i]) continue;
    const uint32_t place = columns->rows[i];
    const ck_range *row = columns->values + place * columns->stride;
    int is_there = 0, is_read = 0;
    ck_time time;
    for (size_t r = 0; r < plan->rule_count && is_read != 1; r++) {
      is_read = read_by_rule(bytes, row, columns->heads[place].time, &plan->rules[r], plan, &known,
                             &time);
      is_there |= is_read;
    }
    if (is_read != 1) {
      status[i] = is_there ? bad : missing;
      continue;
    }
    micros[i] = time.micros;
    is_local[i] = !time.has_offset;
  }
}
