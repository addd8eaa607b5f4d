package io.reseal.chain;

import io.reseal.problem.ProblemException;
import java.util.List;
import java.util.stream.Collectors;

/** No node gave a usable answer; the message names each node and what it did instead. */
public final class NodesException extends ProblemException {

  private static final long serialVersionUID = 1L;

  NodesException(String method, List<NodeException> failures) {
    super(
        areUnreachable(failures) ? Category.UNREACHABLE : Category.FAILED,
        "%s: %s.".formatted(method, said(failures)));
  }

  /** Whether every node was out of reach, so that nothing at all can be asked. */
  public boolean isUnreachable() {
    return category() == Category.UNREACHABLE;
  }

  private static boolean areUnreachable(List<NodeException> failures) {
    return failures.stream()
        .allMatch(
            failure -> failure.mayPass() || failure.kind() == NodeException.Kind.UNAUTHORIZED);
  }

  private static String said(List<NodeException> failures) {
    return failures.stream()
        .map(failure -> failure.node() + " " + failure.said())
        .collect(Collectors.joining("; "));
  }
}
