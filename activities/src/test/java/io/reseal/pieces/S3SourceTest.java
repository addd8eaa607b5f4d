package io.reseal.pieces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.config.PieceSettings;
import io.reseal.pieces.Answer.Verdict;
import io.reseal.pieces.PieceServer.Request;
import io.reseal.sector.PieceCidV2;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Amazon's client against a server that speaks the part of the protocol that is used. */
@Timeout(60)
class S3SourceTest {

  private static final SectorId SECTOR = new SectorId(1001, 3);
  private static final String OBJECT = "/pieces/old/" + TestPieces.TWO.cid() + ".car";

  @TempDir Path temp;

  private PieceServer server;

  @BeforeEach
  void start() throws IOException {
    server = new PieceServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void findsAnObjectByItsCidUnderThePrefixAndSignsItsRequests() {
    server.on(OBJECT, PieceServer.file(TestPieces.TWO.data()));

    List<Answer> answers = withKeys().ask(SECTOR, TestPieces.TWO.piece());

    assertThat(answers)
        .extracting(Answer::verdict)
        .containsExactly(Verdict.ABSENT, Verdict.OFFERED);
    assertThat(answers.get(1).place())
        .isEqualTo("s3://pieces/old/%s.car at %s".formatted(TestPieces.TWO.cid(), server.url()));
    assertThat(server.requests)
        .extracting(Request::secret)
        .allSatisfy(
            secret ->
                assertThat(secret.orElseThrow())
                    .startsWith("AWS4-HMAC-SHA256 Credential=the-key/")
                    .contains("us-east-1/s3")
                    .doesNotContain("the-secret"));
  }

  /** Catches: a piece that a newer store names by its CID of version 2, called absent. */
  @Test
  void asksForTheNameOfVersion2IfTheOtherIsAbsent() throws IOException {
    String version2 = PieceCidV2.ofFull(TestPieces.TWO.piece());
    server.on(
        OBJECT.replace(TestPieces.TWO.cid(), version2), PieceServer.file(TestPieces.TWO.data()));
    assertThat(withKeys().ask(SECTOR, TestPieces.TWO.piece())).last().matches(Answer::isOffered);
    try (Transfer transfer = withKeys().open(TestPieces.TWO.piece(), 0)) {
      assertThat(transfer.body()).hasBinaryContent(TestPieces.TWO.data());
    }
  }

  @Test
  void withoutKeysABucketIsAskedWithoutASignature() {
    server.on(OBJECT, PieceServer.file(TestPieces.TWO.data()));

    assertThat(source(Optional.empty(), Map.of()).ask(SECTOR, TestPieces.TWO.piece()))
        .last()
        .matches(Answer::isOffered);
    assertThat(server.requests).extracting(Request::secret).containsOnly(Optional.empty());
  }

  @Test
  void takesTheKeysOfAFile() throws IOException {
    server.on(OBJECT, PieceServer.file(TestPieces.TWO.data()));
    Path file =
        Files.writeString(
            temp.resolve("credentials"),
            "[default]\naws_access_key_id = filed\naws_secret_access_key = hidden\n");

    assertThat(source(Optional.of(file), Map.of()).ask(SECTOR, TestPieces.TWO.piece()))
        .last()
        .matches(Answer::isOffered);
    assertThat(server.requests.get(0).secret().orElseThrow()).contains("Credential=filed/");
  }

  /** Seen to fail with the range left out. */
  @Test
  void continuesWhereADownloadEnded() throws IOException {
    server.on(OBJECT, PieceServer.file(TestPieces.TWO.data()));

    try (Transfer transfer = withKeys().open(TestPieces.TWO.piece(), 600)) {
      assertThat(transfer.start()).isEqualTo(600);
      assertThat(transfer.total()).isEqualTo(OptionalLong.of(1016));
      assertThat(transfer.body())
          .hasBinaryContent(Arrays.copyOfRange(TestPieces.TWO.data(), 600, 1016));
    }
    assertThat(server.gets()).extracting(Request::range).contains(Optional.of("bytes=600-"));
  }

  @Test
  void whatHasComeWholeIsNotSentAgain() throws IOException {
    server.on(OBJECT, PieceServer.file(TestPieces.TWO.data()));

    try (Transfer transfer = withKeys().open(TestPieces.TWO.piece(), 1016)) {
      assertThat(transfer.start()).isEqualTo(1016);
      assertThat(transfer.body().read()).isEqualTo(-1);
    }
  }

  @Test
  void tellsRefusalsFromAbsenceAndFromWhatMayPass() {
    assertThat(answerTo(403)).isEqualTo(Verdict.REFUSED);
    assertThat(answerTo(404)).isEqualTo(Verdict.ABSENT);
    assertThat(answerTo(503)).isEqualTo(Verdict.UNREACHABLE);
    server.close();
    assertThat(answerTo(200)).isEqualTo(Verdict.UNREACHABLE);
    assertThatThrownBy(() -> withKeys().open(TestPieces.TWO.piece(), 0))
        .isInstanceOf(SourceException.class);
  }

  private Verdict answerTo(int status) {
    server.on(OBJECT, PieceServer.status(status));
    List<Answer> answers = withKeys().ask(SECTOR, TestPieces.TWO.piece());
    return answers.get(1).verdict();
  }

  private S3Source withKeys() {
    return source(
        Optional.empty(),
        Map.of("AWS_ACCESS_KEY_ID", "the-key", "AWS_SECRET_ACCESS_KEY", "the-secret"));
  }

  private S3Source source(Optional<Path> credentials, Map<String, String> environment) {
    return new S3Source(
        new PieceSettings.S3(
            Optional.of(URI.create(server.url())), "pieces", "old/", "us-east-1", credentials),
        Duration.ofSeconds(5),
        environment);
  }
}
