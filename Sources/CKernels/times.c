// Times as logs write them.
#include <string.h>

#include "CKernels.h"
#include "bytes.h"

#define MICROS 1000000ll

// Where a reader stands, and what it has read.
typedef struct {
  const uint8_t *bytes;
  uint32_t at, end;
  int32_t year, month, day, hour, minute, second, offset;
  int64_t fraction;
  int has_year, has_offset, is_afternoon, is_morning;
} reader;

static reader start_at(const uint8_t *bytes, ck_range text) {
  return (reader){.bytes = bytes, .at = text.start, .end = text.end, .year = 1972, .month = 1,
                  .day = 1};
}

// A number of `least` to `most` digits. 0: there is none.
static int read_number(reader *r, int least, int most, int32_t *number) {
  int digits = 0;
  int32_t value = 0;
  while (digits < most && r->at < r->end && is_digit(r->bytes[r->at])) {
    value = value * 10 + (r->bytes[r->at++] - '0');
    digits++;
  }
  *number = value;
  return digits >= least;
}

static int read_fraction(reader *r) {
  int64_t scale = 100000;
  int digits = 0;
  for (r->fraction = 0; r->at < r->end && is_digit(r->bytes[r->at]); r->at++, digits++) {
    r->fraction += (r->bytes[r->at] - '0') * scale;
    scale /= 10;
  }
  return digits > 0;
}

static int read_month_name(reader *r) {
  static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (r->end - r->at < 3) return 0;
  for (int month = 0; month < 12; month++) {
    int same = 1;
    for (int i = 0; i < 3; i++) same &= (r->bytes[r->at + i] | 0x20) == names[3 * month + i];
    if (!same) continue;
    r->month = month + 1;
    r->at += 3;
    while (r->at < r->end && (uint8_t)((r->bytes[r->at] | 0x20) - 'a') < 26) r->at++;
    return 1;
  }
  return 0;
}

static void skip_letters(reader *r) {
  while (r->at < r->end && (uint8_t)((r->bytes[r->at] | 0x20) - 'a') < 26) r->at++;
}

// Names of zones that mean one offset the world over, in quarters of an hour; not among them are
// those of several (`CST`, `IST`, `BST`) and those whose other half of the year is such a one.
static const struct {
  char name[5];
  int8_t quarters;
} zones[] = {
    {"UTC", 0},    {"GMT", 0},    {"UT", 0},     {"Z", 0},      {"WET", 0},   {"WEST", 4},
    {"CET", 4},    {"CEST", 8},   {"MET", 4},    {"MEST", 8},   {"EET", 8},   {"EEST", 12},
    {"MSK", 12},   {"EST", -20},  {"EDT", -16},  {"MST", -28},  {"MDT", -24}, {"PST", -32},
    {"PDT", -28},  {"AKST", -36}, {"AKDT", -32}, {"HST", -40},  {"JST", 36},  {"KST", 36},
    {"HKT", 32},   {"SGT", 32},   {"AWST", 32},  {"AEST", 40},  {"AEDT", 44}, {"NZST", 48},
    {"NZDT", 52},  {"SAST", 8},
};

// Reads a word, and the offset of the zone that it names. 0: it names none that is known.
static int read_zone_name(reader *r) {
  const uint32_t start = r->at;
  skip_letters(r);
  const uint32_t length = r->at - start;
  for (size_t zone = 0; length && length < 5 && zone < sizeof zones / sizeof *zones; zone++) {
    uint32_t same = 0;
    while (same < length && (r->bytes[start + same] & ~0x20) == zones[zone].name[same]) same++;
    if (same < length || zones[zone].name[length]) continue;
    r->offset = zones[zone].quarters * 900;
    r->has_offset = 1;
    return 1;
  }
  return 0;
}

// `+01:00`, `+0100`, `+01`, `Z`, `UTC`, `GMT+1`, `CET`; `--5:00` is taken for `-5:00`.
static int read_offset(reader *r) {
  const uint32_t start = r->at;
  const int named = read_zone_name(r);
  if (r->at > start && !named) return 0;
  r->has_offset = 1;
  if (r->at == r->end || (r->bytes[r->at] != '+' && r->bytes[r->at] != '-')) return named;
  const int32_t sign = r->bytes[r->at] == '-' ? -1 : 1;
  r->at++;
  if (r->at < r->end && r->bytes[r->at] == '-') r->at++;
  int32_t hours, minutes = 0;
  if (!read_number(r, 1, 2, &hours)) return 0;
  if (r->at < r->end && r->bytes[r->at] == ':') r->at++;
  if (r->at < r->end && is_digit(r->bytes[r->at]) && !read_number(r, 2, 2, &minutes)) return 0;
  if (hours > 14 || minutes > 59) return 0;
  r->offset = sign * (hours * 3600 + minutes * 60);
  return 1;
}

