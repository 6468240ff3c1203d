// Lines of any shape: what CKernels.h has for plain tables, for all others.
#ifndef LOGVEIL_CLINES_H
#define LOGVEIL_CLINES_H

#include "CKernels.h"

// --- Texts (texts.c) ---------------------------------------------------------------------------

/// A text that is looked for in lines.
typedef struct {
  uint32_t offset;     // Where it starts in the bytes of all texts.
  uint16_t length;     // At least one byte.
  uint16_t window_at;  // Where its rarest four bytes stand in it.
  uint16_t next;       // The next text with the same four bytes, from 1; 0: none.
  uint64_t layouts;    // Those that a line may be of that holds it.
  uint8_t is_searched;  // 0: it is only compared with where lines start.
} ck_text;

/// The first text with these four bytes.
typedef struct {
  uint32_t window;
  uint16_t text;  // From 1; 0: a free entry.
} ck_text_entry;

/// Texts that are looked for all at once: at most CK_TEXTS_MAX.
#define CK_TEXTS_MAX 256
#define CK_NO_TEXT 0xffff
typedef struct {
  const uint8_t *bytes;  // Of all texts, one behind the other.
  ck_text *texts;
  size_t count;
  ck_text_entry *entries;  // A table of at least 2 * count places, a power of two.
  size_t mask;
  // For each of five bytes in a row and each half of it: the groups of texts that may stand there.
  uint8_t low[5][16], high[5][16];
  uint8_t groups[5][128];  // The same for the last seven bits of each byte.
  uint64_t shorts;  // Of the first 64 those of less than four bytes, which are looked for apart.
} ck_texts;

/// Which texts a line holds, and where each one ends first.
typedef struct {
  uint64_t seen[CK_TEXTS_MAX / 64];
  uint64_t layouts;  // Those of the texts that were seen.
  uint64_t open;  // Short texts that were not looked for yet: only where they decide they are.
  uint32_t ends[CK_TEXTS_MAX];
  int has_nul;
} ck_found_texts;

/// Fills the tables of `texts`, whose bytes, offsets and lengths are set and whose entries are 0.
void ck_prepare_texts(ck_texts *texts);

// --- Names (names.c) ---------------------------------------------------------------------------

/// One name that is looked for in records: a key, or the path of a JSON value.
#define CK_NAME_BYTES 54
typedef struct {
  uint64_t hash;
  uint8_t length;  // 0: a free entry.
  uint8_t slot;
  uint8_t text[CK_NAME_BYTES];  // Letters in lower case.
} ck_name;

/// Names in an open-addressing table; letters' case does not count.
typedef struct {
  const ck_name *entries;
  size_t mask;
} ck_names;

/// Puts a name of at most CK_NAME_BYTES - 8 bytes into a table that has room. Up to 8 bytes behind
/// the name are read.
void ck_put_name(const uint8_t *name, uint32_t length, uint8_t slot, ck_name *entries,
                 size_t mask);

/// A key that lines had, kept because the next line is likely to have it, too, in the same place.
#define CK_KEYS 256
#define CK_KEY_BYTES 16
typedef struct {
  uint64_t head, tail, mask;  // Its first and its last eight bytes; the mask of shorter ones.
  uint32_t id;                // Other than those of all other keys.
  uint32_t parent;            // The id of the key of the object that it stands in.
  uint16_t next;              // The place of the key that followed it last.
  uint8_t length;             // 0: none, or one that is too long to be kept.
  uint8_t slot;
} ck_key;

// --- Lines of any shape (cutting.c and its parts) ------------------------------------------------

/// What stands in front of a syslog message (RFC 3164, RFC 5424, RFC 6587), and in front of that
/// where it was relayed.
typedef struct {
  uint32_t message;  // Where the message starts; the line's start when there is no header.
  ck_range time;     // Of the innermost header that has one, else of an outer one.
  ck_range relayed;  // The time of the header in front of that one; empty: it is the first.
} ck_syslog;
ck_syslog ck_read_syslog(ck_level level, const uint8_t *bytes, ck_range line);

