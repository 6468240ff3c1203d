// Fields by position, and templates; compiled once per instruction set, see cutting.c.

// Puts a field without the blanks around it.
CUT_TARGET INLINE void CUT_(put_field)(const uint8_t *bytes, ck_range *value, uint32_t start,
                                       uint32_t end) {
  while (start < end && bytes[start] == ' ') start++;
  while (end > start && bytes[end - 1] == ' ') end--;
  put_value(value, start, end);
}

// Cuts a message that has neither quotes nor brackets. Returns the number of its fields.
CUT_TARGET static uint32_t CUT_(cut_plain_places)(const uint8_t *bytes, uint32_t start,
                                                  uint32_t end, const ck_places *places,
                                                  ck_range *values) {
  const uint8_t *slots = places->slots;
  const uint32_t wanted = places->place_count;
  const int collapses = places->collapses;
  uint32_t count = 0;
  for (uint32_t base = start; base < end; base += 64) {
    uint64_t bits = CUT_(match)(bytes + base, places->separator);
    if (end - base < 64) bits &= ~(~0ull << (end - base));
    for (; bits; bits &= bits - 1) {
      const uint32_t stop = base + (uint32_t)__builtin_ctzll(bits);
      if (stop > start || !collapses) {
        if (count < wanted && slots[count] != CK_NO_SLOT)
          CUT_(put_field)(bytes, values + slots[count], start, stop);
        count++;
      }
      start = stop + 1;
    }
  }
  if (collapses && start >= end && count > 0) return count;
  if (count < wanted && slots[count] != CK_NO_SLOT)
    CUT_(put_field)(bytes, values + slots[count], start, end);
  return count + 1;
}

// Returns the number of fields, or 0 when a quote stays open.
CUT_TARGET static uint32_t CUT_(cut_places)(const uint8_t *bytes, ck_range message,
                                            const ck_places *places, ck_range *values) {
  const int quoting = places->quote != places->separator;
  uint32_t at = message.start, end = message.end, count = 0;
  if (end > at && bytes[end - 1] == '\r') end--;
  if (!places->brackets &&
      (!quoting || CUT_(find_byte)(bytes, at, end, places->quote) == end))
    return CUT_(cut_plain_places)(bytes, at, end, places, values);
  CUT_(window) window = CUT_(open)(bytes, at, places->separator, places->quote);
  for (;;) {
    if (places->collapses) {
      while (at < end && bytes[at] == places->separator) at++;
      if (at == end && count > 0) return count;
    }
    uint32_t start = at, stop;
    if (quoting && places->separator != ' ') {  // Blanks may stand in front of a quote.
      const uint32_t first = behind_blanks(bytes, at, end);
      if (first < end && bytes[first] == places->quote) at = first;
    }
    if (quoting && at < end && bytes[at] == places->quote) {
      start = ++at;
      for (;;) {
        const uint32_t close = CUT_(next)(&window, at, end, CUT_(SECOND));
        if (close >= end) return 0;
        at = close + 1;
        const uint32_t next = places->separator != ' ' ? behind_blanks(bytes, at, end) : at;
        stop = close;
        if (next == end || bytes[next] == places->separator) {
          at = next;
          break;
        }
        if (bytes[at] == places->quote) at++;  // Doubled: text.
      }
    } else if (places->brackets && at < end && bytes[at] == '[') {
      const uint8_t *close = memchr(bytes + at, ']', end - at);
      if (!close) return 0;
      start = at + 1;
      stop = (uint32_t)(close - bytes);
      at = CUT_(next)(&window, stop + 1, end, CUT_(FIRST));
    } else {
      stop = at = CUT_(next)(&window, at, end, CUT_(FIRST));
    }
    if (count < places->place_count && places->slots[count] != CK_NO_SLOT)
      CUT_(put_field)(bytes, values + places->slots[count], start, stop);
    count++;
    if (at >= end) return count;
    at++;
  }
}

// Cuts a line by the pieces of a template from `at` on. 0: it does not fit, and nothing was
// written.
CUT_TARGET static int CUT_(cut_pieces)(const uint8_t *bytes, uint32_t at, uint32_t end,
                                       const ck_layout *layout, const ck_template *template,
                                       ck_range *values) {
  ck_range found[CK_PIECES_MAX];
  const ck_piece *pieces = layout->pieces + template->first;
  for (size_t i = 0; i < template->count; i++) {
    const ck_piece piece = pieces[i];
    // A capture without blanks ends at the first blank at the latest.
    const uint32_t limit = piece.blanks ? end : CUT_(find_byte)(bytes, at, end, ' ');
    uint32_t stop = limit;
    if (piece.length) {
      const uint32_t last = end - limit < piece.length ? end : limit + piece.length;
      const uint8_t *place =
          CUT_(find_text)(bytes, at, last, layout->piece_bytes + piece.text, piece.length);
      if (!place) return 0;
      stop = (uint32_t)(place - bytes);
    }
    if (stop == at && !piece.may_be_empty) return 0;
    found[i] = (ck_range){at, stop};
    at = stop + piece.length;
  }
  for (size_t i = 0; i < template->count; i++)
    if (pieces[i].slot != CK_NO_SLOT)
      put_value(values + pieces[i].slot, found[i].start, found[i].end);
  return 1;
}

// Tries the templates of a layout; those that start with a capture at the message's start.
CUT_TARGET static int CUT_(cut_templates)(const uint8_t *bytes, ck_range line, uint32_t message,
                                          const ck_layout *layout, const ck_texts *texts,
                                          const ck_found_texts *found, ck_range *values) {
  uint32_t end = line.end;
  if (end > line.start && bytes[end - 1] == '\r') end--;
  uint64_t any = layout->has_open_template;
  for (int word = 0; word < CK_TEXTS_MAX / 64; word++)
    any |= layout->template_texts[word] & found->seen[word];
  if (!any) return 0;
  for (size_t i = 0; i < layout->template_count; i++) {
    const ck_template *template = &layout->templates[i];
    uint32_t at = message;
    if (template->start != CK_NO_TEXT) {
      const uint32_t id = template->start;
      if (!(found->seen[id / 64] >> id % 64 & 1)) continue;
      const ck_text text = texts->texts[id];
      at = found->ends[id];
      if (at - text.length < line.start) {  // It stood in front of what is cut.
        const uint8_t *place =
            CUT_(find_text)(bytes, line.start, end, texts->bytes + text.offset, text.length);
        if (!place) continue;
        at = (uint32_t)(place - bytes) + text.length;
      }
      if (at > end) continue;
    }
    if (CUT_(cut_pieces)(bytes, at, end, layout, template, values)) return 1;
  }
  return 0;
}
