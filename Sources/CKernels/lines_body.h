// Lines of several layouts, one by one; compiled once per instruction set, see cutting.c.

CUT_TARGET static size_t CUT_(count_lines)(const uint8_t *bytes, uint32_t start, uint32_t end) {
  size_t count = 0;
  for (uint32_t at = start; at < end; at += 64) {
    uint64_t newlines = CUT_(match)(bytes + at, '\n');
    if (end - at < 64) newlines &= ~0ull >> (64 - (end - at));
    count += (size_t)__builtin_popcountll(newlines);
  }
  return count;
}

// Whether a message starts with one of the layout's texts.
CUT_TARGET INLINE int CUT_(starts)(const uint8_t *bytes, ck_range message, const ck_layout *layout,
                                   const ck_texts *texts) {
  for (size_t i = 0; i < layout->start_count; i++) {
    const ck_text text = texts->texts[layout->starts[i]];
    if (starts_with(bytes, message, texts->bytes + text.offset, text.length)) return 1;
  }
  return layout->start_count == 0;
}

// Whether the line has texts that the layout's lines lack. A header may have signs of all kinds;
// only words in it count.
CUT_TARGET static int CUT_(is_barred)(const uint8_t *bytes, ck_range line, uint32_t message,
                                      const ck_layout *layout, const ck_texts *texts,
                                      const ck_found_texts *found) {
  for (size_t word = 0; word * 64 < texts->count; word++) {
    uint64_t barred = layout->none[word] & found->seen[word];
    for (; barred; barred &= barred - 1) {
      const size_t id = word * 64 + (size_t)__builtin_ctzll(barred);
      const ck_text text = texts->texts[id];
      const uint8_t *content = texts->bytes + text.offset;
      if (found->ends[id] - text.length >= message || has_word_byte(content, text.length) ||
          CUT_(find_text)(bytes, message, line.end, content, text.length))
        return 1;
    }
  }
  return 0;
}

CUT_TARGET INLINE int CUT_(recognises)(const uint8_t *bytes, ck_range line, uint32_t message,
                                       const ck_layout *layout, const ck_texts *texts,
                                       ck_found_texts *found) {
  if (!layout->is_ready) return 0;
  // Texts that are open may be there, and may not. Most layouts lack one of word 0.
  while ((layout->all[0] & ~(found->seen[0] | found->open)) == 0) {
    uint64_t any = layout->any[0] & (found->seen[0] | found->open);
    uint64_t bad = 0, barred = layout->none[0] & found->seen[0];
    for (size_t word = 1; word * 64 < texts->count; word++) {
      bad |= layout->all[word] & ~found->seen[word];
      barred |= layout->none[word] & found->seen[word];
      any |= layout->any[word] & found->seen[word];
    }
    if (bad || (layout->has_any && !any)) return 0;
    if (barred && (message == line.start ||
                   CUT_(is_barred)(bytes, line, message, layout, texts, found)))
      return 0;
    const uint64_t asked = layout->all[0] | layout->any[0] | layout->none[0];
    if ((asked & found->open) == 0) 
      return CUT_(starts)(bytes, (ck_range){message, line.end}, layout, texts);
    CUT_(look_for_open)(bytes, line, texts, asked, found);
  }
  return 0;
}

