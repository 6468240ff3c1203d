// Cutting lines into fields, and reading numbers, times and hosts out of fields.
#include <string.h>

#include "CKernels.h"
#include "bytes.h"

#define INLINE __attribute__((always_inline)) static inline

static inline uint64_t load8(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, 8);
  return value;
}

// Whether a line starts or ends with a separator, which is no field where separators collapse.
static inline int has_outer_separator(const uint8_t *bytes, uint32_t begin, uint32_t end,
                                      uint8_t separator) {
  if (end > begin && bytes[end - 1] == '\r') end--;
  return end > begin && (bytes[begin] == separator || bytes[end - 1] == separator);
}

static inline ck_range without_quotes(const uint8_t *bytes, ck_range field, uint8_t quote) {
  if (bytes[field.start] == quote && field.end - field.start >= 2 && bytes[field.end - 1] == quote)
    field.start++, field.end--;
  return field;
}

// Lines that are cut together: what the index says of them stays in the first-level cache.
#define STEP 64

// Records of a step: for each the place of its first separator, and those whose line ends with a
// carriage return.
typedef struct {
  size_t count, cr_count;
  uint32_t first[STEP];
  uint8_t crs[STEP];
} ck_step;

// Cuts one wanted field out of the records of a step. `quoting` and `collapsing` are constants, so
// that each dialect has a loop of its own.
INLINE void cut_column(const uint8_t *bytes, const uint32_t *separators, const ck_step *step,
                       ck_dialect dialect, ck_range *fields, int quoting, int collapsing) {
  for (size_t i = 0; i < step->count; i++) {
    const uint32_t *separator = separators + step->first[i];
    ck_range field = {separator[-1] + 1, separator[0]};
    if (collapsing)
      while (field.start < field.end && bytes[field.start] == dialect.separator) field.start++;
    fields[i] = quoting ? without_quotes(bytes, field, dialect.quote) : field;
  }
}

// A carriage return at the end of the line is no part of the last field.
INLINE void drop_returns(const uint8_t *bytes, const uint32_t *separators, const ck_step *step,
                         ck_dialect dialect, ck_range *fields, int quoting) {
  for (size_t n = 0; n < step->cr_count; n++) {
    ck_range *field = &fields[step->crs[n]];
    if (field->end != separators[step->first[step->crs[n]]]) continue;
    if (field->end > field->start) field->end--;
    if (quoting) *field = without_quotes(bytes, *field, dialect.quote);
  }
}

INLINE ck_cut_counts cut_lines(const uint8_t *bytes, const ck_index *index, uint32_t line,
                               uint32_t line_end, const ck_cut_plan *plan, const ck_cuts *cuts,
                               int quoting, int collapsing) {
  const uint32_t *positions = index->positions;
  const ck_dialect dialect = plan->dialect;
  const uint32_t fields_max = plan->more_allowed ? CK_ODD_QUOTES - 1 : plan->field_count;
  ck_cut_counts counts = {0, 0};
  uint32_t first = line ? (index->line_ends[line - 1] & ~CK_ODD_QUOTES) + 1 : 0;
  while (line < line_end) {
    const uint32_t stop = line_end - line < STEP ? line_end : line + STEP;
    ck_step step = {.count = 0, .cr_count = 0};
    for (; line < stop; line++) {
      const uint32_t last = index->line_ends[line];
      const uint32_t fields = last - first + 1;  // Out of all bounds where quotes are odd.
      const uint32_t begin = positions[(size_t)first - 1] + 1;
      const uint32_t end = positions[last & ~CK_ODD_QUOTES];
      const uint32_t from = first;
      first = (last & ~CK_ODD_QUOTES) + 1;
      if (fields < plan->field_count || fields > fields_max || bytes[begin] == '#' ||
          (collapsing && has_outer_separator(bytes, begin, end, dialect.separator))) {
        cuts->irregular[counts.irregular++] = line;
        continue;
      }
      step.crs[step.cr_count] = (uint8_t)step.count;
      step.cr_count += fields == plan->field_count && end > begin && bytes[end - 1] == '\r';
      cuts->record_lines[counts.records + step.count] = line;
      step.first[step.count++] = from;
    }
    for (size_t w = 0; w < plan->wanted_count; w++) {
      const uint32_t *separators = positions + plan->wanted[w];
      ck_range *fields = cuts->ranges + w * cuts->stride + counts.records;
      cut_column(bytes, separators, &step, dialect, fields, quoting, collapsing);
      if (step.cr_count > 0 && plan->wanted[w] == plan->field_count - 1)
        drop_returns(bytes, separators, &step, dialect, fields, quoting);
    }
    counts.records += step.count;
  }
  return counts;
}

