// Values out of JSON objects, by the paths of their names; compiled once per instruction set, see
// cutting.c.

typedef struct {
  CUT_(window) window;  // On quotes and backslashes.
  uint8_t *bytes;
  uint32_t at, end;
  const ck_names *names;
  ck_range *values;
  ck_range name;  // The name of the value that is read, where an object is open.
  uint32_t depth;
  uint32_t path_bytes;
  uint32_t path_ends[JSON_DEPTH_MAX];  // Bytes of the path of each open object or array.
  uint8_t closers[JSON_DEPTH_MAX];
  uint8_t path[JSON_PATH_BYTES + 8];
} CUT_(json);

CUT_TARGET INLINE void CUT_(skip_blanks)(CUT_(json) *r) {
  while (r->at < r->end && r->bytes[r->at] <= ' ') r->at++;
}

// The offset of the quote that ends the string whose first byte is `at`. 0: there is none.
CUT_TARGET INLINE uint32_t CUT_(string_end)(CUT_(json) *r, uint32_t at, int *escaped) {
  for (;;) {
    const uint32_t mark = CUT_(next)(&r->window, at, r->end, CUT_(EITHER));
    if (mark >= r->end) return 0;
    if (r->bytes[mark] == '"') return mark;
    *escaped = 1;
    at = mark + 2;
  }
}

// Adds the value's name to the path; one that does not fit is cut off, so that it is no wanted one.
CUT_TARGET INLINE void CUT_(push_name)(CUT_(json) *r) {
  r->path_bytes = r->path_ends[r->depth - 1];
  if (r->closers[r->depth - 1] == ']') return;
  if (r->path_bytes > 0 && r->path_bytes < JSON_PATH_BYTES) r->path[r->path_bytes++] = '.';
  uint32_t length = r->name.end - r->name.start;
  if (length > JSON_PATH_BYTES - r->path_bytes) length = JSON_PATH_BYTES - r->path_bytes;
  memcpy(r->path + r->path_bytes, r->bytes + r->name.start, length);
  r->path_bytes += length;
}

CUT_TARGET INLINE void CUT_(take)(CUT_(json) *r, uint32_t start, uint32_t end, int escaped) {
  uint8_t slot;
  if (r->depth == 1) {
    slot = name_slot(r->bytes + r->name.start, r->name.end - r->name.start, r->names);
  } else {
    CUT_(push_name)(r);
    slot = name_slot(r->path, r->path_bytes, r->names);
  }
  if (slot == CK_NO_SLOT || r->values[slot].start != r->values[slot].end) return;
  ck_range value = {start, end};
  if (escaped) value = ck_undo(r->bytes, value, CK_UNDO_BACKSLASH);
  put_value(r->values + slot, value.start, value.end);
}

// Reads one value at `at`; opens it where it is an object or an array. 0: it is none.
CUT_TARGET INLINE int CUT_(read_value)(CUT_(json) *r) {
  const uint8_t first = r->bytes[r->at];
  const uint32_t start = r->at;
  if (first == '"') {
    int escaped = 0;
    const uint32_t close = CUT_(string_end)(r, start + 1, &escaped);
    if (!close) return 0;
    r->at = close + 1;
    CUT_(take)(r, start + 1, close, escaped);
    return 1;
  }
  if (first == '{' || first == '[') {
    if (r->depth == JSON_DEPTH_MAX) return 0;
    CUT_(push_name)(r);
    r->path_ends[r->depth] = r->path_bytes;
    r->closers[r->depth++] = first == '{' ? '}' : ']';
    r->at++;
    return 1;
  }
  while (r->at < r->end && r->bytes[r->at] != ',' && r->bytes[r->at] != '}' &&
         r->bytes[r->at] != ']' && r->bytes[r->at] > ' ')
    r->at++;
  if (r->at == start) return 0;
  const int is_null = r->at - start == 4 && memcmp(r->bytes + start, "null", 4) == 0;
  if (!is_null) CUT_(take)(r, start, r->at, 0);
  return 1;
}

// Reads `"name" :` in front of a value. 0: there is none.
CUT_TARGET INLINE int CUT_(read_name)(CUT_(json) *r) {
  if (r->bytes[r->at] != '"') return 0;
  int escaped = 0;
  const uint32_t start = r->at + 1;
  const uint32_t close = CUT_(string_end)(r, start, &escaped);
  if (!close) return 0;
  r->at = close + 1;
  CUT_(skip_blanks)(r);
  if (r->at >= r->end || r->bytes[r->at] != ':') return 0;
  r->at++;
  r->name = (ck_range){start, close};
  CUT_(skip_blanks)(r);
  return r->at < r->end;
}

// Cuts the values of one JSON object (RFC 8259), wherever it starts in the line. 0: there is none,
// or one that does not end in the line.
CUT_TARGET static int CUT_(cut_json)(uint8_t *bytes, ck_range line, const ck_names *names,
                                     ck_range *values) {
  const uint8_t *open = memchr(bytes + line.start, '{', line.end - line.start);
  if (!open) return 0;
  CUT_(json) r;
  r.bytes = bytes;
  r.at = (uint32_t)(open - bytes) + 1;
  r.end = line.end;
  r.window = CUT_(open)(bytes, r.at, '"', '\\');
  r.names = names;
  r.values = values;
  r.depth = 1;
  r.path_ends[0] = 0;
  r.closers[0] = '}';
  while (r.depth > 0) {
    CUT_(skip_blanks)(&r);
    if (r.at >= r.end) return 0;
    const uint8_t byte = bytes[r.at];
    if (byte == ',') {
      r.at++;
    } else if (byte == r.closers[r.depth - 1]) {
      r.depth--;
      r.at++;
    } else {
      if (r.closers[r.depth - 1] == '}' && !CUT_(read_name)(&r)) return 0;
      if (!CUT_(read_value)(&r)) return 0;
    }
  }
  return 1;
}
