package io.reseal.config;

import static io.reseal.config.WorkerFile.threadAndStore;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where pieces are searched for, from {@code [pieces]} of {@code worker.toml}. */
class PieceSettingsTest {

  @TempDir Path dir;

  private WorkerFile worker;

  @BeforeEach
  void makeDirectories() throws IOException {
    worker = new WorkerFile(dir);
  }

  @Test
  void readsWherePiecesAreLookedFor() throws IOException {
    Files.createDirectories(dir.resolve("cache"));
    PieceSettings pieces =
        worker
            .load(
                threadAndStore()
                    + """
                    [pieces]
                    order = ["http", "local"]
                    cache = 'DIR/cache'
                    cache_size = "2 GiB"
                    parallel = 2
                    rate = "512KiB"
                    stall = "5s"
                    retries = 0
                    [[pieces.http]]
                    url = "https://a.example/{cid}.car"
                    allowed_hosts = ["b.example"]
                    token_env = "A_TOKEN"
                    [[pieces.s3]]
                    bucket = "b"
                    """)
            .pieces();

    assertThat(pieces.order()).containsExactly(PieceSettings.Kind.HTTP, PieceSettings.Kind.LOCAL);
    assertThat(pieces.cacheBytes()).isEqualTo(2L << 30);
    assertThat(pieces.rate()).contains(512L << 10);
    assertThat(pieces.stall()).isEqualTo(Duration.ofSeconds(5));
    assertThat(pieces.retries()).isZero();
    assertThat(pieces.http().get(0).addresses("baga"))
        .containsExactly(URI.create("https://a.example/baga.car"));
    assertThat(pieces.s3().get(0).region()).isEqualTo("us-east-1");
  }

  @Test
  void aFileWithoutPiecesLooksOnTheHostAlone() throws IOException {
    assertThat(worker.load(threadAndStore()).pieces()).isEqualTo(WorkerConfigs.pieces());
  }

  /** The cache removes what nobody needs: it must not be where an operator keeps pieces. */
  @Test
  void refusesAPieceCacheThatHoldsOtherThings() throws IOException {
    Files.createDirectories(dir.resolve("pieces/cache"));

    assertThat(
            worker.faults(
                "[worker]\nlocal_pieces_dirs = ['DIR/pieces']\n"
                    + threadAndStore()
                    + "[pieces]\ncache = 'DIR/pieces/cache'\n"))
        .singleElement()
        .asString()
        .contains("`pieces.cache`", "`worker.local_pieces_dirs`", "lie inside each other");
    assertThat(worker.faults(threadAndStore() + "[pieces]\ncache = 'DIR/store'\n"))
        .singleElement()
        .asString()
        .contains("`pieces.cache`", "lie inside each other");
  }

  @Test
  void refusesPiecesKeysThatCannotBe() throws IOException {
    assertThat(worker.faults(threadAndStore() + "[[pieces.http]]\nurl = 'https://a.example'\n"))
        .singleElement()
        .asString()
        .contains("add `pieces.cache`");
    assertThat(
            worker.faults(
                threadAndStore()
                    + """
                    [pieces]
                    order = ["local", "ftp", "local"]
                    cache = 'DIR/store2'
                    cache_size = "many"
                    stall = "0s"
                    [[pieces.http]]
                    url = "ftp://a"
                    [[pieces.http]]
                    url = "https://user:password@a.example"
                    token_file = "/no/such/token"
                    token_env = "T"
                    [[pieces.http]]
                    allowed_hosts = ["https://a"]
                    [[pieces.s3]]
                    endpoint = "x"
                    """))
        .anyMatch(fault -> fault.contains("'ftp' is not a kind of place"))
        .anyMatch(fault -> fault.contains("names a kind of place twice"))
        .anyMatch(fault -> fault.contains("'many' is not a number of bytes"))
        .anyMatch(fault -> fault.contains("must be longer than zero"))
        .anyMatch(fault -> fault.contains("'ftp://a' is not the address of a server"))
        .anyMatch(fault -> fault.contains("must not contain a user or password"))
        .anyMatch(fault -> fault.contains("/no/such/token cannot be read"))
        .anyMatch(fault -> fault.contains("remove one of them"))
        .anyMatch(fault -> fault.contains("has no `url`"))
        .anyMatch(fault -> fault.contains("'https://a' is not a host name"))
        .anyMatch(fault -> fault.contains("has no `bucket`"))
        .anyMatch(fault -> fault.contains("'x' is not the address of a server"))
        .noneMatch(fault -> fault.contains("user:password"));
  }
}
