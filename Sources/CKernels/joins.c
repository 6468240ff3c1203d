#define _GNU_SOURCE
// JSON objects that do not have a line each: printed over several lines, several in one line, or
// wrapped in an array or an envelope, `{"records": [ … ]}`.
#include <string.h>

#include "CKernels.h"
#include "bytes.h"

#define OBJECT_BYTES_MAX (1u << 20)

// What `object_end` says of an object that does not end before `end`.
#define OPEN UINT32_MAX

// Behind the object that starts at `at`, over as many lines as it takes. 0: another one starts
// first, at the start of a line, or it can be none.
static uint32_t object_end(const uint8_t *bytes, uint32_t at, uint32_t end) {
  uint32_t depth = 0;
  for (; at < end; at++) {
    switch (bytes[at]) {
      case '"':
        for (at++; at < end && bytes[at] != '"'; at++) {
          if (bytes[at] == '\n') return 0;
          if (bytes[at] == '\\') at++;
        }
        break;
      case '\n':
        if (at + 1 < end && bytes[at + 1] == '{') return 0;
        break;
      case '{':
      case '[':
        depth++;
        break;
      case '}':
      case ']':
        if (--depth == 0) return at + 1;
        break;
      case 0: return 0;
      default: break;
    }
  }
  return OPEN;
}

// Where the value of the member starts that starts at `at`: behind `"name":`. 0: there is none.
static uint32_t behind_name(const uint8_t *bytes, uint32_t at, uint32_t end) {
  if (at >= end || bytes[at] != '"') return 0;
  for (at++; at < end && bytes[at] != '"'; at++)
    if (bytes[at] < ' ' || bytes[at] == '\\') return 0;
  at = skip_blanks(bytes, at + 1, end);
  if (at >= end || bytes[at] != ':') return 0;
  return skip_blanks(bytes, at + 1, end);
}

// Behind `"name": [`. 0: it does not stand there.
static uint32_t array_start(const uint8_t *bytes, uint32_t at, uint32_t end) {
  at = behind_name(bytes, at, end);
  return at && at < end && bytes[at] == '[' ? at + 1 : 0;
}

// Members in front of an envelope's array, and their bytes, at most.
#define ENVELOPE_MEMBERS 16
#define ENVELOPE_BYTES 4096

// Behind the member that starts at `at`, an object or no more than a value, and its comma. 0: there
// is none such.
static uint32_t behind_member(const uint8_t *bytes, uint32_t at, uint32_t end) {
  at = behind_name(bytes, at, end);
  if (!at) return 0;
  if (at < end && bytes[at] == '{') {
    at = object_end(bytes, at, end);
    if (at == 0 || at == OPEN) return 0;
  } else if (at < end && bytes[at] == '"') {
    for (at++; at < end && bytes[at] != '"'; at++) {
      if (bytes[at] < ' ') return 0;
      if (bytes[at] == '\\') at++;
    }
    at++;
  } else {
    while (at < end && !is_bracket(bytes[at])) at++;
  }
  at = skip_blanks(bytes, at, end);
  return at < end && bytes[at] == ',' ? at + 1 : 0;
}

// Whether the name that starts at `at` is one that arrays of records have behind other members.
static int is_name_of_records(const uint8_t *bytes, uint32_t at, uint32_t end) {
  static const char names[][10] = {"\"value\"", "\"records\"", "\"results\"", "\"logs\""};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const uint32_t length = (uint32_t)strnlen(names[i], sizeof *names);
    uint32_t same = 0;
    while (same < length && at + same < end && (bytes[at + same] | 0x20) == names[i][same]) same++;
    if (same == length) return 1;
  }
  return 0;
}

// The first object in the array of an envelope: an object that starts with an array, or has one
// with a name of records behind some values. 0: it is none.
static uint32_t in_envelope(const uint8_t *bytes, uint32_t at, uint32_t end) {
  if (at >= end || bytes[at] != '{') return 0;
  const uint32_t limit = end - at > ENVELOPE_BYTES ? at + ENVELOPE_BYTES : end;
  at = skip_blanks(bytes, at + 1, end);
  for (int member = 0; member <= ENVELOPE_MEMBERS && at < end; member++) {
    const uint32_t array = array_start(bytes, at, end);
    if (array) {
      if (member > 0 && !is_name_of_records(bytes, at, end)) return 0;
      const uint32_t first = skip_blanks(bytes, array, end);
      return first < end && bytes[first] == '{' ? first : 0;
    }
    at = behind_member(bytes, at, limit);
    if (!at) return 0;
    at = skip_blanks(bytes, at, limit);
  }
  return 0;
}

