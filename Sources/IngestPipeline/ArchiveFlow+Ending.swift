internal import VeiledRecords

extension ArchiveFlow {
  /// Keeps the first rejects only. What is cut off can never be among the first again, since
  /// blocks that are still under way only add rejects.
  func pruneRejects() {
    rejects.sort { $0.offset < $1.offset }
    rejects.removeLast(max(0, rejects.count - ArchiveReport.rejectRowsMax))
  }

  /// Gives the rejects their line numbers in the archive, from 1.
  func numberRejects() {
    pruneRejects()
    pieces.sort { $0.textOffset < $1.textOffset }
    var piece = 0
    var linesBefore = 0
    for place in rejects.indices {
      while piece + 1 < pieces.count, pieces[piece + 1].textOffset <= rejects[place].offset {
        linesBefore += pieces[piece].lines
        piece += 1
      }
      rejects[place].line += linesBefore + 1
    }
    report.rejects = rejects
    rejects = []
  }

  /// Forgets all that was read so far.
  func forgetEvents() {
    shares = [:]
    spilled = SpilledSums()
    activities?.beginAgain()
    pieces = []
    rejects = []
    report.counts = LineCounts()
    report.leftOut = [:]
    report.rejectsByReason = [:]
  }
}
