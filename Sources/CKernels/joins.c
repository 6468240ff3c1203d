#define _GNU_SOURCE
// JSON objects that are printed over several lines.
#include <string.h>

#include "CKernels.h"

#define OBJECT_BYTES_MAX (1u << 20)

// Behind the object that starts at `at`, over as many lines as it takes. 0: it does not end before
// `end`, or another one starts first, at the start of a line.
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
  return 0;
}

ck_open_object ck_find_open_object(const uint8_t *bytes, uint32_t at, uint32_t stop,
                                   uint32_t end) {
  ck_open_object found = {{at, at}, stop, 1, 0};
  uint32_t first = at, last = stop;
  while (first < stop && bytes[first] <= ' ') first++;
  while (last > first && (bytes[last - 1] <= ' ' || bytes[last - 1] == ',')) last--;
  if (first == last) return found;
  if (last - first == 1 && (bytes[first] == '[' || bytes[first] == ']')) {
    found.is_bracket = 1;
    return found;
  }
  if (bytes[first] != '{' || bytes[last - 1] == '}') return found;
  const uint32_t limit = end - first > OBJECT_BYTES_MAX ? first + OBJECT_BYTES_MAX : end;
  const uint32_t close = object_end(bytes, first, limit);
  if (close <= stop) return found;
  const uint8_t *newline = memchr(bytes + close, '\n', end - close);
  found.text.end = close;
  found.stop = newline ? (uint32_t)(newline - bytes) : end;
  for (uint32_t place = stop; place < close; place++) found.lines += bytes[place] == '\n';
  return found;
}
