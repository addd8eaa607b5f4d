package io.reseal.pieces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.config.PieceSettings.Http;
import io.reseal.pieces.Answer.Verdict;
import io.reseal.pieces.PieceServer.Request;
import io.reseal.sector.PieceCidV2;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an HTTP piece store is asked, and what its answers are taken for. */
@Timeout(30)
class HttpSourceTest {

  private static final SectorId SECTOR = new SectorId(1001, 3);
  private static final String CID = TestPieces.TWO.cid();

  @TempDir Path temp;

  private PieceServer server;
  private PieceServer other;

  @BeforeEach
  void start() throws IOException {
    server = new PieceServer();
    other = new PieceServer();
  }

  @AfterEach
  void stop() {
    server.close();
    other.close();
  }

  @Test
  void asksBothPathsThatStoresHave() throws Exception {
    server.serve(TestPieces.TWO);

    assertThat(ask(store(server.url())))
        .extracting(Answer::place, Answer::verdict, Answer::text)
        .containsExactly(
            tuple(server.url() + "/piecestore/" + CID, Verdict.ABSENT, "answered 404"),
            tuple(server.url() + "/piece/" + CID, Verdict.OFFERED, "1016 bytes"));
    assertThat(server.requests).extracting(Request::method).containsOnly("HEAD");
  }

  /** Catches: a piece that a newer store names by its CID of version 2, called absent. */
  @Test
  void asksForTheNameOfVersion2IfTheOtherIsAbsent() throws Exception {
    String version2 = PieceCidV2.ofFull(TestPieces.TWO.piece());
    server.on("/piece/" + version2, PieceServer.file(TestPieces.TWO.data()));
    assertThat(ask(store(server.url()))).last().matches(Answer::isOffered);
    try (Transfer transfer = source(store(server.url())).open(TestPieces.TWO.piece(), 0)) {
      assertThat(transfer.body()).hasBinaryContent(TestPieces.TWO.data());
    }
  }

  @Test
  void asksWhereTheTemplateSays() throws Exception {
    server.on("/deep/" + CID + ".bin", PieceServer.file(TestPieces.TWO.data()));

    assertThat(ask(store(server.url() + "/deep/{cid}.bin")))
        .singleElement()
        .matches(Answer::isOffered);
  }

  /** Seen to fail with the status of HEAD believed. */
  @Test
  void asksAServerThatDoesNotKnowHeadForTheFirstByte() throws Exception {
    server.on(
        "/piece/" + CID,
        exchange -> {
          if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(405, -1);
          } else {
            PieceServer.file(TestPieces.TWO.data()).answer(exchange);
          }
        });

