package io.reseal.pieces;

import io.reseal.config.PieceSettings;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/** A piece store that is queried by HTTP. */
final class HttpSource implements RemoteSource {

  private static final int MOST_REDIRECTS = 5;
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (?:([0-9]{1,18})-[0-9]{1,18}|\\*)/([0-9]{1,18}|\\*)");

  /** Answers of servers that do not support HEAD. */
  private static final Set<Integer> NO_HEAD = Set.of(400, 403, 405, 501);

  private final PieceSettings.Http store;
  private final Duration stall;
  private final RedirectRules redirects;
  private final BearerToken token;
  private final Names names;
  private final PinnedClient client;

  /** Looks up the addresses of a host. */
  interface Names {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  /** An answer and where it came from, by name. */
  private record Reply(URI from, HttpResponse<InputStream> response) {}

  /**
   * @param stall how long an answer may take to begin
   */
  HttpSource(PieceSettings.Http store, Duration stall, Map<String, String> environment) {
    this(store, stall, environment, InetAddress::getAllByName, HttpSource::newContext);
  }

  /**
   * @param names looks up addresses
   * @param certificates give which servers are trusted
   */
  HttpSource(
      PieceSettings.Http store,
      Duration stall,
      Map<String, String> environment,
      Names names,
      Supplier<SSLContext> certificates) {
    this.store = store;
    this.stall = stall;
    this.redirects = new RedirectRules(store.allowedHosts());
    this.token = new BearerToken(store, environment);
    this.names = names;
    this.client =
        new PinnedClient(stall.compareTo(CONNECT_LIMIT) < 0 ? stall : CONNECT_LIMIT, certificates);
  }

