// Files of Datasets/ that are compiled in: a moved binary needs no folder beside it.
#ifndef LOGVEIL_CEMBEDDED_H
#define LOGVEIL_CEMBEDDED_H

#include <stddef.h>
#include <stdint.h>

/// The text of Datasets/catalog/apps.csv: ce_app_catalog_bytes bytes, without a final NUL.
extern const uint8_t *const _Nonnull ce_app_catalog;
/// How many bytes ce_app_catalog points to.
extern const size_t ce_app_catalog_bytes;

/// A file of Datasets/formats/.
typedef struct {
  const uint8_t *_Nonnull text;
  size_t byte_count;
} ce_file;
/// The profiles of log formats, in the order of their names.
extern const ce_file *const _Nonnull ce_formats;
extern const size_t ce_format_count;

/// Style and script of reports: Datasets/report/.
extern const ce_file ce_report_style;
extern const ce_file ce_report_script;

#endif