    assertThat(ask(store(server.url()))).last().matches(Answer::isOffered);
    assertThat(server.gets()).extracting(Request::range).containsOnly(Optional.of("bytes=0-0"));
  }

  @Test
  void tellsRefusalsFromAbsenceAndFromWhatMayPass() throws Exception {
    assertThat(answerTo(401)).isEqualTo(Verdict.REFUSED);
    assertThat(answerTo(403)).isEqualTo(Verdict.REFUSED);
    assertThat(answerTo(404)).isEqualTo(Verdict.ABSENT);
    assertThat(answerTo(410)).isEqualTo(Verdict.ABSENT);
    assertThat(answerTo(429)).isEqualTo(Verdict.UNREACHABLE);
    assertThat(answerTo(500)).isEqualTo(Verdict.UNREACHABLE);
    assertThat(answerTo(503)).isEqualTo(Verdict.UNREACHABLE);
    server.close();
    assertThat(ask(store(server.url())))
        .last()
        .extracting(Answer::verdict)
        .isEqualTo(Verdict.UNREACHABLE);
  }

  private Verdict answerTo(int status) throws Exception {
    server.on("/piece/" + CID, PieceServer.status(status));
    List<Answer> answers = ask(store(server.url()));
    return answers.get(answers.size() - 1).verdict();
  }

  @Test
  void anAnswerThatNeverBeginsIsUnreachable() throws Exception {
    server.on("/piece/" + CID, exchange -> server.awaitEnd());

    Answer last = lastOf(new HttpSource(store(server.url()), Duration.ofMillis(500), Map.of()));

    assertThat(last.verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(last.text()).startsWith("did not answer in");
  }

  /** Seen to fail with redirects followed by the client. */
  @Test
  void aRedirectToAHostThatIsNotAllowedIsNotFollowed() throws Exception {
    server.on("/piece/" + CID, PieceServer.redirect(other.url("localhost") + "/piece/" + CID));
    other.serve(TestPieces.TWO);

    Answer last = lastOf(source(store(server.url())));

    assertThat(last.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(last.text()).contains("localhost").contains("`allowed_hosts`");
    assertThat(other.requests).isEmpty();
  }

  /** Seen to fail with the header sent on every hop. */
  @Test
  void theTokenIsForTheStoreAloneAndNotForWhereItRedirectsTo() throws Exception {
    server.on("/piece/" + CID, PieceServer.redirect(other.url("localhost") + "/piece/" + CID));
    other.serve(TestPieces.TWO);
    Path token = Files.writeString(temp.resolve("token"), "s3cret\n");
    Http store =
        new Http(server.url(), List.of("localhost"), Optional.of(token), Optional.empty(), false);

    assertThat(lastOf(source(store))).matches(Answer::isOffered);
    assertThat(server.requests)
        .extracting(Request::secret)
        .containsOnly(Optional.of("Bearer s3cret"));
    assertThat(other.requests).extracting(Request::secret).containsOnly(Optional.empty());
  }

  // Catches: a name that means a harmless address while it is checked and an inside one when it is
  // connected to.
  @Test
  void aRedirectLeadsToTheAddressThatWasChecked() throws Exception {
    String url = "http://moved.example:" + other.port() + "/piece/" + CID;
    server.on("/piece/" + CID, PieceServer.redirect(url));
    other.serve(TestPieces.TWO);
    List<String> lookedUp = new ArrayList<>();
    HttpSource source =
        new HttpSource(
            new Http(
                server.url(), List.of("moved.example"), Optional.empty(), Optional.empty(), false),
            Duration.ofSeconds(5),
            Map.of(),
            host -> {
              lookedUp.add(host);
              return new InetAddress[] {InetAddress.getLoopbackAddress()};
            },
            HttpSourceTest::certificates);

    Answer last = lastOf(source);

    assertThat(last.verdict()).as(last.text()).isEqualTo(Verdict.OFFERED);
    assertThat(lookedUp).containsOnlyOnce("moved.example");
    assertThat(other.requests)
        .extracting(Request::host)
        .containsOnly(Optional.of("moved.example:" + other.port()));
  }

  // Catches: a token that crosses the network in the clear though nobody has allowed it.
  @Test
  void aTokenIsSentUnencryptedOnlyToThisMachineOrIfAllowed() throws Exception {
    server.serve(TestPieces.TWO);
    String url = "http://pieces.example:" + server.port();

    Answer refused = lastOf(withToken(url, false));
    assertThat(refused.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(refused.text()).contains("its token would be sent unencrypted");
    assertThat(server.requests).isEmpty();

    assertThat(lastOf(withToken(url, true))).matches(Answer::isOffered);
  }

  private static SSLContext certificates() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpSource withToken(String url, boolean allowed) throws Exception {
    return new HttpSource(
        new Http(url, List.of(), Optional.empty(), Optional.of("TOKEN"), allowed),
        Duration.ofSeconds(5),
        Map.of("TOKEN", "abc"),
        host -> new InetAddress[] {InetAddress.getLoopbackAddress()},
        HttpSourceTest::certificates);
  }

  @Test
  void redirectsWithoutEndAreGivenUp() throws Exception {
    server.on("/piece/" + CID, PieceServer.redirect("/piece/" + CID));

    assertThat(lastOf(source(store(server.url()))).text()).isEqualTo("redirects too many times");
  }

  @Test
  void aTokenOfTheEnvironmentIsSentAndAMissingOneIsTold() throws Exception {
    server.serve(TestPieces.TWO);
    Http store =
        new Http(server.url(), List.of(), Optional.empty(), Optional.of("STORE_TOKEN"), false);

    assertThat(lastOf(new HttpSource(store, Duration.ofSeconds(5), Map.of("STORE_TOKEN", "abc"))))
        .matches(Answer::isOffered);
    assertThat(server.requests).extracting(Request::secret).containsOnly(Optional.of("Bearer abc"));
    Answer without = lastOf(new HttpSource(store, Duration.ofSeconds(5), Map.of()));
    assertThat(without.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(without.text()).contains("its token is empty");
  }

  private static Http store(String url) {
    return new Http(url, List.of(), Optional.empty(), Optional.empty(), false);
  }

  private static HttpSource source(Http store) {
    return new HttpSource(store, Duration.ofSeconds(5), Map.of());
  }

  private static List<Answer> ask(Http store) throws InterruptedException {
    return source(store).ask(SECTOR, TestPieces.TWO.piece());
  }

  private static Answer lastOf(HttpSource source) throws InterruptedException {
    List<Answer> answers = source.ask(SECTOR, TestPieces.TWO.piece());
    return answers.get(answers.size() - 1);
  }
}
