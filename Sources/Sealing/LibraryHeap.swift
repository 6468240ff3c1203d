import COpenSSL
import Glibc

/// OpenSSL's own memory, in its secure heap: expanded and derived keys lie in locked pages too.
///
/// The library gives its ciphers common heap memory, wiped at the end but open to the swap device.
/// Small requests are therefore met from its secure heap (`CRYPTO_secure_malloc`), which is locked,
/// left out of core dumps, between guard pages, and wiped on release. Large ones, which hold text
/// or scrypt's table, and all once that heap is full, come from the common heap.
enum LibraryHeap {
  /// Bytes of the secure heap; a run of this command was seen to use less than a third of them.
  static let byteCount = 1 << 20
  /// The largest request that goes there; an expanded AES or GCM key has about a thousand bytes.
  static let largestPiece = 4096

  /// Whether the heap is there and locked; if not, the library works as it always does. The first
  /// question makes it, and must come before anything else is asked of OpenSSL.
  static let isLocked: Bool = {
    // SAFETY: the three functions keep what CRYPTO_set_mem_functions(3) asks of them. OpenSSL
    // refuses them when it has given out memory already, so that no piece changes hands.
    guard unsafe CRYPTO_set_mem_functions(allocate, resize, release) == 1 else { return false }
    return CRYPTO_secure_malloc_init(byteCount, 16) == 1
  }()

  private static let allocate: CRYPTO_malloc_fn = { byteCount, _, _ in
    // Without a file name a full heap is no error: it would ask for memory to be reported.
    if byteCount <= LibraryHeap.largestPiece, CRYPTO_secure_malloc_initialized() == 1,
      let piece = unsafe CRYPTO_secure_malloc(byteCount, nil, 0)
    {
      return unsafe piece
    }
    return unsafe malloc(byteCount)
  }

  private static let resize: CRYPTO_realloc_fn = { piece, byteCount, _, _ in
    guard let piece = unsafe piece, unsafe CRYPTO_secure_allocated(piece) == 1 else {
      return unsafe realloc(piece, byteCount)
    }
    guard let moved = unsafe CRYPTO_malloc(byteCount, nil, 0) else { return nil }
    unsafe memcpy(moved, piece, min(byteCount, CRYPTO_secure_actual_size(piece)))
    unsafe CRYPTO_secure_free(piece, nil, 0)
    return unsafe moved
  }

  private static let release: CRYPTO_free_fn = { piece, _, _ in
    guard let piece = unsafe piece, unsafe CRYPTO_secure_allocated(piece) == 1 else {
      return unsafe free(piece)
    }
    unsafe CRYPTO_secure_free(piece, nil, 0)
  }
}
