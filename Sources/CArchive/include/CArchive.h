// libarchive, loaded when the first container is opened.
//
// It brings eight more libraries along (for XML, Unicode, ciphers, codecs). Most runs open no
// container: they start faster without, and keep parsers that nobody needs away from the keys.
#ifndef LOGVEIL_CARCHIVE_H
#define LOGVEIL_CARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#define CA_DOOR(name) __typeof__(name) *_Nonnull name

/// The functions of the library that are in use, by their own names.
typedef struct {
  CA_DOOR(archive_read_new);
  CA_DOOR(archive_read_free);
  CA_DOOR(archive_read_support_filter_bzip2);
  CA_DOOR(archive_read_support_filter_gzip);
  CA_DOOR(archive_read_support_filter_lz4);
  CA_DOOR(archive_read_support_filter_xz);
  CA_DOOR(archive_read_support_filter_zstd);
  CA_DOOR(archive_read_support_format_empty);
  CA_DOOR(archive_read_support_format_raw);
  CA_DOOR(archive_read_support_format_tar);
  CA_DOOR(archive_read_support_format_zip);
  CA_DOOR(archive_read_open);
  CA_DOOR(archive_read_open_filename);
  CA_DOOR(archive_read_next_header);
  CA_DOOR(archive_read_data);
  CA_DOOR(archive_filter_bytes);
  CA_DOOR(archive_entry_pathname);
  CA_DOOR(archive_entry_filetype);
  CA_DOOR(archive_entry_size);
  CA_DOOR(archive_entry_size_is_set);
} ca_library;

#undef CA_DOOR

/// The library, the same for all threads; NULL where it is not installed.
const ca_library *_Nullable ca_load(void);

#endif
