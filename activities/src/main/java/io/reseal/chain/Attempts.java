package io.reseal.chain;

import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The log of the attempts to find facts of one sector. A fact is searched for in one place after
 * the other; if all of them fail, the remarks list what each attempt gave instead.
 */
final class Attempts {

  private final SectorId sector;
  private final List<String> remarks = new ArrayList<>();

  /** What the attempts to find the current fact gave instead of it. */
  private final List<String> failed = new ArrayList<>();

  Attempts(SectorId sector) {
    this.sector = sector;
  }

  List<String> remarks() {
    return List.copyOf(remarks);
  }

  void remark(String remark) {
    if (!remarks.contains(remark)) {
      remarks.add(remark);
    }
  }

  /** How many attempts to find the current fact have failed. */
  int failures() {
    return failed.size();
  }

  void fail(String what) {
    failed.add(what);
  }

  /** Records that a place was searched and does not have the fact. */
  <T> Optional<T> absent(String what) {
    failed.add("Looked for %s: there is none.".formatted(what));
    return Optional.empty();
  }

  /** The nodes' answer; empty, and recorded, if nodes can be reached but do not have it. */
  <T> Optional<T> of(String what, Supplier<T> question) {
    try {
      return Optional.of(question.get());
    } catch (NodesException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      failed.add("Looked for %s: %s".formatted(what, e.getMessage()));
    } catch (MalformedException e) {
      failed.add("Looked for %s: %s.".formatted(what, e.getMessage()));
    }
    return Optional.empty();
  }

  /** The value of an answer; a remark is added if only one node has confirmed it. */
  <T> T confirmed(LotusNodes.Answer<T> answer) {
    answer.unconfirmed().ifPresent(this::remark);
    return answer.value();
  }

  /**
   * Ends the search for a fact. If it was not found, the failed attempts become remarks.
   *
   * @param otherwise the remark if it was not found; {@code %s} in it is the sector
   */
  <T> Optional<T> conclude(Optional<T> fact, String otherwise) {
    if (fact.isEmpty()) {
      remarks.add(otherwise.formatted(sector));
      remarks.addAll(failed);
    }
    failed.clear();
    return fact;
  }
}
