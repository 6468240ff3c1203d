// Values out of JSON objects, by the paths of their names; compiled once per instruction set, see
// cutting.c.

// An object or an array that is open.
typedef struct {
  ck_range name;   // Of an array in an array: none.
  uint32_t id;     // The id of its key; 0: it is not kept.
  uint8_t closer;  // `}` or `]`.
  uint8_t slot;    // Of the elements of an array.
} CUT_(level);

typedef struct {
  CUT_(window) window;  // On quotes and backslashes.
  uint8_t *bytes;
  uint32_t at, end;
  ck_layout *layout;
  ck_range *values;
  ck_range name;   // The name of the value that is read, where an object is open;
  uint16_t place;  // where it is kept;
  uint8_t slot;    // and its slot.
  uint32_t depth;
  CUT_(level) levels[JSON_DEPTH_MAX];
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

// The slot of a name by its path: those of the open objects and arrays, joined by dots.
CUT_TARGET static uint8_t CUT_(path_slot)(const CUT_(json) *r) {
  uint8_t path[JSON_PATH_BYTES + 8] = {0};
  uint32_t length = 0;
  for (uint32_t level = 1; level <= r->depth; level++) {
    const ck_range name = level < r->depth ? r->levels[level].name : r->name;
    const uint32_t name_bytes = name.end - name.start;
    if (name_bytes == 0 && level < r->depth) continue;
    if (length + name_bytes + 1 > JSON_PATH_BYTES) return CK_NO_SLOT;
    if (length > 0) path[length++] = '.';
    memcpy(path + length, r->bytes + name.start, name_bytes);
    length += name_bytes;
  }
  return name_slot(path, length, &r->layout->names);
}

// Finds the slot of the name that was read; most often it is the one that was foreseen.
CUT_TARGET INLINE void CUT_(know_name)(CUT_(json) *r) {
  ck_layout *layout = r->layout;
  const uint32_t length = r->name.end - r->name.start, parent = r->levels[r->depth - 1].id;
  const uint16_t place = layout->keys[r->place].next;
  const ck_key *next = &layout->keys[place];
  if (length != 0 && next->parent == parent && is_key(next, r->bytes + r->name.start, length)) {
    r->place = place;
    r->slot = next->slot;
    return;
  }
  int is_new;
  const uint16_t kept = keep_key(layout, r->bytes + r->name.start, length, parent, &is_new);
  r->slot = is_new ? CUT_(path_slot)(r) : layout->keys[kept].slot;
  if (kept != KEY_UNKEPT) {
    layout->keys[kept].slot = r->slot;
    layout->keys[r->place].next = kept;
  }
  r->place = kept;
}

CUT_TARGET INLINE void CUT_(take)(CUT_(json) *r, uint32_t start, uint32_t end, int escaped) {
  if (r->slot == CK_NO_SLOT || r->values[r->slot].start != r->values[r->slot].end) return;
  ck_range value = {start, end};
  if (escaped) value = ck_undo(r->bytes, value, CK_UNDO_BACKSLASH);
  put_value(r->values + r->slot, value.start, value.end);
}

// Opens an object or an array. 0: it stands too deep.
CUT_TARGET INLINE int CUT_(descend)(CUT_(json) *r, uint8_t closer) {
  if (r->depth == JSON_DEPTH_MAX) return 0;
  const CUT_(level) *outer = &r->levels[r->depth - 1];
  CUT_(level) *inner = &r->levels[r->depth++];
  const int is_named = outer->closer == '}';
  inner->name = is_named ? r->name : (ck_range){0, 0};
  inner->id = is_named ? r->layout->keys[r->place].id : outer->id;
  if (is_named && r->place == KEY_UNKEPT) inner->id = 0;
  inner->slot = is_named ? r->slot : outer->slot;
  inner->closer = closer;
  r->at++;
  return 1;
}

// Behind a value that is neither a string nor an object or an array: a number, or a word.
CUT_TARGET INLINE uint32_t CUT_(word_end)(const uint8_t *bytes, uint32_t at, uint32_t end) {
  while (at < end && bytes[at] != ',' && bytes[at] != '}' && bytes[at] != ']' && bytes[at] > ' ')
    at++;
  return at;
}

INLINE int CUT_(is_null_word)(const uint8_t *bytes, uint32_t start, uint32_t end) {
  return end - start == 4 && memcmp(bytes + start, "null", 4) == 0;
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
  if (first == '{' || first == '[') return CUT_(descend)(r, first == '{' ? '}' : ']');
  r->at = CUT_(word_end)(r->bytes, start, r->end);
  if (r->at == start) return 0;
  if (!CUT_(is_null_word)(r->bytes, start, r->at)) CUT_(take)(r, start, r->at, 0);
  return 1;
}

// Reads pairs `"name":value,` at `at` as long as their names are those that were foreseen, and
// their values no objects, no arrays and without escapes: most of most lines. Returns how many.
CUT_TARGET NOINLINE static uint32_t CUT_(read_foreseen)(CUT_(json) *r) {
  const uint8_t *bytes = r->bytes;
  const ck_key *keys = r->layout->keys, *key = &keys[r->place];
  const uint32_t parent = r->levels[r->depth - 1].id, end = r->end;
  CUT_(window) window = r->window;
  uint32_t at = r->at, count = 0;
  while (at < end && bytes[at] == '"') {
    const ck_key *next = &keys[key->next];
    const uint32_t start = at + 1, close = start + next->length;
    if (next->length == 0 || close + 3 >= end || bytes[close] != '"' || bytes[close + 1] != ':' ||
        next->parent != parent || !is_key(next, bytes + start, next->length))
      break;
    uint32_t value = close + 2, stop, behind;
    if (bytes[value] == '"') {
      stop = CUT_(next)(&window, ++value, end, CUT_(EITHER));
      if (stop >= end || bytes[stop] != '"') break;
      behind = stop + 1;
    } else {
      if (bytes[value] == '{' || bytes[value] == '[') break;
      behind = stop = CUT_(word_end)(bytes, value, end);
      if (stop == value) break;
      if (CUT_(is_null_word)(bytes, value, stop)) stop = value;
    }
    if (next->slot != CK_NO_SLOT) put_value(r->values + next->slot, value, stop);
    key = next;
    at = behind;
    count++;
    if (bytes[at] == ',' && at < end) at++;
  }
  r->at = at;
  r->place = (uint16_t)(key - keys);
  r->window = window;
  return count;
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
  CUT_(know_name)(r);
  CUT_(skip_blanks)(r);
  return r->at < r->end;
}

// Cuts the values of one JSON object (RFC 8259), wherever it starts in the line. 0: there is none,
// or one that does not end in the line.
CUT_TARGET static int CUT_(cut_json)(uint8_t *bytes, ck_range line, ck_layout *layout,
                                     ck_range *values) {
  const uint32_t open = CUT_(find_byte)(bytes, line.start, line.end, '{');
  if (open >= line.end) return 0;
  CUT_(json) r;
  r.bytes = bytes;
  r.at = open + 1;
  r.end = line.end;
  r.window = CUT_(open)(bytes, r.at, '"', '\\');
  r.layout = layout;
  r.values = values;
  r.place = KEY_START;
  r.depth = 1;
  r.levels[0] = (CUT_(level)){.id = 1, .closer = '}'};
  while (r.depth > 0) {
    CUT_(skip_blanks)(&r);
    if (r.at >= r.end) return 0;
    const CUT_(level) *level = &r.levels[r.depth - 1];
    if (bytes[r.at] == ',') {
      r.at++;
    } else if (bytes[r.at] == level->closer) {
      r.depth--;
      r.at++;
    } else {
      if (level->closer == ']') {
        r.slot = level->slot;
      } else {
        if (CUT_(read_foreseen)(&r)) continue;
        if (!CUT_(read_name)(&r)) return 0;
      }
      if (!CUT_(read_value)(&r)) return 0;
    }
  }
  return 1;
}