/// A header as it was read last, and what told it: most lines of an archive have the same one, but
/// for the digits of its time. All zeros: none is known.
#define CK_HEADER_BYTES 192
typedef struct {
  uint8_t text[CK_HEADER_BYTES];
  uint8_t same[CK_HEADER_BYTES];   // 0xff where a line with the same header has the same byte,
  uint8_t digit[CK_HEADER_BYTES];  // and where it may have any digit.
  uint32_t length;                 // Bytes of a line that were looked at.
  uint32_t message;                // From here on from the line's start.
  ck_range time, relayed;
  uint32_t misses;  // Lines with another header since the last one with this.
} ck_known_header;

/// Where the next line starts whose message starts with `text`; `end`: there is none.
uint32_t ck_find_message(const uint8_t *bytes, uint32_t start, uint32_t end, const uint8_t *text,
                         uint32_t length);

#define CK_NO_SLOT 0xff

/// How pairs of key and value are written. An unquoted value ends where the next key starts, so
/// that it may hold separators. A key may hold blanks where they separate nothing. Of a key that
/// comes again the first value that is not empty counts.
typedef struct {
  uint8_t pair;           // Between key and value.
  uint8_t separators[4];  // Between pairs; one may stand for several.
  uint8_t quoted;         // 1: a value may stand in double quotes.
  uint8_t has_blanks;     // 1: a blank separates pairs.
  uint8_t key_low[16];    // Bytes of keys: bit h of entry l is that of the byte h << 4 | l.
} ck_pairs;
/// Sets `key_low` and `has_blanks`.
void ck_prepare_pairs(ck_pairs *pairs);

/// Slots of the fields in front of the pairs of CEF and LEEF, CK_NO_SLOT for those not wanted.
typedef struct {
  uint8_t vendor, product, version, event, name, severity;
} ck_event_header;

/// Words of which a field must be one, each of at most eight bytes; zeros behind the end.
#define CK_TOLD_MAX 8
#define CK_TOLD_BYTES 8

/// A field that is wanted, by its place in the line.
typedef struct {
  uint16_t place;
  uint8_t slot;
} ck_pick;

/// How the fields of a line are told apart that is cut by position.
typedef struct {
  uint8_t separator, quote;  // No quotes: quote equals separator.
  uint8_t brackets;          // 1: what stands in [ ] is one field.
  uint8_t collapses;         // 1: several separators are one.
  uint32_t minimum;          // Fields that a line has at least.
  uint32_t place_count;
  const uint8_t *slots;  // The slot of each place, or CK_NO_SLOT.
  const ck_pick *picks;  // The places that have one, in order.
  uint32_t pick_count;
  uint32_t told_count;  // Words that tell its lines from others; 0: none is needed.
  uint8_t told_slot;    // Where one of them must be.
  uint64_t told[CK_TOLD_MAX];
} ck_places;

/// A piece of a template: a capture, and the text that follows it.
typedef struct {
  uint32_t text, length;  // Where the text starts in the bytes of all pieces; none at the end.
  uint8_t slot;           // CK_NO_SLOT: skipped.
  uint8_t blanks;         // 1: it may hold blanks.
  uint8_t may_be_empty;
} ck_piece;

/// Pieces that a template may have.
#define CK_PIECES_MAX 64

/// Text to be found first, and the pieces behind it.
typedef struct {
  uint16_t start;  // A text, or CK_NO_TEXT: the message's start.
  uint16_t count;
  uint32_t first;  // Its pieces: from this one on.
  uint16_t same;   // As many of them are those of the template in front, which has the same start.
} ck_template;

/// How the lines of a layout are cut.
enum { CK_CUT_PAIRS, CK_CUT_CEF, CK_CUT_LEEF, CK_CUT_JSON, CK_CUT_PLACES, CK_CUT_TEMPLATES };

/// One layout, compiled: which lines are of it, and how they are cut.
///
/// CEF and LEEF may have lost the word in front of their header on the way; escapes in wanted
/// values of CEF and JSON are undone in place. The names of nested JSON values are joined by dots;
/// the elements of an array have its name.
typedef struct {
  uint64_t all[CK_TEXTS_MAX / 64], any[CK_TEXTS_MAX / 64], none[CK_TEXTS_MAX / 64];
  const uint16_t *starts;  // Texts with one of which the line starts, unless there are none.
  size_t start_count;
  uint8_t has_any;
  uint8_t is_ready;  // 0: its header was not seen yet.
  uint8_t kind;
  uint16_t after;  // The text behind which it starts, or CK_NO_TEXT.
  uint32_t slot_count;
  ck_names names;
  ck_key *keys;  // CK_KEYS of them, of layouts whose values have names.
  uint32_t key_ids;
  ck_pairs pairs;
  ck_event_header header;
  ck_places places;
  const ck_template *templates;
  size_t template_count;
  uint64_t template_texts[CK_TEXTS_MAX / 64];  // Those that templates start with;
  uint8_t has_open_template;                   // 1: one starts at the message's start.
  uint8_t reads_pairs;                         // 1: pairs stand behind a template's last piece.
  const ck_piece *pieces;
  const uint8_t *piece_bytes;
  uint32_t *rows;  // Out: which rows are its records.
  size_t row_count;
} ck_layout;