ck_cut_counts ck_cut_lines(const uint8_t *bytes, const ck_index *index, size_t line,
                           size_t line_end, const ck_cut_plan *plan, const ck_cuts *cuts) {
  const uint32_t from = (uint32_t)line, to = (uint32_t)line_end;
  const int quoting = plan->dialect.quote != plan->dialect.separator;
  if (plan->dialect.collapses)
    return quoting ? cut_lines(bytes, index, from, to, plan, cuts, 1, 1)
                   : cut_lines(bytes, index, from, to, plan, cuts, 0, 1);
  return quoting ? cut_lines(bytes, index, from, to, plan, cuts, 1, 0)
                 : cut_lines(bytes, index, from, to, plan, cuts, 0, 0);
}

// --- numbers ---

// Eight ASCII digits, first one in the lowest byte, to a number; *bad is set if one is none.
static inline uint32_t eight_digits(uint64_t text, uint64_t *bad) {
  const uint64_t digits = text ^ 0x3030303030303030ull;
  *bad |= (digits | (digits + 0x0606060606060606ull)) & 0xf0f0f0f0f0f0f0f0ull;
  uint64_t pairs = digits * 10 + (digits >> 8);
  return (uint32_t)((((pairs & 0x000000ff000000ffull) * 0x000f424000000064ull) +
                     (((pairs >> 16) & 0x000000ff000000ffull) * 0x0000271000000001ull)) >>
                    32);
}

// At most eight digits; shorter ones are moved up behind leading zeros.
static inline uint32_t few_digits(const uint8_t *bytes, uint32_t count, uint64_t *bad) {
  uint64_t text = load8(bytes);
  if (count < 8) text = (text << (8 * (8 - count))) | (0x3030303030303030ull >> (8 * count));
  return eight_digits(text, bad);
}

// The decimal number in a field of 1 to 19 digits.
static inline uint64_t decimal(const uint8_t *bytes, uint32_t count, uint64_t *bad) {
  if (count <= 8) return few_digits(bytes, count, bad);
  const uint32_t head = count & 7 ? count & 7 : 8;
  uint64_t value = few_digits(bytes, head, bad);
  for (uint32_t at = head; at < count; at += 8)
    value = value * 100000000 + eight_digits(load8(bytes + at), bad);
  return value;
}

void ck_parse_decimals(const uint8_t *bytes, const ck_range *fields, size_t count, int64_t max,
                       int64_t *values, uint8_t *status, uint8_t bad) {
  for (size_t i = 0; i < count; i++) {
    const uint32_t length = fields[i].end - fields[i].start;
    const uint8_t *field = bytes + fields[i].start;
    values[i] = CK_NULL;
    if (length == 0 || (length == 1 && *field == '-')) continue;
    uint64_t wrong = length > 19;
    const uint64_t value = wrong ? 0 : decimal(field, length, &wrong);
    if (wrong || value > (uint64_t)max) {
      if (!status[i]) status[i] = bad;
      continue;
    }
    values[i] = (int64_t)value;
  }
}

// --- times ---

#define MICROS_PER_SECOND 1000000ll