CUT_TARGET INLINE int CUT_(cut)(uint8_t *bytes, ck_range line, uint32_t message,
                                ck_layout *layout, const ck_texts *texts,
                                ck_found_texts *found, ck_range *values) {
  if (layout->after != CK_NO_TEXT) {
    const uint32_t id = layout->after;
    if (id < 64) CUT_(look_for_open)(bytes, line, texts, 1ull << id, found);
    if (!(found->seen[id / 64] >> id % 64 & 1)) return 0;
    line.start = message = found->ends[id];
  }
  switch (layout->kind) {
    case CK_CUT_PAIRS:
      CUT_(cut_pairs)(bytes, line, &layout->pairs, layout, values);
      return 1;
    case CK_CUT_CEF: return CUT_(cut_cef)(bytes, line, layout, values);
    case CK_CUT_LEEF: return CUT_(cut_leef)(bytes, line, layout, values);
    case CK_CUT_JSON: return CUT_(cut_json)(bytes, line, layout, values);
    case CK_CUT_PLACES:
      return CUT_(cut_places)(bytes, (ck_range){message, line.end}, &layout->places, values) >=
                 layout->places.minimum &&
             CUT_(is_told)(bytes, &layout->places, values);
    default: break;
  }
  line.start = CUT_(cut_templates)(bytes, line, message, layout, texts, found, values);
  if (line.start && layout->reads_pairs)
    CUT_(cut_pairs)(bytes, line, &layout->pairs, layout, values);
  return line.start != 0;
}

// Cuts a line by the first layout that takes it; `is_object`: only those of JSON may.
CUT_TARGET static int CUT_(cut_line)(uint8_t *bytes, ck_range line, uint32_t number, int is_object,
                                     ck_line_plan *plan, ck_line_cuts *cuts) {
  line.end = without_escaped_end(bytes, line);
  const uint32_t length = line.end - line.start;
  if (length == 0 || bytes[line.start] == '#' || (length == 1 && bytes[line.start] == '\r'))
    return CK_COMMENT;
  ck_found_texts found;
  CUT_(find_texts)(bytes, line, &plan->texts, &found);
  if (found.has_nul) return CK_BINARY;
  const uint32_t tab = plan->escaped_tab;
  if (tab != CK_NO_TEXT && found.seen[tab / 64] >> tab % 64 & 1 &&
      CUT_(find_byte)(bytes, line.start, line.end, '\t') == line.end) {
    line.end = with_tabs(bytes, line);
    CUT_(find_texts)(bytes, line, &plan->texts, &found);
  }
  ck_syslog header = CUT_(header_of)(bytes, line, &plan->header);
  if (header.relayed.end) take_year(bytes, &header);
  if (is_behind_mark(bytes, line.start, header.message))
    memset(bytes + header.message - 3, ' ', 3);  // No part of a key.
  if (is_remark(bytes, line.start, header.message, line.end)) return CK_COMMENT;
  int reason = CK_OTHER_FORMAT;
  for (uint64_t left = found.layouts | plan->others; left; left &= left - 1) {
    ck_layout *layout = &plan->layouts[__builtin_ctzll(left)];
    if (is_object && layout->kind != CK_CUT_JSON) continue;
    if (!CUT_(recognises)(bytes, line, header.message, layout, &plan->texts, &found)) continue;
    ck_range *values = cuts->values + cuts->count * cuts->stride;
    memset(values, 0, layout->slot_count * sizeof *values);
    if (CUT_(cut)(bytes, line, header.message, layout, &plan->texts, &found, values)) {
      cuts->rows[cuts->count] = (ck_row){number, line.start, header.time};
      layout->rows[layout->row_count++] = (uint32_t)cuts->count++;
      return CK_CUT;
    }
    reason = CK_OTHER_SHAPE;
  }
  return reason;
}

// Cuts a line, or, where an object is no layout's by itself, the line that it carries.
CUT_TARGET static int CUT_(cut_one)(uint8_t *bytes, ck_range line, uint32_t number,
                                    ck_line_plan *plan, ck_line_cuts *cuts) {
  if (bytes[line.start] != '{') return CUT_(cut_line)(bytes, line, number, 0, plan, cuts);
  if (plan->has_objects) {
    const int what = CUT_(cut_line)(bytes, line, number, 1, plan, cuts);
    if (what != CK_OTHER_SHAPE && what != CK_OTHER_FORMAT) return what;
  }
  const ck_range carried = ck_carried_line(bytes, line);
  if (carried.end > carried.start &&
      CUT_(cut_line)(bytes, carried, number, 0, plan, cuts) == CK_CUT) {
    cuts->rows[cuts->count - 1].start = line.start;
    return CK_CUT;
  }
  return CUT_(cut_line)(bytes, line, number, 0, plan, cuts);
}

