package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.config.ChainSettings;
import io.reseal.problem.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Several nodes of one chain: the next is asked if one fails or lacks the state. */
public final class LotusNodes {

  /**
   * What was answered.
   *
   * @param value the answer, read
   * @param unconfirmed why no second node confirmed the answer, if one should have
   */
  record Answer<T>(T value, Optional<String> unconfirmed) {}

  /** An answer and who gave it. */
  record Given<T>(LotusNode node, T value) {}

  /**
   * What one node answered, and what a second one did.
   *
   * @param second empty if there is no second one that answers
   * @param unconfirmed why no second node answered, if one should have
   */
  record Both<T>(Given<T> first, Optional<Given<T>> second, Optional<String> unconfirmed) {}

  private final List<LotusNode> nodes;

  public LotusNodes(List<LotusNode> nodes) {
    if (nodes.isEmpty()) {
      throw new RefusedException(
          "No node of the chain is known: set FULLNODE_API_INFO, or [[chain.node]] in"
              + " reseal.toml.");
    }
    this.nodes = List.copyOf(nodes);
  }

  /** The nodes of an installation, each called as configured. */
  public LotusNodes(ChainSettings chain) {
    this(LotusNode.of(chain.nodes(), chain.requestsPerSecond(), chain.timeout()));
  }

  /** The nodes of an installation, if it has any. */
  public static Optional<LotusNodes> of(ChainSettings chain) {
    return chain.nodes().isEmpty() ? Optional.empty() : Optional.of(new LotusNodes(chain));
  }

  /** How many requests were sent to all of them. */
  public long calls() {
    return nodes.stream().mapToLong(LotusNode::calls).sum();
  }

  /**
   * The first answer that can be read.
   *
   * @param reader takes it; its {@link MalformedException} is this node's failure
   * @throws NodesException if no node gives one
   */
  <T> T ask(Function<JsonNode, T> reader, String method, Object... parameters) {
    return first(nodes, new ArrayList<>(), reader, method, parameters).value();
  }

  /** Each node's own answer, of those that give one. */
  <T> List<T> askEach(Function<JsonNode, T> reader, String method, Object... parameters) {
    List<NodeException> failures = new ArrayList<>();
    List<T> answers =
        nodes.stream()
            .flatMap(node -> attempt(node, failures, reader, method, parameters).stream())
            .map(Given::value)
            .toList();
    if (answers.isEmpty()) {
      throw new NodesException(method, failures);
    }
    return answers;
  }

  /**
   * An answer that two nodes give alike, if there are two that answer.
   *
   * @param what the fact, for people
   * @throws DisagreementException if the second one's differs
   * @throws NodesException if no node gives one
   */
  <T> Answer<T> agreed(
      String what, Function<JsonNode, T> reader, String method, Object... parameters) {
    Both<T> both = both(what, reader, method, parameters);
    both.second()
        .filter(other -> !other.value().equals(both.first().value()))
        .ifPresent(
            other -> {
              throw new DisagreementException(
                  what,
                  both.first().node().toString(),
                  both.first().value(),
                  other.node().toString(),
                  other.value());
            });
    return new Answer<>(both.first().value(), both.unconfirmed());
  }

  /**
   * The answers of two nodes, if there are two that answer, for whoever compares them.
   *
   * @param what the fact, for people
   * @throws NodesException if no node gives one
   */
  <T> Both<T> both(String what, Function<JsonNode, T> reader, String method, Object... parameters) {
    List<NodeException> failures = new ArrayList<>();
    Given<T> one = first(nodes, failures, reader, method, parameters);
    for (LotusNode node : nodes.subList(nodes.indexOf(one.node()) + 1, nodes.size())) {
      Optional<Given<T>> other = attempt(node, failures, reader, method, parameters);
      if (other.isPresent()) {
        return new Both<>(one, other, Optional.empty());
      }
    }
    return new Both<>(
        one,
        Optional.empty(),
        failures.isEmpty()
            ? Optional.empty()
            : Optional.of(
                "Only %s told %s. %s"
                    .formatted(
                        one.node(), what, new NodesException(method, failures).getMessage())));
  }

  private static <T> Given<T> first(
      List<LotusNode> nodes,
      List<NodeException> failures,
      Function<JsonNode, T> reader,
      String method,
      Object[] parameters) {
    for (LotusNode node : nodes) {
      Optional<Given<T>> given = attempt(node, failures, reader, method, parameters);
      if (given.isPresent()) {
        return given.get();
      }
    }
    throw new NodesException(method, failures);
  }

  private static <T> Optional<Given<T>> attempt(
      LotusNode node,
      List<NodeException> failures,
      Function<JsonNode, T> reader,
      String method,
      Object[] parameters) {
    try {
      return Optional.of(new Given<>(node, reader.apply(node.call(method, parameters))));
    } catch (MalformedException e) {
      failures.add(
          new NodeException(
              NodeException.Kind.MALFORMED,
              node.toString(),
              method,
              "sent an answer in which " + e.getMessage()));
    } catch (NodeException e) {
      failures.add(e);
    }
    return Optional.empty();
  }
}
