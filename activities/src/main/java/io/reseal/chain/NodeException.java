package io.reseal.chain;

import io.reseal.problem.ProblemException;
import java.time.Duration;
import java.util.Optional;

/** One node gave no usable answer; the message states which node, which call, and why. */
public final class NodeException extends ProblemException {

  private static final long serialVersionUID = 1L;

  /** Why there is no answer. */
  public enum Kind {
    /** Nobody answered, or not in time. */
    UNREACHABLE,
    /** The node asks for fewer calls, or is out of order for the moment. */
    BUSY,
    /** The node wants another token. */
    UNAUTHORIZED,
    /** The node answered with an error of its own: it lacks the state, knows no such thing. */
    REFUSED,
    /** What it sent is not an answer to the call: garbage, too much, wrong types. */
    MALFORMED
  }

  private final Kind kind;
  private final String node;
  private final String said;
  private final transient Optional<Duration> pause;

  NodeException(Kind kind, String node, String method, String said) {
    this(kind, node, method, said, Optional.empty());
  }

  NodeException(Kind kind, String node, String method, String said, Optional<Duration> pause) {
    super(Category.FAILED, "Node %s, asked for %s, %s.".formatted(node, method, said));
    this.kind = kind;
    this.node = node;
    this.said = said;
    this.pause = pause;
  }

  public Kind kind() {
    return kind;
  }

  /** Which node, by its address. */
  public String node() {
    return node;
  }

  /** What the node did instead of answering, to follow its name: {@code answers "…"}. */
  public String said() {
    return said;
  }

  /** How long the node asked to be left alone. */
  Optional<Duration> pause() {
    return pause == null ? Optional.empty() : pause;
  }

  /** Whether the same node may answer the same call a little later. */
  boolean mayPass() {
    return kind == Kind.UNREACHABLE || kind == Kind.BUSY;
  }
}