// Cuts an object that goes over several lines, as one record; or a line with an array's bracket.
// Returns how many lines it took, the last of which ends at `*stop`; 0: it is none.
CUT_TARGET static uint32_t CUT_(cut_object)(uint8_t *bytes, uint32_t at, uint32_t *stop,
                                            uint32_t end, uint32_t number, ck_line_plan *plan,
                                            ck_line_cuts *cuts) {
  const ck_open_object object = ck_find_open_object(bytes, at, *stop, end);
  if (object.is_bracket) {
    cuts->comment_count++;
    return 1;
  }
  if (object.text.end == object.text.start) return 0;
  if (CUT_(cut_line)(bytes, object.text, number, 1, plan, cuts) != CK_CUT) return 0;
  cuts->comment_count += object.lines - 1;
  cuts->joined_count++;
  *stop = object.stop;
  return object.lines;
}

CUT_TARGET INLINE int CUT_(is_full)(ck_line_cuts *cuts) {
  if (cuts->count + cuts->refusal_count < cuts->room) return 0;
  cuts->is_full = 1;
  return 1;
}

// Cuts the objects of a line that holds several. Returns how many records and refusals there are;
// 0: it is no such line.
CUT_TARGET static uint32_t CUT_(cut_shared)(uint8_t *bytes, uint32_t at, uint32_t stop,
                                            uint32_t number, ck_line_plan *plan,
                                            ck_line_cuts *cuts) {
  int is_wrapped;
  ck_range object = ck_first_object(bytes, at, stop, &is_wrapped);
  if (object.end == object.start) return 0;
  ck_range next = ck_next_object(bytes, object.end, stop);
  if (next.start == stop && !is_wrapped) return 0;
  for (uint32_t count = 1;; count++) {
    const uint32_t line = number + count - 1;
    if (CUT_(is_full)(cuts)) return count;
    int what = CK_OTHER_SHAPE;
    if (object.end > object.start) what = CUT_(cut_line)(bytes, object, line, 1, plan, cuts);
    if (what == CK_CUT)
      cuts->joined_count++;
    else
      cuts->refusals[cuts->refusal_count++] = (ck_refusal){line, object.start, (uint8_t)what};
    if (next.start == stop || object.end == object.start) return count;
    object = next;
    if (object.end > object.start) next = ck_next_object(bytes, object.end, stop);
  }
}

CUT_TARGET static size_t CUT_(cut_lines)(uint8_t *bytes, uint32_t start, uint32_t end,
                                         uint32_t number, ck_line_plan *plan,
                                         ck_line_cuts *cuts) {
  const uint32_t first = number;
  for (uint32_t at = start; at < end; number++) {
    uint32_t stop = CUT_(find_byte)(bytes, at, end, '\n');
    if (CUT_(is_full)(cuts)) break;
    if (cuts->may_share_lines) {
      const uint32_t objects = CUT_(cut_shared)(bytes, at, stop, number, plan, cuts);
      if (objects) {
        number += objects - 1;
        at = stop + 1;
        continue;
      }
    }
    // Most objects close in their line.
    if (plan->has_objects && stop > at && bytes[stop - 1] != '}' &&
        (is_bracket(bytes[at]) || bytes[at] == '"')) {
      const uint32_t lines = CUT_(cut_object)(bytes, at, &stop, end, number, plan, cuts);
      if (lines) {
        number += lines - 1;
        at = stop + 1;
        continue;
      }
    }
    const int what = CUT_(cut_one)(bytes, (ck_range){at, stop}, number, plan, cuts);
    if (what == CK_COMMENT ||
        (what != CK_CUT && plan->has_objects &&
         ck_find_open_object(bytes, at, stop, end).is_bracket))
      cuts->comment_count++;
    else if (what != CK_CUT)
      cuts->refusals[cuts->refusal_count++] = (ck_refusal){number, at, (uint8_t)what};
    at = stop + 1;
  }
  return number - first;
}