// Days from 1970-01-01 to a date of the proleptic Gregorian calendar, years counted from March.
int32_t ck_days_from_civil(int32_t year, uint32_t month, uint32_t day) {
  year -= month <= 2;
  const int32_t era = year / 400;
  const uint32_t of_era = (uint32_t)(year - era * 400);
  const uint32_t of_year = (153 * (month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;
  return era * 146097 + (int32_t)(of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719468;
}

uint32_t ck_days_of_month(uint32_t year, uint32_t month) {
  static const uint8_t days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) return 29;
  return days[month];
}

#define NO_DAY INT32_MIN

// `YYYY-MM-DD` in ten bytes, years 1970 to 2148, or NO_DAY.
static int32_t read_date(const uint8_t *field) {
  uint64_t wrong = field[4] != '-' || field[7] != '-';
  const uint32_t year = few_digits(field, 4, &wrong);
  const uint32_t month = few_digits(field + 5, 2, &wrong);
  const uint32_t day = few_digits(field + 8, 2, &wrong);
  if (wrong || year < 1970 || year > 2148 || month < 1 || month > 12 || day < 1 ||
      day > ck_days_of_month(year, month))
    return NO_DAY;
  return ck_days_from_civil((int32_t)year, month, day);
}

// Digits behind a decimal point as microseconds; digits past the sixth are dropped.
static inline int64_t read_fraction(const uint8_t *bytes, uint32_t count, uint64_t *bad) {
  static const uint32_t scale[7] = {0, 100000, 10000, 1000, 100, 10, 1};
  if (count == 0 || count > 18) {
    *bad = 1;
    return 0;
  }
  for (uint32_t i = 6; i < count; i++) *bad |= (uint8_t)(bytes[i] - '0') > 9;
  const uint32_t used = count < 6 ? count : 6;
  return (int64_t)few_digits(bytes, used, bad) * scale[used];
}

// `HH:MM:SS` with an optional fraction as microseconds of the day; second 60 is the next minute.
static inline int64_t read_time(const uint8_t *field, uint32_t length, uint64_t *bad) {
  const uint64_t text = load8(field);
  *bad |= length < 8 || (text & 0x0000ff0000ff0000ull) != 0x00003a00003a0000ull;
  // The colons become zeros, so that the eight digits read HH0MM0SS.
  const uint32_t digits = eight_digits(text ^ 0x00000a00000a0000ull, bad);
  const uint32_t hour = digits / 1000000, minute = digits / 1000 % 1000, second = digits % 1000;
  *bad |= hour > 23 || minute > 59 || second > 60;
  int64_t micros = (int64_t)(hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND;
  if (length > 8) {
    *bad |= field[8] != '.' && field[8] != ',';
    micros += read_fraction(field + 9, length - 9, bad);
  }
  return micros;
}

void ck_parse_date_times(const uint8_t *bytes, const ck_range *dates, const ck_range *times,
                         size_t count, int64_t *micros, uint8_t *status, uint8_t bad) {
  uint64_t known_head = 0;  // The date read last: its first eight bytes and its last two.
  uint16_t known_tail = 0;
  int32_t day = NO_DAY;
  // So the time without a fraction: lines of a second come together.
  uint64_t known_clock = load8((const uint8_t *)"00:00:00");
  int64_t known_time = 0;
  for (size_t i = 0; i < count; i++) {
    const uint8_t *date = bytes + dates[i].start;
    uint16_t tail;
    memcpy(&tail, date + 8, 2);
    const uint64_t head = load8(date);
    uint64_t wrong = dates[i].end - dates[i].start != 10;
    if (!wrong && (head != known_head || tail != known_tail)) {
      known_head = head, known_tail = tail;
      day = read_date(date);
    }
    wrong |= day == NO_DAY;
    const uint8_t *clock = bytes + times[i].start;
    const uint32_t length = times[i].end - times[i].start;
    int64_t time = known_time;
    if (length != 8 || load8(clock) != known_clock) {
      uint64_t bad_time = 0;
      time = read_time(clock, length, &bad_time);
      if (length == 8 && !bad_time) known_clock = load8(clock), known_time = time;
      wrong |= bad_time;
    }
    micros[i] = wrong ? 0 : (int64_t)day * 86400 * MICROS_PER_SECOND + time;
    if (wrong && !status[i]) status[i] = bad;
  }
}

void ck_parse_epochs(const uint8_t *bytes, const ck_range *fields, size_t count, int64_t *micros,
                     uint8_t *status, uint8_t bad) {
  uint64_t known_head = 0;  // The second read last: its first eight digits and its last two.
  uint16_t known_tail = 0;
  int64_t known_value = 0;
  for (size_t i = 0; i < count; i++) {
    const uint8_t *field = bytes + fields[i].start;
    const uint32_t length = fields[i].end - fields[i].start;
    const uint32_t whole =
        first_place(bytes, fields[i].start, fields[i].end, '.') - fields[i].start;
    uint64_t wrong = whole == 0 || whole > 10;
    int64_t value = known_value;
    uint16_t tail;
    memcpy(&tail, field + 8, 2);
    if (whole != 10 || load8(field) != known_head || tail != known_tail) {
      value = wrong ? 0 : (int64_t)decimal(field, whole, &wrong) * MICROS_PER_SECOND;
      if (whole == 10 && !wrong) known_head = load8(field), known_tail = tail, known_value = value;
    }
    if (!wrong && whole < length)
      value += read_fraction(field + whole + 1, length - whole - 1, &wrong);
    wrong |= value >= 65535ll * 86400 * MICROS_PER_SECOND;
    micros[i] = wrong ? 0 : value;
    if (wrong && !status[i]) status[i] = bad;
  }
}

// --- hosts ---

// Whether a port stands there: one to five digits.
static inline int is_port(const uint8_t *bytes, uint32_t start, uint32_t end) {
  for (uint32_t at = start; at < end; at++)
    if ((uint8_t)(bytes[at] - '0') > 9) return 0;
  return end > start && end - start <= 5;
}

// Whether every byte may stand in an IPv6 address.
static inline int is_address(const uint8_t *bytes, uint32_t start, uint32_t end) {
  for (uint32_t at = start; at < end; at++) {
    const uint8_t byte = bytes[at], letter = byte | 0x20;
    if ((uint8_t)(byte - '0') > 10 && byte != '.' && (letter < 'a' || letter > 'f')) return 0;
  }
  return 1;
}

// Where a URL goes on behind the `://` in its first 32 bytes; `url.start` where there is none, or
// one of `/?.` stands in front of it.
static inline uint32_t behind_scheme(const uint8_t *bytes, ck_range url) {
  const uint32_t limit = url.end - url.start > 32 ? url.start + 32 : url.end;
  for (uint32_t at = url.start; at < limit;) {
    const ck_lanes here = *(const ck_lanes *)(bytes + at);
    const ck_lanes marks = (ck_lanes)((here | 0x10) == '?') | (ck_lanes)(here == ':') |
                           (ck_lanes)(here == '.');
    const uint32_t lane = first_lane(marks);
    at += lane;
    if (lane == 16) continue;
    if (at + 2 >= url.end || at >= limit || bytes[at] != ':') break;
    if (bytes[at + 1] == '/' && bytes[at + 2] == '/') return at + 3;
    at++;
  }
  return url.start;
}

// The part of a URL up to the first of `/?#`: where it ends, and what stands in it.
typedef struct {
  uint32_t end, first_colon, colons;
  int has_at;
} authority;

static inline authority read_authority(const uint8_t *bytes, uint32_t start, uint32_t end) {
  authority found = {end, 0, 0, 0};
  ck_lanes ats = {0};
  for (uint32_t at = start; at < end; at += 16) {
    const ck_lanes here = *(const ck_lanes *)(bytes + at);
    uint32_t length = first_lane((ck_lanes)((here | 0x10) == '?') | (ck_lanes)(here == '#'));
    if (length > end - at) length = end - at;
    const ck_lanes own = *(const ck_lanes *)(ck_lane_masks + 16 - length);
    const ck_lanes colons = (ck_lanes)(here == ':') & own;
    ats |= (ck_lanes)(here == '@') & own;
    const uint32_t first = first_lane(colons);
    if (first < 16) {
      uint64_t halves[2];
      memcpy(halves, &colons, sizeof halves);
      if (found.colons == 0) found.first_colon = at + first;
      const uint64_t ones = 0x0101010101010101ull;
      found.colons += (uint32_t)((((halves[0] & ones) + (halves[1] & ones)) * ones) >> 56);
    }
    if (length < 16) {
      found.end = at + length;
      break;
    }
  }
  found.has_at = any_lane(ats);
  return found;
}

// Behind `://` a host may follow user and password, and its port may be empty. Without it only
// `host`, `host:port` and addresses are hosts: `error:invalid-request` and `mailto:me` are not.
static inline ck_range url_host(const uint8_t *bytes, ck_range url, uint32_t start) {
  const int has_scheme = start > url.start;
  authority found = read_authority(bytes, start, url.end);
  const uint32_t end = found.end;
  const ck_range none = {start, start};
  if (found.has_at) {
    if (!has_scheme) return none;
    for (uint32_t at = start; at < end; at++) {
      if (bytes[at] == '@') start = at + 1, found.colons = 0;
      if (bytes[at] == ':' && found.colons++ == 0) found.first_colon = at;
    }
  }
  if (start < end && bytes[start] == '[') {  // An IPv6 address in brackets.
    for (uint32_t at = start + 1; at < end; at++)
      if (bytes[at] == ']') return (ck_range){start + 1, at};
    return (ck_range){start, start};
  }
  if (found.colons == 1) {
    if (!has_scheme && !is_port(bytes, found.first_colon + 1, end)) return none;
    return (ck_range){start, found.first_colon};
  }
  if (found.colons > 1 && !is_address(bytes, start, end)) return (ck_range){start, start};
  if (end - start == 1 && bytes[start] == '*') return none;  // `OPTIONS *` asks the proxy itself.
  return (ck_range){start, end};
}

// Whether a text has a byte that stands in URLs around a host: one of `/?:*@[#`.
static inline int has_url_marks(const uint8_t *bytes, ck_range text) {
  ck_lanes marks = {0};
  for (uint32_t at = text.start; at < text.end; at += 16) {
    const ck_lanes here = lanes_of(bytes, at, text.end);
    marks |= (ck_lanes)((here | 0x10) == '?') | (ck_lanes)((here | 0x10) == ':') |
             (ck_lanes)(here == '@') | (ck_lanes)(here == '[') | (ck_lanes)(here == '#');
  }
  return any_lane(marks);
}

void ck_url_hosts(const uint8_t *bytes, const ck_range *urls, size_t count, ck_range *hosts) {
  for (size_t i = 0; i < count; i++) {
    const uint32_t start = behind_scheme(bytes, urls[i]);
    hosts[i] = start > urls[i].start || has_url_marks(bytes, urls[i])
                   ? url_host(bytes, urls[i], start)
                   : urls[i];
  }
}
