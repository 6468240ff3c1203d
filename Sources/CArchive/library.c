#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#include "CArchive.h"

static ca_library library;
static int is_there;

// POSIX lets an address of dlsym be one of a function; C has no cast that says so.
#define FIND(name) (*(void **)&library.name = dlsym(handle, #name)) != NULL

static void load(void) {
  void *const handle = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
  if (!handle) return;
  is_there = FIND(archive_read_new) && FIND(archive_read_free) &&
             FIND(archive_read_support_filter_bzip2) && FIND(archive_read_support_filter_gzip) &&
             FIND(archive_read_support_filter_lz4) && FIND(archive_read_support_filter_xz) &&
             FIND(archive_read_support_filter_zstd) && FIND(archive_read_support_format_empty) &&
             FIND(archive_read_support_format_raw) && FIND(archive_read_support_format_tar) &&
             FIND(archive_read_support_format_zip) && FIND(archive_read_open) &&
             FIND(archive_read_open_filename) && FIND(archive_read_next_header) &&
             FIND(archive_read_data) && FIND(archive_filter_bytes) &&
             FIND(archive_entry_pathname) && FIND(archive_entry_filetype) &&
             FIND(archive_entry_size) && FIND(archive_entry_size_is_set);
}

const ca_library *ca_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_there ? &library : NULL;
}
