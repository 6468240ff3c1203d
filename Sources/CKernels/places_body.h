// Fields by position, and templates; compiled once per instruction set, see cutting.c.

// Puts a field without the blanks around it.
CUT_TARGET INLINE void CUT_(put_field)(const uint8_t *bytes, ck_range *value, uint32_t start,
                                       uint32_t end) {
  while (start < end && bytes[start] == ' ') start++;
  while (end > start && bytes[end - 1] == ' ') end--;
  put_value(value, start, end);
}

// Adds where the bits are to the ends of fields. Returns how many ends there are; further ones than
// ENDS_MAX are only counted.
CUT_TARGET INLINE uint32_t CUT_(put_ends)(uint32_t *ends, uint32_t count, uint64_t bits,
                                          uint32_t base) {
  const uint32_t more = (uint32_t)__builtin_popcountll(bits);
  if (count < ENDS_MAX) CUT_(write_places)(ends + count, bits, more, base);
  return count + more;
}

// Puts the wanted ones of the fields that lie between ends, without the quotes around them.
CUT_TARGET INLINE void CUT_(put_places)(const uint8_t *bytes, uint32_t start, const uint32_t *ends,
                                        uint32_t count, const ck_places *places, int quoting,
                                        ck_range *values) {
  for (uint32_t i = 0; i < places->pick_count; i++) {
    const uint32_t place = places->picks[i].place;
    if (place >= count) return;
    const uint32_t first = place ? ends[place - 1] + 1 : start, stop = ends[place];
    const uint32_t quote = quoting && stop - first >= 2 && bytes[first] == places->quote &&
                           bytes[stop - 1] == places->quote;
    ck_range *value = values + places->picks[i].slot;
    if (places->separator == ' ' && !quote)
      put_value(value, first, stop);  // It has no blanks around it.
    else
      CUT_(put_field)(bytes, value, first + quote, stop - quote);
  }
}

