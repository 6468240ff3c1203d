/// The files in which unsafe code may stand, by room, each with what it needs it for.
///
/// A new one is a decision: first look for a span, then for a file that is here already.
enum UnsafeFiles {
  static let reasons: [String: [String: String]] = [
    "AppMatching": [
      "AppCatalog": "the catalog lies in the program's own read-only data",
      "RegistrableDomain": "libpsl", "SuffixLibrary": "libpsl",
    ],
    "ArchiveDecoding": [
      "ArchiveError": "strerror", "ArchiveFile": "pread", "ArchiveList": "lstat, readdir",
      "ArchiveOpening": "open, fstat", "CarriedLine": "memcpy of a line's start",
      "CodecLibraries": "names of versions, as C text",
      "ContainerHandle": "libarchive", "ContainerStream": "lends a stream's buffer to libarchive",
      "ContentID": "xxhash", "DecoderPool": "buffers that codecs write to",
      "FrameEncoder": "libzstd, liblz4, ISA-L",
      "GzipEngine": "ISA-L", "GzipMemberSearch": "memchr", "LZ4Engine": "liblz4",
      "LZ4History": "a window that liblz4 reads back from", "ScratchBytes": "mmap",
      "StoredBytes": "read into a codec's buffer", "StoredInput": "a codec's input buffer",
      "TextAssembler": "memchr", "TextOutput": "the free part of a block, for codecs",
      "UnitDecoder": "lends a block's free part to a codec", "ZstdEngine": "libzstd",
    ],
    "BenchmarkDoors": ["ParseDoor": "clock_gettime"],
    "ByteBlocks": [
      "Block": "owns aligned memory", "BlockPool": "owns mapped memory",
      "Buffer": "owns memory that is not filled first", "ByteStrings": "appends what is borrowed",
      "CompareBytes": "memcmp order of texts", "PackedBytes": "plain values as bytes",
      "ZeroMemory": "mmap, madvise, aligned_alloc",
    ],
    "ByteKernels": [
      "ByteSearch": "loads sixteen bytes at any place, memchr",
      "ContentHashKernel": "C kernels", "DictionaryTable": "C kernels",
      "EventPrints": "C kernels",
      "FieldKernels": "C kernels", "GroupItems": "C kernels", "GroupMerge": "C kernels",
      "GroupShare": "C kernels", "GroupTable": "C kernels", "SortItem": "C kernels",
      "LineColumns": "C kernels", "LineCutter": "C kernels", "LineKernels": "C kernels",
      "LinePlan": "C kernels", "TextIndex": "C kernels", "TimePattern": "C kernels",
      "NameSums": "C kernels", "ValueKernels": "C kernels", "WordTable": "C kernels",
    ],
    "ClearExits": ["TextEdits": "append of a span"],
    "LogFormats": ["FormatCatalog": "the profiles that are compiled in"],
    "DeltaLake": [
      "ContentName": "xxhash", "DraftFile": "append of a span", "DeltaTable": "clock_gettime",
    ],
    "Governance": [
      "Anchor": "open, sendto", "EpochKeys": "open, read without a copy of the key",
      "ExactStatement": "SQLite's own statement", "Initiator": "getpwuid_r, read",
      "StateFile": "open, fstat", "StateLibrary": "name of the version, as C text",
      "UTCTime": "clock_gettime",
    ],
    "IngestPipeline": ["Steps": "clock_gettime"],
    "Operations": [
      "FoundFiles": "opendir, stat, read", "Home": "getcwd, mkdir, stat",
      "HomeWall": "realpath, lstat",
      "HostConfiguration": "open, read", "SealedSpill": "getenv",
      "KeyOperation+Transfer": "open, read",
      "MachineFacts": "statvfs, lstat, read", "OutputFile": "mkdir",
      "PeakMemory": "open, read", "RunOperation": "getrusage",
    ],
    "ReportPages": ["PageAssets": "style and script, which are compiled in"],
    "ParquetFiles": [
      "BitPacking": "packs words without bounds checks", "BloomFilter": "xxhash",
      "BooleanRuns": "reads flags eight at a time", "Bytes": "reads numbers at any place",
      "ChunkBuilder": "fills arrays that are not zeroed first",
      "DeltaBinaryPacked": "packs words without bounds checks",
      "OutputBytes": "owns the memory that encoders write to",
      "PageDecompressor": "libzstd, snappy, ISA-L",
      "UsedCodes": "fills arrays that are not zeroed first", "ZstdCompressor": "libzstd",
    ],
    "Pseudonymisation": [
      "BlockMessages": "reads 16 bytes as one block",
      "BlockMessages+Base32": "writes texts into memory that is not zeroed first",
      "KeyFolder": "open, fstat, read without a copy of the key",
      "KeySource+Read": "open, fstat, read without a copy of the key",
      "KeyWrapping": "getenv", "PassphrasePrompt": "termios, read without a copy",
    ],
    "Sealing": [
      "AuthenticatedCipher": "OpenSSL", "BlockCipher": "OpenSSL", "Ed25519": "OpenSSL",
      "KeyDerivation": "OpenSSL", "KeyHandle": "OpenSSL",
      "KeyWrap": "OpenSSL", "LibraryHeap": "OpenSSL's allocator", "Scrypt": "OpenSSL",
      "LibraryVersion": "OpenSSL",
      "Primitives": "OpenSSL", "ProcessHardening": "setrlimit",
      "SecretPages": "mmap, mlock, explicit_bzero",
    ],
    "StagedExecution": ["Ticker": "write, in the handler of a signal"],
    "Storage": [
      "Descriptor": "read, write", "DiskStorage": "openat2, linkat, fsync",
      "NewFile": "open of a file without a name, linkat, unlink",
      "ScratchFile": "open of a file without a name",
      "StreamedFile": "lstat, open, rename, unlink",
    ],
    "VeiledRecords": ["CivilDay": "clock_gettime"],
    "logveil": [
      "Lineage": "open, one write a line", "RunMetrics": "rename",
      "StandardInput": "read without a copy of a name",
    ],
    "loggen": [
      "Codec": "owns the buffer that codecs write to", "GzipMembers": "ISA-L",
      "LZ4Frames": "liblz4", "Loggen": "write", "LoggenError": "strerror",
      "OutputFile": "open, write", "TextBuffer": "owns the text being written",
      "ZstdFrames": "libzstd",
    ],
  ]
}
