package io.reseal.chain;

import java.util.List;
import java.util.stream.Collectors;

/** No node gave an answer to use; the message names each with what it did instead. */
public final class NodesException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<NodeException> failures;

  NodesException(String method, List<NodeException> failures) {
    super("%s: %s.".formatted(method, said(failures)));
    this.failures = List.copyOf(failures);
  }

  /** Whether every node was out of reach, so that nothing at all can be asked. */
  public boolean isUnreachable() {
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