// Whether a line holds nothing but brackets of an array or of an envelope, or the name of one.
static int holds_brackets_only(const uint8_t *bytes, uint32_t at, uint32_t stop, uint32_t end) {
  const uint32_t first = skip_blanks(bytes, at, stop);
  if (first < stop && bytes[first] == '{') {
    const uint32_t inner = in_envelope(bytes, first, end);
    return inner > stop;
  }
  const uint32_t array = array_start(bytes, first, stop);
  for (at = array ? array : first; at < stop; at++)
    if (!is_bracket(bytes[at])) return 0;
  return 1;
}

ck_open_object ck_find_open_object(const uint8_t *bytes, uint32_t at, uint32_t stop,
                                   uint32_t end) {
  ck_open_object found = {{at, at}, stop, 1, 0, 0};
  uint32_t first = skip_blanks(bytes, at, stop), last = stop;
  while (last > first && (bytes[last - 1] <= ' ' || bytes[last - 1] == ',')) last--;
  if (first == last) return found;
  // What opens an object or an array starts with a bracket, or is the name of an array and ends
  // with one.
  if (!is_bracket(bytes[first]) && !(bytes[first] == '"' && is_bracket(bytes[last - 1])))
    return found;
  if (holds_brackets_only(bytes, first, stop, end)) {
    found.is_bracket = 1;
    return found;
  }
  const uint32_t inner = in_envelope(bytes, first, stop);
  if (inner) first = inner;
  if (bytes[first] != '{' || (bytes[last - 1] == '}' && !inner)) return found;
  const uint32_t limit = end - first > OBJECT_BYTES_MAX ? first + OBJECT_BYTES_MAX : end;
  const uint32_t close = object_end(bytes, first, limit);
  found.is_open = close == OPEN && limit == end;
  if (close <= stop || close == OPEN) return found;
  const uint8_t *newline = memchr(bytes + close, '\n', end - close);
  found.text = (ck_range){first, close};
  found.stop = newline ? (uint32_t)(newline - bytes) : end;
  for (uint32_t place = stop; place < close; place++) found.lines += bytes[place] == '\n';
  return found;
}

uint32_t ck_unfinished_object(const uint8_t *bytes, uint32_t start, uint32_t end) {
  const uint8_t *last = end - start > 1 ? memrchr(bytes + start, '\n', end - start - 1) : NULL;
  const uint32_t last_line = last ? (uint32_t)(last - bytes) + 1 : start;
  // Most logs of objects have one a line, and no other log has a line that starts so.
  if (end - last_line > 2 && bytes[last_line] == '{' && bytes[end - 1] == '\n' &&
      (bytes[end - 2] == '}' || (bytes[end - 2] == '\r' && bytes[end - 3] == '}')))
    return end;
  const uint8_t *brace = memchr(bytes + start, '{', end - start);
  if (!brace) return end;
  const uint8_t *before = memrchr(bytes + start, '\n', (size_t)(brace - bytes) - start);
  for (uint32_t at = before ? (uint32_t)(before - bytes) + 1 : start; at < end;) {
    const uint8_t *newline = memchr(bytes + at, '\n', end - at);
    const uint32_t stop = newline ? (uint32_t)(newline - bytes) : end;
    if (at < stop && bytes[stop - 1] != '}' && is_bracket(bytes[at])) {
      const ck_open_object object = ck_find_open_object(bytes, at, stop, end);
      if (object.is_open) return at;
      at = object.stop + 1;
    } else {
      at = stop + 1;
    }
  }
  return end;
}

ck_range ck_next_object(const uint8_t *bytes, uint32_t at, uint32_t stop) {
  while (at < stop && (bytes[at] <= ' ' || bytes[at] == ',' || bytes[at] == '[')) at++;
  if (at >= stop || bytes[at] != '{') return (ck_range){stop, stop};
  const uint32_t close = object_end(bytes, at, stop);
  return (ck_range){at, close == OPEN || close == 0 ? at : close};
}

ck_range ck_first_object(const uint8_t *bytes, uint32_t at, uint32_t stop, int *is_wrapped) {
  const uint32_t inner = in_envelope(bytes, skip_blanks(bytes, at, stop), stop);
  *is_wrapped = inner != 0;
  return ck_next_object(bytes, inner ? inner : at, stop);
}

size_t ck_count_inner_objects(const uint8_t *bytes, uint32_t start, uint32_t end) {
  size_t count = 0;
  for (uint32_t at = start; at < end; at++) {
    const uint8_t *open = memchr(bytes + at, '{', end - at);
    if (!open) break;
    at = (uint32_t)(open - bytes);
    count += at > start && bytes[at - 1] != ':' && bytes[at - 1] != '\n';
  }
  return count;
}
