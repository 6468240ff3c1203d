// Values out of JSON objects, by the paths of their names.
#include <string.h>

#include "CKernels.h"

#define DEPTH_MAX 32
#define PATH_BYTES 256

typedef struct {
  uint8_t *bytes;
  uint32_t at, end;
  const ck_names *names;
  const ck_record *record;
  uint32_t depth;
  uint32_t path_bytes;
  uint32_t path_ends[DEPTH_MAX];  // Bytes of the path in front of each open object or array.
  uint8_t closers[DEPTH_MAX];
  uint8_t path[PATH_BYTES + 8];
} reader;

static inline void skip_blanks(reader *r) {
  while (r->at < r->end && r->bytes[r->at] <= ' ') r->at++;
}

// The offset of the quote that ends the string whose first byte is `at`. 0: there is none.
static uint32_t string_end(const uint8_t *bytes, uint32_t at, uint32_t end, int *escaped) {
  for (;;) {
    const uint8_t *found = memchr(bytes + at, '"', end - at);
    if (!found) return 0;
    const uint32_t quote = (uint32_t)(found - bytes);
    const uint8_t *slash = memchr(bytes + at, '\\', quote - at);
    if (!slash) return quote;
    *escaped = 1;
    at = (uint32_t)(slash - bytes) + 2;
    if (at > end) return 0;
  }
}

// Adds a name to the path; one that does not fit is cut off, so that it is no wanted one.
static void push_name(reader *r, uint32_t start, uint32_t end) {
  if (r->path_bytes > 0 && r->path_bytes < PATH_BYTES) r->path[r->path_bytes++] = '.';
  uint32_t length = end - start;
  if (length > PATH_BYTES - r->path_bytes) length = PATH_BYTES - r->path_bytes;
  memcpy(r->path + r->path_bytes, r->bytes + start, length);
  r->path_bytes += length;
}

static inline void take(reader *r, uint32_t start, uint32_t end, int escaped) {
  const uint8_t slot = ck_name_slot(r->path, r->path_bytes, r->names);
  if (slot == CK_NO_SLOT) return;
  ck_range value = {start, end};
  const ck_range known = r->record->values[slot * r->record->stride];
  if (known.start != known.end) return;
  if (escaped) value = ck_undo(r->bytes, value, CK_UNDO_BACKSLASH);
  ck_record_put(r->record, slot, value.start, value.end);
}

// Reads one value at `at`; opens it where it is an object or an array. 0: it is none.
static int read_value(reader *r) {
  const uint8_t first = r->bytes[r->at];
  if (first == '"') {
    int escaped = 0;
    const uint32_t close = string_end(r->bytes, r->at + 1, r->end, &escaped);
    if (!close) return 0;
    const uint32_t start = r->at + 1;
    r->at = close + 1;
    take(r, start, close, escaped);
    return 1;
  }
  if (first == '{' || first == '[') {
    if (r->depth == DEPTH_MAX) return 0;
    r->path_ends[r->depth] = r->path_bytes;
    r->closers[r->depth++] = first == '{' ? '}' : ']';
    r->at++;
    return 1;
  }
  const uint32_t start = r->at;
  while (r->at < r->end && r->bytes[r->at] != ',' && r->bytes[r->at] != '}' &&
         r->bytes[r->at] != ']' && r->bytes[r->at] > ' ')
    r->at++;
  if (r->at == start) return 0;
  const int is_null = r->at - start == 4 && memcmp(r->bytes + start, "null", 4) == 0;
  if (!is_null) take(r, start, r->at, 0);
  return 1;
}

// Reads `"name" :` in front of a value. 0: there is none.
static int read_name(reader *r) {
  if (r->bytes[r->at] != '"') return 0;
  int escaped = 0;
  const uint32_t start = r->at + 1;
  const uint32_t close = string_end(r->bytes, start, r->end, &escaped);
  if (!close) return 0;
  r->at = close + 1;
  skip_blanks(r);
  if (r->at >= r->end || r->bytes[r->at] != ':') return 0;
  r->at++;
  r->path_bytes = r->path_ends[r->depth - 1];
  push_name(r, start, close);
  skip_blanks(r);
  return r->at < r->end;
}

int ck_cut_json(uint8_t *bytes, ck_range line, const ck_names *names, const ck_record *record) {
  const uint8_t *open = memchr(bytes + line.start, '{', line.end - line.start);
  if (!open) return 0;
  reader r;
  r.bytes = bytes;
  r.at = (uint32_t)(open - bytes) + 1;
  r.end = line.end;
  r.names = names;
  r.record = record;
  r.depth = 1;
  r.path_bytes = 0;
  r.path_ends[0] = 0;
  r.closers[0] = '}';
  while (r.depth > 0) {
    skip_blanks(&r);
    if (r.at >= r.end) return 0;
    const uint8_t byte = bytes[r.at];
    if (byte == ',') {
      r.at++;
      continue;
    }
    const uint8_t closer = r.closers[r.depth - 1];
    if (byte == closer) {
      r.path_bytes = r.path_ends[--r.depth];
      r.at++;
      continue;
    }
    if (closer == '}' && !read_name(&r)) return 0;
    if (closer == ']') r.path_bytes = r.path_ends[r.depth - 1];
    if (!read_value(&r)) return 0;
  }
  return 1;
}