/// Layouts, the one that is tried first in front: at most CK_LAYOUTS_MAX, so that a word has a bit
/// for each.
#define CK_LAYOUTS_MAX 64
typedef struct {
  ck_texts texts;
  ck_layout *layouts;
  ck_known_header header;
  uint64_t others;  // Layouts that no text announces: lines of any texts may be of them.
  uint16_t escaped_tab;  // The text `#011` where TABs separate something; else CK_NO_TEXT.
  uint8_t has_objects;  // 1: one of them is of JSON objects, which may go over several lines.
} ck_line_plan;

/// What a row is besides its values.
typedef struct {
  uint32_t line, start;  // The number of its line, and where that starts.
  ck_range time;         // The time of its syslog header.
} ck_row;

/// A line that no layout takes.
typedef struct {
  uint32_t line, start;
  uint8_t reason;
} ck_refusal;
enum { CK_CUT = 0, CK_COMMENT, CK_BINARY, CK_OTHER_SHAPE, CK_OTHER_FORMAT };

/// The records of lines: the value of slot s of row r is `values[r * stride + s]`, empty where the
/// line has none.
typedef struct {
  ck_range *values;
  size_t stride;
  ck_row *rows;
  size_t count;
  ck_refusal *refusals;  // As many places as there are rows.
  size_t refusal_count, comment_count;
  size_t joined_count;  // Records that are no line: of several lines, of which the further ones
                        // are comments, or of a line that holds several.
  int may_share_lines;  // 1: a line may hold several objects, each of which counts as a line.
  size_t room;          // How many rows and refusals there may be.
  int is_full;          // Out: 1 where there were more.
} ck_line_cuts;

/// What a line is that may open a JSON object over several lines (joins.c).
typedef struct {
  ck_range text;  // The object; empty: it is none.
  uint32_t stop;  // Where its last line ends.
  uint32_t lines;
  int is_bracket;  // 1: the line holds nothing but brackets of an array or an envelope.
  int is_open;     // 1: an object that starts in the line does not end before the text.
} ck_open_object;
ck_open_object ck_find_open_object(const uint8_t *bytes, uint32_t at, uint32_t stop, uint32_t end);
/// Where the last object of whole lines starts, if it goes on behind them; else `end`.
uint32_t ck_unfinished_object(const uint8_t *bytes, uint32_t start, uint32_t end);
/// The next of several objects in a line: starts at `stop` where there is none, and is empty where
/// it does not end in the line.
ck_range ck_next_object(const uint8_t *bytes, uint32_t at, uint32_t stop);
/// The first one, in its envelope where it has one.
ck_range ck_first_object(const uint8_t *bytes, uint32_t at, uint32_t stop, int *is_wrapped);
/// At least as many as there are objects that neither start a line nor have a name.
size_t ck_count_inner_objects(const uint8_t *bytes, uint32_t start, uint32_t end);

/// The line that a collector carries as text in a JSON object, its escapes undone in place; empty:
/// the line is no such object (carried.c).
ck_range ck_carried_line(uint8_t *bytes, ck_range line);

/// Lines of `bytes[start..<end]`; the last one may lack its newline.
size_t ck_count_lines(ck_level level, const uint8_t *bytes, uint32_t start, uint32_t end);
/// Cuts the lines of `bytes[start..<end]`, the first of which is number `line`. Returns how many
/// there are, each object that shares its line being one: at most as many as there is room for.
size_t ck_cut_any_lines(ck_level level, uint8_t *bytes, uint32_t start, uint32_t end,
                        uint32_t line, ck_line_plan *plan, ck_line_cuts *cuts);
/// Cuts one line by the first layout that takes it; says what it is.
int ck_cut_any_line(ck_level level, uint8_t *bytes, ck_range text, uint32_t line,
                    ck_line_plan *plan, ck_line_cuts *cuts);