// Cuts a message that has neither quotes nor brackets. Returns the number of its fields.
CUT_TARGET static uint32_t CUT_(cut_plain_places)(const uint8_t *bytes, uint32_t start,
                                                  uint32_t end, const ck_places *places,
                                                  ck_range *values) {
  const uint8_t *slots = places->slots;
  const uint32_t wanted = places->place_count;
  const int collapses = places->collapses;
  uint32_t ends[ENDS_MAX + 64], count = 0;
  uint64_t doubled = 0, before = 1;
  for (uint32_t base = start; base < end; base += 64) {
    uint64_t bits = CUT_(match)(bytes + base, places->separator);
    if (end - base < 64) bits &= ~(~0ull << (end - base));
    doubled |= bits & (bits << 1 | before);
    before = bits >> 63;
    count = CUT_(put_ends)(ends, count, bits, base);
  }
  const int is_uneven = doubled || (end > start && bytes[end - 1] == places->separator);
  if (count < ENDS_MAX && !(collapses && is_uneven)) {
    ends[count++] = end;
    CUT_(put_places)(bytes, start, ends, count, places, 0, values);
    return count;
  }
  count = 0;
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

// Cuts a message whose quotes open a field, close one, or stand doubled in one: the parity of the
// quotes in front of a separator says whether it is text. Returns the number of fields, 0 when a
// quote stays open, or OTHER_QUOTES where one stands elsewhere, separators collapse, or there are
// too many fields.
CUT_TARGET static uint32_t CUT_(cut_quoted_places)(const uint8_t *bytes, uint32_t start,
                                                   uint32_t end, const ck_places *places,
                                                   ck_range *values) {
  uint64_t inside = 0;                           // All ones while a quote is open.
  uint64_t edge_before = 1, closing_before = 0;  // Bit 0: what the byte before this one was.
  uint64_t others = 0;
  uint64_t doubled = 0, separator_before = 1;
  uint32_t ends[ENDS_MAX + 64], count = 0;
  for (uint32_t base = start; base < end; base += 64) {
    const uint64_t valid = end - base < 64 ? ~(~0ull << (end - base)) : ~0ull;
    const uint64_t quotes = CUT_(match)(bytes + base, places->quote) & valid;
    const uint64_t separators = CUT_(match)(bytes + base, places->separator) & valid;
    const uint64_t quoted = CUT_(parity)(quotes) ^ inside;
    const uint64_t edges = separators | quotes, closing = quotes & ~quoted;
    others |= quotes & quoted & ~(edges << 1 | edge_before);
    others |= (closing << 1 | closing_before) & valid & ~edges;
    inside = (uint64_t)((int64_t)quoted >> 63);
    edge_before = edges >> 63;
    closing_before = closing >> 63;
    const uint64_t plain = separators & ~quoted;
    doubled |= plain & (plain << 1 | separator_before);
    separator_before = plain >> 63;
    count = CUT_(put_ends)(ends, count, plain, base);
  }
  if (others || count >= ENDS_MAX) return OTHER_QUOTES;
  if (inside) return 0;
  if (places->collapses && (doubled || bytes[end - 1] == places->separator)) return OTHER_QUOTES;
  ends[count++] = end;
  CUT_(put_places)(bytes, start, ends, count, places, 1, values);
  return count;
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
  if (quoting && !places->brackets) {
    const uint32_t fields = CUT_(cut_quoted_places)(bytes, at, end, places, values);
    if (fields != OTHER_QUOTES) return fields;
  }
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

// Whether a line that was cut is one of the layout's, by the words of one of its fields.
CUT_TARGET INLINE int CUT_(is_told)(const uint8_t *bytes, const ck_places *places,
                                    const ck_range *values) {
  if (places->told_count == 0) return 1;
  const ck_range value = values[places->told_slot];
  const uint32_t length = value.end - value.start;
  if (length - 1 >= CK_TOLD_BYTES) return 0;
  uint64_t word;
  memcpy(&word, bytes + value.start, sizeof word);
  word &= ~0ull >> 8 * (CK_TOLD_BYTES - length);
  for (uint32_t i = 0; i < places->told_count; i++)
    if (word == places->told[i]) return 1;
  return 0;
}

// Finds the pieces of a template from piece `from` on, which starts at `at`. Returns how many of
// all there are in a row.
CUT_TARGET INLINE size_t CUT_(find_pieces)(const uint8_t *bytes, uint32_t at, uint32_t end,
                                           const ck_layout *layout, const ck_template *template,
                                           size_t from, ck_range *found) {
  const ck_piece *pieces = layout->pieces + template->first;
  for (size_t i = from; i < template->count; i++) {
    const ck_piece piece = pieces[i];
    // A capture without blanks ends at the first blank at the latest.
    const uint32_t limit = piece.blanks ? end : CUT_(find_byte)(bytes, at, end, ' ');
    uint32_t stop = limit;
    if (piece.length) {
      const uint8_t *text = layout->piece_bytes + piece.text;
      if (!piece.blanks && text[0] == ' ') {  // It can only stand at that blank.
        if (end - limit < piece.length) return i;
        if (piece.length > 1 && !same_bytes(bytes + limit, text, piece.length)) return i;
      } else if (piece.length == 1) {
        stop = CUT_(find_byte)(bytes, at, limit, text[0]);
        if (stop == limit) return i;
      } else {
        const uint32_t last = end - limit < piece.length ? end : limit + piece.length;
        const uint8_t *place = CUT_(find_text)(bytes, at, last, text, piece.length);
        if (!place) return i;
        stop = (uint32_t)(place - bytes);
      }
    }
    if (stop == at && !piece.may_be_empty) return i;
    found[i] = (ck_range){at, stop};
    at = stop + piece.length;
  }
  return template->count;
}

// Behind the first `text` from `at` on; 0 where there is none.
CUT_TARGET static uint32_t CUT_(behind_text)(const uint8_t *bytes, uint32_t at, uint32_t end,
                                             const ck_texts *texts, ck_text text) {
  const uint8_t *place = CUT_(find_text)(bytes, at, end, texts->bytes + text.offset, text.length);
  return place ? (uint32_t)(place - bytes) + text.length : 0;
}

// Tries the templates of a layout; those that start with a capture at the message's start. Returns
// the place behind the last piece of the one that fits; 0: none does.
CUT_TARGET static uint32_t CUT_(cut_templates)(const uint8_t *bytes, ck_range line,
                                               uint32_t message, const ck_layout *layout,
                                               const ck_texts *texts, ck_found_texts *found,
                                               ck_range *values) {
  CUT_(look_for_open)(bytes, line, texts, layout->template_texts[0], found);
  uint32_t end = line.end;
  if (end > line.start && bytes[end - 1] == '\r') end--;
  uint64_t any = layout->has_open_template;
  for (int word = 0; word < CK_TEXTS_MAX / 64; word++)
    any |= layout->template_texts[word] & found->seen[word];
  if (!any) return 0;
  ck_range places[CK_PIECES_MAX];
  // The text that was last looked for behind the header, and is not there.
  uint32_t absent = CK_NO_TEXT;
  // How many pieces of the template in front were found, where it was tried.
  size_t known = 0;
  int is_known = 0;
  for (size_t i = 0; i < layout->template_count; i++) {
    const ck_template *template = &layout->templates[i];
    const ck_piece *pieces = layout->pieces + template->first;
    if (is_known && template->same > known) continue;  // It lacks the same piece.
    const size_t from = is_known ? template->same : 0;
    is_known = 0;
    uint32_t at = message;
    ck_text text = {0, 0};
    if (template->start != CK_NO_TEXT) {
      const uint32_t id = template->start;
      if (!(found->seen[id / 64] >> id % 64 & 1)) continue;
      text = texts->texts[id];
      at = found->ends[id];
      if (at - text.length < line.start)  // It stood in front of what is cut.
        at = CUT_(behind_text)(bytes, line.start, end, texts, text);
      // A header may say what the message starts with.
      if (at && at - text.length < message &&
          starts_with(bytes, (ck_range){message, end}, texts->bytes + text.offset, text.length))
        at = message + text.length;
      if (at == 0 || at > end) continue;
    }
    const int is_in_header = text.length && at - text.length < message;
    if (from > 0) at = places[from - 1].end + pieces[from - 1].length;
    known = CUT_(find_pieces)(bytes, at, end, layout, template, from, places);
    is_known = 1;
    if (known < template->count && is_in_header && template->start != absent) {
      at = CUT_(behind_text)(bytes, message, end, texts, text);
      if (at == 0) {
        absent = template->start;
        continue;
      }
      known = CUT_(find_pieces)(bytes, at, end, layout, template, 0, places);
      is_known = 0;
    }
    if (known < template->count) continue;
    for (size_t piece = 0; piece < template->count; piece++)
      if (pieces[piece].slot != CK_NO_SLOT)
        put_value(values + pieces[piece].slot, places[piece].start, places[piece].end);
    if (template->count == 0) return at;
    return places[template->count - 1].end + pieces[template->count - 1].length;
  }
  return 0;
}
