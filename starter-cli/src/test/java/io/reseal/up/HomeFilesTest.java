package io.reseal.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.config.Installation;
import io.reseal.config.ThreadPlan;
import io.reseal.config.WorkerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the first start writes, and what later starts make of it. */
class HomeFilesTest {

  private static final Ports PORTS = new Ports(17001, 17002, 17003);

  @TempDir Path directory;

  private Home home;
  private HomeFiles files;
  private UpRequest first;

  @BeforeEach
  void home() {
    home = new Home(directory);
    files = new HomeFiles(home);
    first = UpRequest.of(directory, PORTS, "host-a");
  }

  private UpRequest again() {
    return new UpRequest(
        directory,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Fails when the example's store stays commented out, or its keys land in another section. */
  @Test
  void aPieceStoreThatIsAskedForIsInTheWorkersFile() throws IOException {
    files.create(first.withPieceStore("http://127.0.0.1:17004"));

    WorkerConfig worker = WorkerConfig.load(home.workerFile());
    assertThat(worker.warnings()).isEmpty();
    assertThat(worker.pieces().cache()).contains(home.pieceCache());
    assertThat(worker.pieces().http())
        .singleElement()
        .satisfies(store -> assertThat(store.url()).isEqualTo("http://127.0.0.1:17004"));
    assertThat(worker.pieces().s3()).isEmpty();
  }

  /** Fails when a value is not filled in, or the result is a file the program refuses. */
  @Test
  void theFirstStartWritesCommentedFilesThatTheProgramAccepts() throws IOException {
    files.create(first);

    Installation installation = files.load();
    assertThat(installation.temporal().address()).isEqualTo("127.0.0.1:17001");
    assertThat(installation.temporal().ui()).contains("http://127.0.0.1:17002");
    assertThat(installation.catalog().url()).isEqualTo("jdbc:mariadb://127.0.0.1:17003/reseal");
    assertThat(installation.catalog().password()).hasSize(32);
    assertThat(files.ports(installation, again())).isEqualTo(PORTS);
    WorkerConfig worker = WorkerConfig.load(home.workerFile());
    assertThat(worker.name()).isEqualTo("host-a");
    assertThat(worker.warnings()).isEmpty();
    assertThat(worker.localPiecesDirs()).containsExactly(home.pieces());
    assertThat(worker.threads()).hasSize(1);
    assertThat(worker.threads().get(0).location()).isEqualTo(home.scratch());
    assertThat(worker.threads().get(0).plan()).isEqualTo(ThreadPlan.REBUILD);
    assertThat(worker.attached()).hasSize(1);
    assertThat(worker.attached().get(0).location()).isEqualTo(home.store());
    assertThat(Files.readString(home.workerFile())).contains("# ");
  }

  @Test
  void withoutAHostNameTheMachinesOwnHolds() throws IOException {
    files.create(again());

    assertThat(WorkerConfig.load(home.workerFile()).name())
        .isNotEqualTo("seal-host-1")
        .isNotBlank();
  }

  @Test
  void thePasswordIsItsOwnersAlone() throws IOException {
    files.create(first);

    assertThat(Files.getPosixFilePermissions(home.passwordFile()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  /** Fails when a first start that was cut short before its last file overwrites the operator's. */
  @Test
  void anExistingWorkerFileIsLeftAlone() throws IOException {
    Files.writeString(home.workerFile(), "# mine\n");

    files.create(first);

    assertThat(home.workerFile()).hasContent("# mine\n");
    assertThat(files.exist()).isTrue();
  }

  @Test
  void otherPortsThanTheWrittenOnesAreRefused() throws IOException {
    files.create(first);

    assertThatThrownBy(
            () ->
                files.ports(
                    files.load(), UpRequest.of(directory, new Ports(1, 17002, 17003), "host-a")))
        .isInstanceOf(UpException.class)
        .hasMessageStartingWith("--temporal-port 1 differs from port 17001 in ")
        .hasMessageContaining("reseal.toml");
  }

  /** Fails when services of another machine would be started here beside them. */
  @Test
  void servicesOfOtherMachinesAreNotStarted() throws IOException {
    files.create(first);
    Files.writeString(
        home.installationFile(),
        Files.readString(home.installationFile())
            .replace("127.0.0.1:17001", "temporal.example.org:7233"));

    assertThatThrownBy(() -> files.ports(files.load(), again()))
        .isInstanceOf(UpException.class)
        .hasMessageStartingWith("[temporal] address in ")
        .hasMessageContaining("reseal worker run");
  }
}
