package io.reseal.chain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.failsafe.CircuitBreaker;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RateLimitExceededException;
import dev.failsafe.RateLimiter;
import dev.failsafe.RetryPolicy;
import io.reseal.config.NodeAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One Lotus-compatible node or miner, called by JSON-RPC over HTTP: no more often than it may be,
 * again if it was only busy, and not at all for a while after it has failed several times in a row.
 */
public final class LotusNode {

  /**
   * How a node is called.
   *
   * @param apart between the beginnings of two requests at the least
   * @param queue longest that a call waits for its turn
   * @param timeout for one answer, its last byte included
   * @param longest bytes of an answer that are taken at most
   * @param retries after a failure that may pass
   * @param firstPause before the first retry; it doubles from there
   * @param rest for which a node that failed several times in a row is left alone
   */
  public record Manners(
      Duration apart,
      Duration queue,
      Duration timeout,
      long longest,
      int retries,
      Duration firstPause,
      Duration rest) {

    /** What suits a node of which nothing else is known. */
    public static Manners standard(int requestsPerSecond, Duration timeout) {
      return new Manners(
          Duration.ofSeconds(1).dividedBy(requestsPerSecond),
          Duration.ofHours(1),
          timeout,
          64L << 20,
          2,
          Duration.ofMillis(500),
          Duration.ofSeconds(30));
    }
  }

  /** Which API is called, by its path and the first part of its methods' names. */
  public enum Api {
    /** A node's. */
    NODE("v1", "Filecoin"),
    /** lotus-miner's and Curio's. */
    MINER("v0", "Filecoin"),
    /** damocles-manager's. */
    DAMOCLES("v0", "Venus");

    private final String version;
    private final String namespace;

    Api(String version, String namespace) {
      this.version = version;
      this.namespace = namespace;
    }
  }

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final int FAILURES_IN_A_ROW = 4;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final int QUOTED = 300;
  private static final String NOT_WAITED_FOR = "was not waited for";

  /** What a node or miner writes before the name of a method that the token does not allow. */
  private static final String NO_PERMISSION = "missing permission to invoke";

  private final NodeAddress address;
  private final Api api;
  private final URI endpoint;
  private final Manners manners;
  private final HttpClient http;
  private final FailsafeExecutor<Object> careful;
  private final AtomicLong calls = new AtomicLong();

  public LotusNode(NodeAddress address, Api api, Manners manners) {
    this(address, api, manners, pause -> {});
  }

  /**
   * @param pauses is notified how long the node is left alone before it is asked again, before it
   *     is
   */
  LotusNode(NodeAddress address, Api api, Manners manners, Consumer<Duration> pauses) {
    this.address = address;
    this.api = api;
    this.endpoint = address.rpc(api.version);
    this.manners = manners;
    // A redirect is an answer like any other: a token goes to no other host.
    this.http =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(manners.timeout())
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    this.careful = Failsafe.with(retries(manners, pauses), breaker(manners), limiter(manners));
  }

  /**
   * The result of a call; JSON null if that is the result.
   *
   * @throws NodeException if there is none
   */
  public JsonNode call(String method, Object... parameters) {
    try {
      return careful.get(() -> callOnce(method, parameters));
    } catch (CircuitBreakerOpenException e) {
      throw new NodeException(
          NodeException.Kind.UNREACHABLE,
          toString(),
          method,
          "failed several times in a row and is left alone for a while");
    } catch (RateLimitExceededException e) {
      throw new NodeException(
          NodeException.Kind.BUSY,
          toString(),
          method,
          "has so many calls waiting for it that this one would wait longer than %s"
              .formatted(manners.queue()));
    } catch (FailsafeException e) {
      // Interrupted between two attempts; the thread's flag is set.
      throw malformed(method, NOT_WAITED_FOR);
    }
  }

  /** How many requests this node was sent. */
  public long calls() {
    return calls.get();
  }

  /** The node's address, without its token. */
  @Override
  public String toString() {
    return address.toString();
  }

  private static RetryPolicy<Object> retries(Manners manners, Consumer<Duration> pauses) {
    return RetryPolicy.builder()
        .handleIf(failure -> mayPass(failure) && wantedPause(failure).compareTo(LONGEST_PAUSE) <= 0)
        .withMaxRetries(manners.retries())
        .withBackoff(manners.firstPause(), LONGEST_PAUSE)
        .withDelayFnOn(context -> wantedPause(context.getLastException()), NodeException.class)
        .onRetryScheduled(retry -> pauses.accept(retry.getDelay()))
        .build();
  }

  /** How long the node asked to be left alone; negative, which leaves it to the backoff, if not. */
  private static Duration wantedPause(Throwable failure) {
    return ((NodeException) failure).pause().orElse(Duration.ofMillis(-1));
  }

  private static CircuitBreaker<Object> breaker(Manners manners) {
    return CircuitBreaker.builder()
        .handleIf(LotusNode::mayPass)
        .withFailureThreshold(FAILURES_IN_A_ROW)
        .withDelay(manners.rest())
        .build();
  }

