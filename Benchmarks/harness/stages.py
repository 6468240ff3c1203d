"""Which stage of the job a function belongs to, by the name that the linker knows it by.

A Swift symbol begins with its module; the C kernels are told by their names. What belongs to no
stage by itself (the C library, the Swift runtime, a codec, a stage's specialised copy of a generic
function) counts for whoever calls it.
"""

import re

# In the order of the job. "run" is all around it: arguments, settings, the governance log.
STAGES = ("run", "read", "index", "fields", "names", "dictionaries", "cipher", "apps", "group",
          "merge", "encode", "commit")
# With what every run costs in front.
ALL = ("start", *STAGES)

MODULES = {
    "ArchiveDecoding": "read", "ByteBlocks": None, "ByteDictionaries": "dictionaries",
    "LogFormats": "fields", "ClearRecords": "names", "IdentityRules": "names",
    "Pseudonymisation": "cipher", "Sealing": "cipher", "AppMatching": "apps",
    "UsageAggregation": "merge", "ParquetFiles": "encode", "ColumnTables": "encode",
    "DeltaLake": "commit", "Storage": "commit", "StagedExecution": "run", "IngestPipeline": "run",
    "ByteKernels": None, "VeiledRecords": None,
}

# Kernels, the first pattern that fits.
KERNELS = tuple((re.compile(pattern), stage) for pattern, stage in (
    (r"(ck_)?(content_|sums_|fold_|update_)|ck_behind_last_newline", "read"),
    (r"(ck_)?(index|lines?_(avx|scalar)|count_lines)|ck_lines_", "index"),
    (r"ck_(dictionary|known|shared|words)|find_(avx|scalar)", "dictionaries"),
    (r"ck_group_(merge|sort|item|ranges|scatter|gather|used|add_up)|ck_(sort|gather|exchange|fill)",
     "merge"),
    (r"ck_group|add_(aes|scalar)|ck_prints", "group"),
    (r"ck_(drop|mark|put_name|split|undo)", "names"),
    (r"ck_|cut_|path_slot|read_syslog|find_texts|window_|places_|pairs_|texts_", "fields"),
))

SWIFT_MODULE = re.compile(r"\$[sS](\d+)")


def swift_module(symbol):
    """The module that a Swift symbol begins with; `None` for one of the standard library."""
    found = SWIFT_MODULE.match(symbol)
    if not found:
        return None
    length, start = int(found[1]), found.end()
    return symbol[start:start + length]


def stage(symbol, is_ours):
    """The stage of a function; `None` where it counts for its callers."""
    if not is_ours:
        return None
    if symbol.startswith("$"):
        module = swift_module(symbol)
        return MODULES.get(module, "run") if module else None
    for pattern, name in KERNELS:
        if pattern.match(symbol):
            return name
    return "run" if symbol == "logveil_main" else None