  private static SSLContext newContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has TLS.", e);
    }
  }

  @Override
  public String name() {
    return store.url();
  }

  @Override
  public List<Answer> ask(SectorId sector, Piece piece) throws InterruptedException {
    List<Answer> answers = ask(PieceNames.of(piece), piece);
    if (answers.stream().allMatch(Answer::isAbsent)) {
      ask(PieceNames.version2(piece), piece).stream()
          .filter(answer -> !answer.isAbsent())
          .forEach(answers::add);
    }
    return answers;
  }

  private List<Answer> ask(String name, Piece piece) throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    for (URI address : store.addresses(name)) {
      Answer answer = ask(address, piece);
      answers.add(answer);
      if (answer.isOffered()) {
        break;
      }
    }
    return answers;
  }

  private Answer ask(URI address, Piece piece) throws InterruptedException {
    String place = RedirectRules.shown(address);
    try {
      OptionalLong length = length(address);
      if (length.isPresent()) {
        Optional<String> fault = PieceForms.fault(piece, length.getAsLong());
        if (fault.isPresent()) {
          return Answer.of(place, Answer.Verdict.UNFIT, fault.get());
        }
      }
      return Answer.of(
          place,
          Answer.Verdict.OFFERED,
          length.isPresent() ? length.getAsLong() + " bytes" : "of unknown length");
    } catch (SourceException e) {
      return e.answer(place);
    } catch (IOException e) {
      return unreachable(e).answer(place);
    }
  }

  /** By HEAD, otherwise by a request for the first byte. */
  private OptionalLong length(URI address) throws IOException, InterruptedException {
    HttpResponse<InputStream> head =
        send(address, "HEAD", HttpRequest.newBuilder(), NO_HEAD).response();
    head.body().close();
    if (!NO_HEAD.contains(head.statusCode())) {
      return head.headers().firstValueAsLong("Content-Length");
    }
    HttpResponse<InputStream> first =
        send(address, "GET", HttpRequest.newBuilder().header("Range", "bytes=0-0"), Set.of(416))
            .response();
    first.body().close();
    return first.statusCode() == 200
        ? first.headers().firstValueAsLong("Content-Length")
        : contentRange(first).total();
  }

  @Override
  public Transfer open(Piece piece, long from) throws IOException, InterruptedException {
    try {
      return open(PieceNames.of(piece), from);
    } catch (SourceException e) {
      if (e.isAbsence()) {
        return open(PieceNames.version2(piece), from);
      }
      throw e;
    }
  }

  private Transfer open(String name, long from) throws IOException, InterruptedException {
    SourceException failure = null;
    for (URI address : store.addresses(name)) {
      try {
        return open(address, from);
      } catch (SourceException e) {
        // An answer from a place that may have the piece is more useful than one that it is absent.
        failure = failure == null || failure.isAbsence() ? e : failure;
      } catch (IOException e) {
        failure = failure == null || failure.isAbsence() ? unreachable(e) : failure;
      }
    }
    throw failure;
  }

  private Transfer open(URI address, long from) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder();
    if (from > 0) {
      request.header("Range", "bytes=%d-".formatted(from));
    }
    Reply reply = send(address, "GET", request, Set.of(416));
    HttpResponse<InputStream> response = reply.response();
    String place = RedirectRules.shown(reply.from());
    if (response.statusCode() == 200) {
      return transfer(place, response, 0, response.headers().firstValueAsLong("Content-Length"));
    }
    ContentRange range = contentRange(response);
    if (response.statusCode() == 206 && range.start() >= 0 && range.start() <= from) {
      return transfer(place, response, range.start(), range.total());
    }
    response.body().close();
    if (from > 0 && response.statusCode() == 416 && range.total().equals(OptionalLong.of(from))) {
      return Transfer.ofNothing(place, from);
    }
    if (from > 0) {
      return open(address, 0);
    }
    throw SourceException.refused(
        "answered %d without sending anything".formatted(response.statusCode()));
  }

  private static Transfer transfer(
      String place, HttpResponse<InputStream> response, long start, OptionalLong total) {
    return new Transfer(place, response.body(), start, total, () -> closeQuietly(response.body()));
  }

  private static void closeQuietly(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // The transfer has ended either way.
      return;
    }
  }

  /**
   * Sends a request and follows the redirects that may be followed.
   *
   * @param alsoFine statuses that the caller handles, besides 200 and 206
   */
  private Reply send(URI address, String method, HttpRequest.Builder request, Set<Integer> alsoFine)
      throws IOException, InterruptedException {
    Optional<String> secret = token.header();
    List<InetAddress> ofStore = addresses(address);
    List<InetAddress> addresses = ofStore;
    URI at = address;
    for (int hops = 0; ; hops++) {
      HttpRequest.Builder hop = request.copy();
      if (secret.isPresent() && RedirectRules.isSameServer(address, at)) {
        hop.header("Authorization", secret.get());
      }
      hop.method(method, HttpRequest.BodyPublishers.noBody()).timeout(stall);
      HttpResponse<InputStream> response = client.send(hop, at, addresses.get(0));
      int status = response.statusCode();
      if (status == 200 || status == 206 || alsoFine.contains(status)) {
        return new Reply(at, response);
      }
      response.body().close();
      Optional<String> location = response.headers().firstValue("Location");
      if (status / 100 != 3 || location.isEmpty()) {
        throw refused(status, response);
      }
      URI next = target(at, location.get());
      Optional<String> refusal = redirects.refusal(address, at, next);
      if (refusal.isPresent()) {
        throw SourceException.refused(refusal.get());
      }
      if (hops == MOST_REDIRECTS) {
        throw SourceException.refused("redirects too many times");
      }
      at = next;
      addresses = checked(ofStore, next);
    }
  }

  private List<InetAddress> addresses(URI uri) throws UnknownHostException {
    return List.of(names.addresses(uri.getHost()));
  }

  /** The addresses that a redirect's host has now: the connection goes to one of these. */
  private List<InetAddress> checked(List<InetAddress> ofStore, URI to) throws SourceException {
    try {
      List<InetAddress> found = addresses(to);
      Optional<String> refusal = RedirectRules.refusal(ofStore, to, found);
      if (refusal.isPresent()) {
        throw SourceException.refused(refusal.get());
      }
      return found;
    } catch (UnknownHostException e) {
      throw SourceException.refused(
          "redirects to %s, whose address is unknown".formatted(RedirectRules.shown(to)));
    }
  }

  private static URI target(URI at, String location) throws SourceException {
    try {
      return at.resolve(location);
    } catch (IllegalArgumentException e) {
      throw SourceException.refused("redirects to an invalid address");
    }
  }

  private SourceException refused(int status, HttpResponse<?> response) {
    if (status == 404 || status == 410) {
      return SourceException.absent("answered " + status);
    }
    if (status == 401 || status == 403) {
      return SourceException.refused(
          "refuses (%d)%s"
              .formatted(
                  status,
                  store.tokenFile().isEmpty() && store.tokenEnv().isEmpty()
                      ? "; it may require a token"
                      : " its token"));
    }
    if (status == 408 || status == 429 || status >= 500) {
      return SourceException.busy(
          "answered " + status,
          response
              .headers()
              .firstValue("Retry-After")
              .filter(seconds -> seconds.matches("[0-9]{1,6}"))
              .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds))));
    }
    return SourceException.refused("answered " + status);
  }

  private SourceException unreachable(IOException e) {
    return SourceException.unreachable(
        e instanceof HttpTimeoutException
            ? "did not answer in %d s".formatted(stall.toSeconds())
            : "did not answer (%s)".formatted(e),
        e);
  }

  /**
   * A server's description of the part it sends.
   *
   * @param start its first byte, or -1
   */
  private record ContentRange(long start, OptionalLong total) {}

  private static ContentRange contentRange(HttpResponse<?> response) {
    Matcher matcher =
        CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
    if (!matcher.matches()) {
      return new ContentRange(-1, OptionalLong.empty());
    }
    String total = matcher.group(2);
    return new ContentRange(
        matcher.group(1) == null ? -1 : Long.parseLong(matcher.group(1)),
        total.equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(total)));
  }
}