  private static RateLimiter<Object> limiter(Manners manners) {
    return RateLimiter.smoothBuilder(manners.apart()).withMaxWaitTime(manners.queue()).build();
  }

  private static boolean mayPass(Throwable failure) {
    return failure instanceof NodeException node && node.mayPass();
  }

  private JsonNode callOnce(String method, Object[] parameters) {
    if (address.exposesToken()) {
      throw new NodeException(
          NodeException.Kind.UNAUTHORIZED,
          toString(),
          method,
          "was not asked: its token would be sent unencrypted; use https, or set"
              + " chain.plaintext_tokens = true in reseal.toml");
    }
    long id = calls.incrementAndGet();
    HttpResponse<byte[]> response = send(method, request(method, parameters, id));
    checkStatus(method, response);
    JsonNode answer = parse(method, response);
    JsonNode error = answer.path("error");
    if (!error.isMissingNode() && !error.isNull()) {
      String message = error.path("message").asText(error.toString());
      throw new NodeException(
          message.startsWith(NO_PERMISSION)
              ? NodeException.Kind.UNAUTHORIZED
              : NodeException.Kind.REFUSED,
          toString(),
          method,
          "answers \"%s\"".formatted(quoted(message)));
    }
    if (!answer.has("result")
        || !answer.path("id").isIntegralNumber()
        || answer.path("id").longValue() != id) {
      throw malformed(method, "sent what is no answer to this call");
    }
    return answer.get("result");
  }

  private HttpRequest request(String method, Object[] parameters, long id) {
    ObjectNode call = JSON.createObjectNode();
    call.put("jsonrpc", "2.0").put("id", id).put("method", api.namespace + "." + method);
    call.set("params", JSON.valueToTree(parameters));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint)
            .header("Content-Type", "application/json")
            .timeout(manners.timeout())
            .POST(HttpRequest.BodyPublishers.ofString(call.toString()));
    address.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return request.build();
  }

  /** The request's own timeout ends with the answer's head; this one holds for its body too. */
  private HttpResponse<byte[]> send(String method, HttpRequest request) {
    CompletableFuture<HttpResponse<byte[]>> sent =
        http.sendAsync(request, head -> new LimitedBody(manners.longest()));
    try {
      return sent.get(manners.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unreachable(
          method, "did not answer within %d s".formatted(manners.timeout().toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw malformed(method, NOT_WAITED_FOR);
    } catch (ExecutionException e) {
      throw failure(method, e.getCause());
    } finally {
      sent.cancel(true);
    }
  }

  private NodeException failure(String method, Throwable cause) {
    if (cause instanceof LimitedBody.TooLongException) {
      return malformed(
          method, "sent more than %d MiB".formatted(Math.max(1, manners.longest() >> 20)));
    }
    if (cause instanceof ConnectException) {
      return unreachable(method, "cannot be reached");
    }
    String said =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return unreachable(method, "cannot be reached (%s)".formatted(quoted(said)));
  }

  private void checkStatus(String method, HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status == 401 || status == 403) {
      throw new NodeException(
          NodeException.Kind.UNAUTHORIZED,
          toString(),
          method,
          "refuses the token (status %d)".formatted(status));
    }
    if (status == 408 || status == 429 || status == 502 || status == 503 || status == 504) {
      Optional<Duration> pause = pause(response);
      throw new NodeException(
          NodeException.Kind.BUSY,
          toString(),
          method,
          "is busy (status %d%s)"
              .formatted(
                  status,
                  pause
                      .map(time -> ", to be left alone for %d s".formatted(time.toSeconds()))
                      .orElse("")),
          pause);
    }
    // A call that the node finds malformed comes as 500 with an error in its body.
    if (status != 200 && status != 500) {
      throw malformed(method, "answers with status %d".formatted(status));
    }
  }

  private static Optional<Duration> pause(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(seconds -> seconds.matches("\\d{1,9}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private JsonNode parse(String method, HttpResponse<byte[]> response) {
    try {
      JsonNode answer = JSON.readTree(response.body());
      if (answer != null && answer.isObject()) {
        return answer;
      }
    } catch (JsonProcessingException e) {
      throw malformed(method, "sent what is not JSON (status %d)".formatted(response.statusCode()));
    } catch (IOException e) {
      throw malformed(method, "sent what cannot be read");
    }
    throw malformed(method, "sent no JSON object (status %d)".formatted(response.statusCode()));
  }

  private NodeException malformed(String method, String said) {
    return new NodeException(NodeException.Kind.MALFORMED, toString(), method, said);
  }

  private NodeException unreachable(String method, String said) {
    return new NodeException(NodeException.Kind.UNREACHABLE, toString(), method, said);
  }

  /** One line, not too long, of what another program wrote. */
  private static String quoted(String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= QUOTED ? line : line.substring(0, QUOTED) + "…";
  }

  /** The nodes of an installation, each called as configured. */
  public static List<LotusNode> of(
      List<NodeAddress> addresses, int requestsPerSecond, Duration timeout) {
    Manners manners = Manners.standard(requestsPerSecond, timeout);
    return addresses.stream().map(address -> new LotusNode(address, Api.NODE, manners)).toList();
  }
}
