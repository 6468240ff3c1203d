// Linux calls that the Glibc module of Swift does not show.
#ifndef LOGVEIL_CLINUX_H
#define LOGVEIL_CLINUX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// open(2): a file without a name in the folder that is opened.
static const int cl_nameless = O_TMPFILE;

/// Turns core dumps and ptrace of this process off. Returns 0, or -1 with errno.
static inline int cl_forbid_core_dumps(void) {
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// openat2(2): opens `path` below the folder `folder`; `resolve` is a set of RESOLVE_* flags.
static inline int cl_openat2(int folder, const char *path, uint64_t flags, uint64_t mode,
                             uint64_t resolve) {
  struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

/// sync_file_range(2): starts to write bytes of a file to the disk, and does not wait. A file system
/// that can't does nothing.
static inline void cl_start_writing(int file, int64_t offset, int64_t count) {
  (void)sync_file_range(file, offset, count, SYNC_FILE_RANGE_WRITE);
}

/// setfsuid(2): files of this thread alone are opened and made as those of `uid`, from now on. Returns
/// whose they were before.
static inline uint32_t cl_set_file_user(uint32_t uid) {
  return (uint32_t)syscall(SYS_setfsuid, uid);
}

/// madvise(2): makes all pages of `memory` writable now, instead of one by one when they are first
/// touched. A kernel before 5.14 does nothing.
static inline void cl_populate(void *memory, size_t bytes) {
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
  (void)madvise(memory, bytes, MADV_POPULATE_WRITE);
}

/// mallopt(3): from now on no piece of the heap has pages of its own, and none go back when they are
/// free, but for pieces too large for an arena.
static inline void cl_keep_heap(void) {
  (void)mallopt(M_MMAP_THRESHOLD, INT_MAX);
  (void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

/// mallopt(3), malloc_trim(3): from now on pieces of the heap from `bytes` on have pages of their own,
/// which go when they are freed; what is free already goes at once.
static inline void cl_give_back_heap(int bytes) {
  (void)mallopt(M_MMAP_THRESHOLD, bytes);
  (void)mallopt(M_TRIM_THRESHOLD, bytes);
  (void)malloc_trim(0);
}

/// mremap(2): `memory` with more pages behind it, where there is room for them; `MAP_FAILED` with
/// errno.
static inline void *cl_extend_pages(void *memory, size_t bytes, size_t longer) {
  return mremap(memory, bytes, longer, MREMAP_MAYMOVE);
}

#endif
