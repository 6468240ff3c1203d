/// How a file is cut and encoded.
///
/// The defaults suit every reader of today.
package struct ParquetOptions: Sendable, Equatable {
  /// 1 (fast) … 19 (small).
  package var zstdLevel = 3
  /// Rows of a row group: readers spread their work by row groups.
  package var rowGroupRowsMax = 1 << 20
  package var pageRowsMax = 20_000
  /// Bytes of a page's values before compression; a longer single value gets a page of its own.
  package var pageBytesMax = 1 << 20
  /// Bytes of a dictionary that is looked for among plain values; a larger one is dropped.
  package var dictionaryBytesMax = 1 << 20
  /// Bytes of a dictionary that a column brings along already: all pseudonyms of a row group.
  ///
  /// Higher than `dictionaryBytesMax` because it costs no search, and because a column of 42 to
  /// 60 bytes a pseudonym is three times as slow and twice as large without it. A reader holds
  /// one such dictionary per row group that it reads.
  package var codesDictionaryBytesMax = 1 << 25
  /// Most distinct strings, of a hundred, with which a dictionary that is looked for is used.
  package var dictionaryDistinctPercentMax = 40
  /// The same of numbers: with more of them deltas are as small, and made in a third of the time.
  package var dictionaryDistinctNumbersPercentMax = 25
  /// Only PLAIN, RLE and RLE_DICTIONARY: for readers that do not know the delta encodings.
  package var isCompatible = false
  /// Whether null sorts before every value in the columns that the table is sorted by.
  package var sortsNullsFirst = true
  /// Columns of strings or numbers that get a bloom filter, about 1.3 to 2.6 bytes a value.
  package var bloomFilterColumns: Set<String> = []

  package init() {}
}