// Puts a time together. 0: there is none such.
static int finish(reader *r, ck_time *time) {
  if (r->is_afternoon && r->hour < 12) r->hour += 12;
  if (r->is_morning && r->hour == 12) r->hour = 0;
  if (r->month < 1 || r->month > 12 || r->day < 1 || r->year < 1970 || r->year > 2148 ||
      (uint32_t)r->day > ck_days_of_month((uint32_t)r->year, (uint32_t)r->month) || r->hour > 24 ||
      r->minute > 59 || r->second > 60)
    return 0;
  const int64_t day = ck_days_from_civil(r->year, (uint32_t)r->month, (uint32_t)r->day);
  const int64_t seconds = day * 86400 + r->hour * 3600 + r->minute * 60 + r->second - r->offset;
  time->micros = seconds * MICROS + r->fraction;
  time->has_offset = r->has_offset;
  time->has_year = r->has_year;
  return time->micros >= 0;
}

static int is_date_separator(uint8_t byte) { return byte == '-' || byte == '/' || byte == '.'; }

static int read_clock(reader *r) {
  if (!read_number(r, 1, 2, &r->hour) || r->at == r->end || r->bytes[r->at] != ':') return 0;
  r->at++;
  if (!read_number(r, 2, 2, &r->minute)) return 0;
  if (r->at < r->end && r->bytes[r->at] == ':') {
    r->at++;
    if (!read_number(r, 2, 2, &r->second)) return 0;
  }
  if (r->at < r->end && (r->bytes[r->at] == '.' || r->bytes[r->at] == ',')) {
    r->at++;
    if (!read_fraction(r)) return 0;
  }
  return 1;
}

static int read_optional_offset(reader *r) {
  while (r->at < r->end && r->bytes[r->at] == ' ') r->at++;
  return r->at == r->end || (read_offset(r) && r->at == r->end);
}

int ck_read_iso_time(const uint8_t *bytes, ck_range text, ck_time *time) {
  reader r = start_at(bytes, text);
  r.has_year = 1;
  if (!read_number(&r, 4, 4, &r.year) || r.at == r.end || !is_date_separator(bytes[r.at])) return 0;
  r.at++;
  if (!read_number(&r, 1, 2, &r.month) || r.at == r.end || !is_date_separator(bytes[r.at]))
    return 0;
  r.at++;
  if (!read_number(&r, 1, 2, &r.day) || r.at == r.end) return 0;
  if ((bytes[r.at] | 0x20) != 't' && bytes[r.at] != ' ') return 0;
  while (r.at < r.end && ((bytes[r.at] | 0x20) == 't' || bytes[r.at] == ' ')) r.at++;
  return read_clock(&r) && read_optional_offset(&r) && finish(&r, time);
}

int ck_read_epoch(const uint8_t *bytes, ck_range text, ck_time *time) {
  int64_t value = 0, fraction = 0, scale = 100000;
  uint32_t at = text.start;
  for (; at < text.end && is_digit(bytes[at]); at++) {
    if (at - text.start >= 19) return 0;
    value = value * 10 + (bytes[at] - '0');
  }
  const uint32_t digits = at - text.start;
  if (digits == 0) return 0;
  if (at < text.end && bytes[at] == '.')
    for (at++; at < text.end && is_digit(bytes[at]); at++, scale /= 10)
      fraction += (bytes[at] - '0') * scale;
  if (at != text.end) return 0;
  if (digits <= 11) value = value * MICROS + fraction;
  else if (digits <= 14) value = value * 1000 + fraction / 1000;
  else if (digits > 17) value /= 1000;
  time->micros = value;
  time->has_offset = time->has_year = 1;
  return value < 65535ll * 86400 * MICROS;
}

static int read_step(reader *r, ck_time_step step) {
  int32_t number;
  switch (step.kind) {
    case CK_TIME_YEAR:
      r->has_year = 1;
      return read_number(r, 4, 4, &r->year);
    case CK_TIME_SHORT_YEAR:
      r->has_year = 1;
      if (!read_number(r, 2, 2, &number)) return 0;
      r->year = 2000 + number;
      return 1;
    case CK_TIME_MONTH: return read_number(r, 1, 2, &r->month);
    case CK_TIME_MONTH_NAME: return read_month_name(r);
    case CK_TIME_DAY: return read_number(r, 1, 2, &r->day);
    case CK_TIME_WEEKDAY: return skip_letters(r), 1;
    case CK_TIME_HOUR: return read_number(r, 1, 2, &r->hour) && r->hour < 24;
    case CK_TIME_HALF_HOUR: return read_number(r, 1, 2, &r->hour) && r->hour <= 12;
    case CK_TIME_MINUTE: return read_number(r, 1, 2, &r->minute);
    case CK_TIME_SECOND: return read_number(r, 1, 2, &r->second);
    case CK_TIME_FRACTION:
      if (r->at < r->end && (r->bytes[r->at] == '.' || r->bytes[r->at] == ',')) {
        r->at++;
        return read_fraction(r);
      }
      if (r->at < r->end && is_digit(r->bytes[r->at])) return read_fraction(r);
      return 1;
    case CK_TIME_HALF:
      if (r->end - r->at < 2 || (r->bytes[r->at + 1] | 0x20) != 'm') return 0;
      r->is_afternoon = (r->bytes[r->at] | 0x20) == 'p';
      r->is_morning = (r->bytes[r->at] | 0x20) == 'a';
      r->at += 2;
      return r->is_afternoon || r->is_morning;
    case CK_TIME_OFFSET: return read_offset(r);
    case CK_TIME_ZONE_NAME: return read_zone_name(r), 1;
    default:
      if (step.byte == ' ') {
        const uint32_t start = r->at;
        while (r->at < r->end && r->bytes[r->at] == ' ') r->at++;
        return r->at > start || r->at == r->end;
      }
      if (r->at == r->end || r->bytes[r->at] != step.byte) return 0;
      r->at++;
      return 1;
  }
}

