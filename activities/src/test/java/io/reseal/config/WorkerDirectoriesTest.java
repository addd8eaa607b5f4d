package io.reseal.config;

import static io.reseal.config.WorkerFile.threadAndStore;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sealing threads and stores of {@code worker.toml}, and the directories it names. */
class WorkerDirectoriesTest {

  @TempDir Path dir;

  private WorkerFile worker;

  @BeforeEach
  void makeDirectories() throws IOException {
    worker = new WorkerFile(dir);
  }

  @Test
  void refusesAFileWithoutThreadOrStore() throws IOException {
    assertThat(worker.faults(""))
        .hasSize(2)
        .anyMatch(fault -> fault.contains("has no sealing thread; add a [[sealing_thread]]"))
        .anyMatch(fault -> fault.contains("names no store; add an [[attached]]"));
  }

  @Test
  void refusesAThreadOrStoreWithoutItsLocation() throws IOException {
    assertThat(
            worker.faults(
                "[[sealing_thread]]\nplan = 'rebuild'\n[[attached]]\n" + threadAndStore()))
        .containsExactly(
            "[[sealing_thread]] #0 in %s has no `location`, an absolute path."
                .formatted(worker.file()),
            "[[attached]] #0 in %s has no `location`, an absolute path.".formatted(worker.file()));
  }

  // Catches: a provider's file that is refused because its WindowPoSt thread has no location.
  @Test
  void aThreadForWindowPostNeedsNoLocation() throws IOException {
    WorkerConfig config = worker.load("[[sealing_thread]]\nplan = 'wdpost'\n" + threadAndStore());
    assertThat(config.others()).containsExactly(new WorkerConfig.OtherThread(0, ThreadPlan.WDPOST));
    assertThat(config.threads())
        .singleElement()
        .extracting(WorkerConfig.SealingThread::index)
        .isEqualTo(1);
  }

  /** Seen to fail without the check: the rebuild would run for hours and then find no place. */
  @Test
  void refusesRebuildingWithReadonlyStoresOnly() throws IOException {
    assertThat(worker.faults(threadAndStore() + "readonly = true\n"))
        .singleElement()
        .asString()
        .contains("Every store in", "is readonly");
  }

  @Test
  void letsAHostThatDoesNotRebuildHaveReadonlyStoresOnly() throws IOException {
    assertThat(
            worker
                .load(threadAndStore().replace("plan = 'rebuild'", "") + "readonly = true\n")
                .attached())
        .hasSize(1);
  }

  @Test
  void refusesFilesInPlaceOfDirectoriesAndALackOfTheCoresDirectories() throws IOException {
    Files.createFile(dir.resolve("file"));

    assertThat(
            worker.faults(
                """
                [[sealing_thread]]
                location = "DIR/no-scratch"
                [[attached]]
                location = "DIR/file"
                [native]
                dir = "DIR/no-native"
                parent_cache = "DIR/no-parents"
                parameter_cache = "DIR/no-parameters"
                """))
        .containsExactly(
            "%s of store \"%s\" is not a directory; name a directory in %s."
                .formatted(dir.resolve("file"), dir.resolve("file"), worker.file()),
            notThere("no-native", "`native.dir`"),
            notThere("no-parents", "`native.parent_cache`"),
            notThere("no-parameters", "`native.parameter_cache`"));
  }

  // Catches: one disk that is away and keeps the whole worker from starting.
  @Test
  void aDiskThatIsAwayIsAWarningAndItsDirectoryIsNotCreated() throws IOException {
    WorkerConfig config =
        worker.load(
            """
            [worker]
            local_pieces_dirs = ["DIR/no-pieces"]
            [[sealing_thread]]
            location = "DIR/no-scratch"
            [[attached]]
            location = "DIR/no-store"
            [pieces]
            cache = "DIR/no-cache"
            """);

    String later = " It is used as soon as it is there.";
    assertThat(config.warnings())
        .containsExactly(
            notThere("no-scratch", "sealing thread #0") + later,
            notThere("no-store", "store \"%s\"".formatted(dir.resolve("no-store"))) + later,
            notThere("no-pieces", "`worker.local_pieces_dirs`") + later,
            notThere("no-cache", "`pieces.cache`") + later);
    assertThat(dir.resolve("no-scratch")).doesNotExist();
  }

  private String notThere(String name, String owner) {
    return "The directory %s of %s does not exist; create it, mount its disk, or correct %s."
        .formatted(dir.resolve(name), owner, worker.file());
  }

  /** Seen to fail with paths compared as written: a link would let scratch and store meet. */
  @ParameterizedTest
  @CsvSource({"t0, t0", "t0, t0/inner", "store/inner, store", "link, store", "link/inner, store"})
  void refusesALocationAndAStoreInsideEachOther(String location, String store) throws IOException {
    Files.createDirectory(dir.resolve("t0/inner"));
    Files.createDirectory(dir.resolve("store/inner"));
    Files.createSymbolicLink(dir.resolve("link"), dir.resolve("store"));

    assertThat(worker.faults(threadAndStore(location, store)))
        .singleElement()
        .asString()
        .contains("lie inside each other");
  }

  @Test
  void takesNeighboursWithACommonBeginning() throws IOException {
    Files.createDirectory(dir.resolve("store2"));

    assertThat(worker.load(threadAndStore("store2", "store")).threads()).hasSize(1);
  }

  @Test
  void refusesTwoThreadsInOneLocation() throws IOException {
    Files.createSymbolicLink(dir.resolve("link"), dir.resolve("t0"));

    assertThat(worker.faults(threadAndStore() + "[[sealing_thread]]\nlocation = 'DIR/link'\n"))
        .singleElement()
        .asString()
        .contains("sealing thread #0 and sealing thread #1", "share the location");
  }

  @Test
  void refusesStoresOfOneNameAndOneStoreTwice() throws IOException {
    assertThat(
            worker.faults(
                threadAndStore()
                    + "name = 's'\n[[attached]]\nlocation = 'DIR/old'\nname = 's'\n"
                    + "[[attached]]\nlocation = 'DIR/old'\nname = 'again'\n"))
        .hasSize(2)
        .anyMatch(fault -> fault.contains("have the name \"s\""))
        .anyMatch(fault -> fault.contains("are the same directory"));
  }

  @Test
  void checksWithoutAFile() {
    assertThat(WorkerConfigChecks.of(WorkerConfigs.withThreads(worker.file())).faults())
        .anyMatch(fault -> fault.contains("has no sealing thread"))
        .anyMatch(fault -> fault.contains("names no store"));
  }
}