// --- Columns of rows (columns.c, values.c) -------------------------------------------------------

/// Some rows, whose values are read column by column.
typedef struct {
  ck_range *values;
  size_t stride;
  const ck_row *heads;
  const uint32_t *rows;
  size_t count;
} ck_columns;

/// For each row the first of its `slots` that is neither empty nor `-`. Returns how many have one.
size_t ck_choose(const uint8_t *bytes, const ck_columns *columns, const uint8_t *slots,
                 size_t slot_count, ck_range *chosen);
/// A field that was found, and the number of its row.
typedef struct {
  uint32_t row;
  ck_range field;
} ck_found_field;
/// Row by row from `*next` on the fields of `slots` that are neither empty nor `-`; stops in front
/// of a row for which there may be no room, and says so in `*next`. Returns how many there are.
size_t ck_find_fields(const uint8_t *bytes, const ck_columns *columns, const uint8_t *slots,
                      size_t slot_count, size_t *next, ck_found_field *found, size_t room);
/// Cuts a field at each `separator`; its parts go to `slots`, where that is not CK_NO_SLOT.
void ck_split(const uint8_t *bytes, const ck_columns *columns, uint8_t slot, uint8_t separator,
              const uint8_t *slots, size_t slot_count);
/// Exchanges the fields of two slots in rows whose code is `code`.
void ck_exchange(const ck_columns *columns, const uint8_t *codes, uint8_t code, uint8_t first,
                 uint8_t second);

/// Byte counts: for each row the first entry of which it has something. An entry is one slot, or
/// several that are added up; `entries[s]` is the number of slot s's entry. `-`, `n/a` and the like
/// are nothing; what is no number up to `max` makes the row's status `bad`, if that was 0.
void ck_read_counts(const uint8_t *bytes, const ck_columns *columns, const uint8_t *slots,
                    const uint8_t *entries, size_t slot_count, int64_t max, int64_t *values,
                    uint8_t *status, uint8_t bad);

/// Undoes escapes in place; the text gets no longer.
#define CK_UNDO_BACKSLASH 1
#define CK_UNDO_HTML 2
#define CK_UNDO_PERCENT 4
#define CK_UNDO_DOUBLED 8  ///< Double quotes, of which each pair is one.
ck_range ck_undo(uint8_t *bytes, ck_range text, int kinds);
void ck_undo_all(uint8_t *bytes, ck_range *texts, size_t count, int kinds);

/// Takes off the double quotes around texts.
void ck_unquote_all(const uint8_t *bytes, ck_range *texts, size_t count);

/// An address or host without the port behind it: `10.0.0.1:443`, `[::1]:443`.
ck_range ck_without_port(const uint8_t *bytes, ck_range address);
void ck_without_ports(const uint8_t *bytes, ck_range *addresses, size_t count);

/// Empties texts that hold letters which no address has, as `localhost` or `x.x.x.x`.
void ck_drop_host_names(const uint8_t *bytes, ck_range *texts, size_t count);
/// Takes the double quotes off users, and empties those that are addresses, or among `names`: what
/// is left of them is an empty range where they stood; a user that was empty has none at all, 0.
/// Quotes doubled between those become single ones, in place; with `unquoted`, also where the
/// quotes stand around the range, not in it.
void ck_drop_nobodies(uint8_t *bytes, ck_range *users, size_t count, const ck_names *names,
                      int unquoted);
/// Adds `code` to the codes of texts that are among `names`.
void ck_mark_names(const uint8_t *bytes, const ck_range *texts, size_t count,
                   const ck_names *names, uint8_t code, uint8_t *codes);
/// Adds `code` to the codes of texts that are no address of the internet.
void ck_mark_inner(const uint8_t *bytes, const ck_range *texts, size_t count, uint8_t code,
                   uint8_t *codes);
/// Fills gaps in `targets` with hosts that are addresses.
void ck_take_addresses(const uint8_t *bytes, const ck_range *hosts, size_t count,
                       ck_range *targets);

/// How many of the texts are empty or `-`.
size_t ck_count_gaps(const uint8_t *bytes, const ck_range *texts, size_t count);
/// Fills gaps in `targets`.
void ck_fill_gaps(const uint8_t *bytes, const ck_range *texts, size_t count, ck_range *targets);

#endif