int ck_read_time(const uint8_t *bytes, ck_range text, const ck_time_step *steps, size_t count,
                 ck_time *time) {
  reader r = start_at(bytes, text);
  while (r.at < r.end && bytes[r.at] == ' ') r.at++;
  for (size_t i = 0; i < count; i++)
    if (!read_step(&r, steps[i])) return 0;
  while (r.at < r.end && bytes[r.at] == ' ') r.at++;
  return r.at == r.end && finish(&r, time);
}

// `yyyy:mm:dd-hh:mm:ss`, as Sophos UTM writes it.
static int read_utm_time(reader r, ck_time *time) {
  r.has_year = 1;
  if (!read_number(&r, 4, 4, &r.year)) return 0;
  r.at++;
  if (!read_number(&r, 2, 2, &r.month)) return 0;
  r.at++;
  if (!read_number(&r, 2, 2, &r.day)) return 0;
  r.at++;
  return read_clock(&r) && r.at == r.end && finish(&r, time);
}

int ck_read_syslog_time(const uint8_t *bytes, ck_range text, ck_time *time) {
  reader r = start_at(bytes, text);
  if (r.end - r.at > 4 && is_digit(bytes[r.at])) {
    if (bytes[r.at + 4] == '-') return ck_read_iso_time(bytes, text, time);
    if (bytes[r.at + 4] == ':') return read_utm_time(r, time);
    if (bytes[r.at + 4] != ' ') return ck_read_epoch(bytes, text, time);
    if (!read_number(&r, 4, 4, &r.year)) return 0;
    r.has_year = 1;
    r.at++;
  }
  if (!read_month_name(&r)) return 0;
  while (r.at < r.end && bytes[r.at] == ' ') r.at++;
  if (!read_number(&r, 1, 2, &r.day)) return 0;
  while (r.at < r.end && bytes[r.at] == ' ') r.at++;
  if (r.end - r.at > 4 && bytes[r.at + 4] == ' ' && !r.has_year) {
    if (!read_number(&r, 4, 4, &r.year)) return 0;
    r.has_year = 1;
    while (r.at < r.end && bytes[r.at] == ' ') r.at++;
  }
  if (!read_clock(&r)) return 0;
  while (r.at < r.end && bytes[r.at] == ' ') r.at++;
  if (r.end - r.at == 4 && !r.has_year) {
    if (!read_number(&r, 4, 4, &r.year)) return 0;
    r.has_year = 1;
  }
  if (r.at < r.end && !is_digit(bytes[r.at])) read_offset(&r);
  return r.at == r.end && finish(&r, time);
}

int ck_read_offset(const uint8_t *bytes, ck_range text, int32_t *seconds) {
  reader r = start_at(bytes, text);
  if (!read_offset(&r) || r.at != r.end) return 0;
  *seconds = r.offset;
  return 1;
}

int ck_set_year(ck_time *time, int32_t year) {
  // 1972 is a leap year: every day that has a date without a year is in it.
  const int64_t of_year = time->micros / MICROS / 86400 - ck_days_from_civil(1972, 1, 1);
  const int is_leap = ck_days_of_month((uint32_t)year, 2) == 29;
  if (!is_leap && of_year == 59) return 0;
  const int64_t day = ck_days_from_civil(year, 1, 1) + of_year - (!is_leap && of_year > 59);
  time->micros = day * 86400 * MICROS + time->micros % (86400 * MICROS);
  time->has_year = 1;
  return time->micros >= 0;
}

// Joined fields; longer ones are no time.
#define JOINED_BYTES 128

int ck_read_joined_time(const uint8_t *bytes, const ck_range *fields, size_t count, int how,
                        const ck_time_step *steps, size_t step_count, ck_time *time) {
  uint8_t joined[JOINED_BYTES];
  ck_range text = fields[0];
  if (count > 1) {
    uint32_t length = 0;
    for (size_t i = 0; i < count; i++) {
      const uint32_t field_bytes = fields[i].end - fields[i].start;
      if (length + field_bytes + 1 > JOINED_BYTES) return 0;
      if (i > 0) joined[length++] = ' ';
      memcpy(joined + length, bytes + fields[i].start, field_bytes);
      length += field_bytes;
    }
    bytes = joined;
    text = (ck_range){0, length};
  }
  switch (how) {
    case CK_READ_ISO: return ck_read_iso_time(bytes, text, time);
    case CK_READ_EPOCH: return ck_read_epoch(bytes, text, time);
    case CK_READ_SYSLOG: return ck_read_syslog_time(bytes, text, time);
    default: return ck_read_time(bytes, text, steps, step_count, time);
  }
}
