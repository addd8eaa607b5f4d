package io.reseal.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.reseal.config.WorkerConfig;
import io.reseal.doctor.CheckResult.Verdict;
import io.reseal.files.StoreIdentities;
import io.reseal.files.StoreIdentity;
import io.reseal.threads.ThreadMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scratch locations, stores, the parent cache on a real file system. */
class DiskCheckTest {

  @TempDir Path dir;

  private Path scratch;
  private Path store;

  @BeforeEach
  void directories() throws IOException {
    scratch = Files.createDirectory(dir.resolve("scratch"));
    store = Files.createDirectory(dir.resolve("store"));
  }

  private List<CheckResult> examine(String sizes) throws IOException {
    return examine(config(sizes));
  }

  private List<CheckResult> examine(WorkerConfig config) {
    return new DiskCheck(
            config, Map.of("FIL_PROOFS_PARENT_CACHE", dir.resolve("parents").toString()))
        .examine();
  }

  private WorkerConfig config(String sizes) throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("worker.toml"),
            """
            [worker]
            name = "host-a"
            [[sealing_thread]]
            location = "%s"
            plan = "rebuild"
            sealing.allowed_sizes = [%s]
            [[attached]]
            name = "s"
            location = "%s"
            """
                .formatted(scratch, sizes, store));
    return WorkerConfig.load(file);
  }

  private static Optional<CheckResult> of(
      List<CheckResult> findings, String subject, Verdict verdict) {
    return findings.stream()
        .filter(finding -> finding.subject().equals(subject) && finding.verdict() == verdict)
        .findFirst();
  }

  // Seen to fail: with a probe that stays.
  @Test
  void disksInOrderAreInOrderAndStayAsTheyWere() throws IOException {
    List<CheckResult> findings = examine("\"2KiB\"");
    for (String subject : List.of("scratch #0", "store \"s\"", "parent cache")) {
      assertThat(of(findings, subject, Verdict.ok)).as(subject).isPresent();
    }
    assertThat(scratch).isEmptyDirectory();
    assertThat(store).isEmptyDirectory();
    assertThat(dir.resolve("parents")).doesNotExist();
  }

  // Seen to fail: without a look at the thread's mark.
  @Test
  void aThreadThatIsMarkedForAFaultIsNamedWithIt() throws IOException {
    String fault = "Sector.CommRMismatch: host-a computed a wrong CommR.";
    ThreadMark.faulted(scratch).write(new ThreadMark("host-a", 0, fault, false));
    assertThat(of(examine("\"2KiB\""), "scratch #0", Verdict.problem))
        .get()
        .extracting(CheckResult::text, STRING)
        .startsWith(fault + " That was on 1970-01-01T00:00:00Z;")
        .contains("reseal worker resume");
  }

  private List<CheckResult> examineStores(String... policies) throws IOException {
    WorkerConfig first = config("\"2KiB\"");
    StringBuilder more = new StringBuilder(Files.readString(first.file()));
    Files.writeString(store.resolve("sectorstore.json"), policies[0]);
    for (int i = 1; i < policies.length; i++) {
      Path other = Files.createDirectories(dir.resolve("store-" + i));
      Files.writeString(other.resolve("sectorstore.json"), policies[i]);
      more.append("[[attached]]\nname = \"s%d\"\nlocation = \"%s\"\n".formatted(i, other));
    }
    return examine(WorkerConfig.load(Files.writeString(first.file(), more)));
  }

  // Catches: a store that takes no sealed files and is said to be enough for sectors.
  @Test
  void storesThatTogetherDoNotTakeASectorAreAProblem() throws IOException {
    String sealed = "{\"AllowTypes\":[\"sealed\",\"update\"]}";
    String cache = "{\"AllowTypes\":[\"cache\",\"update-cache\"]}";
    List<CheckResult> both = examineStores(sealed, cache);
    assertThat(of(both, "store \"s\"", Verdict.ok).orElseThrow().text())
        .contains("takes only sealed, update files, enough for 2KiB sectors");
    assertThat(both).extracting(CheckResult::subject).doesNotContain("stores");

    assertThat(of(examineStores(sealed), "stores", Verdict.problem).orElseThrow().text())
        .startsWith("none of them takes cache files, so no sector can be stored");
    for (String none : List.of("{\"AllowTypes\":[\"unsealed\"]}", "{\"CanStore\":false}")) {
      assertThat(of(examineStores(none), "stores", Verdict.problem).orElseThrow().text())
          .startsWith("none of them takes sealed and cache files");
    }
    assertThat(
            of(examineStores("{\"DenyTypes\":[\"update\"]}"), "stores", Verdict.warning)
                .orElseThrow()
                .text())
        .startsWith("none of them takes update files, so no snapped sector can be stored");
  }

  // Catches: a misspelt type of files that nobody is told of.
  @Test
  void aWordThatIsNoTypeOfFilesIsNamedWithItsFile() throws IOException {
    List<CheckResult> findings =
        examineStores("{\"AllowTypes\":[\"Sealed\",\"caches\",\"piece\"]}");
    assertThat(of(findings, "store \"s\"", Verdict.warning).orElseThrow().text())
        .contains("\"Sealed\", \"caches\"", store.resolve("sectorstore.json").toString())
        .doesNotContain("\"piece\"");
    assertThat(of(findings, "stores", Verdict.problem)).isPresent();
  }

  // Seen to fail: with the main file's values alone.
  @Test
  void theHotFileCountsAndABrokenOneIsAProblem() throws IOException {
    Path hot = scratch.resolve("config.toml");
    Files.writeString(hot, "plan = \"sealer\"\n");
    assertThat(of(examine("\"2KiB\""), "scratch #0", Verdict.ok).orElseThrow().text())
        .isEqualTo("plan sealer: it takes no rebuilds");
    Files.writeString(hot, "plan = \"rebiuld\"\n");
    assertThat(of(examine("\"2KiB\""), "scratch #0", Verdict.problem).orElseThrow().text())
        .contains("rebiuld", hot.toString())
        .endsWith("The thread takes nothing until that is fixed");
  }

  @Test
  void aStoreOnTheScratchesFileSystemIsRemarkedOn() throws IOException {
    assertThat(of(examine("\"2KiB\""), "scratch #0", Verdict.warning).orElseThrow().text())
        .contains("same file system");
  }

  @Test
  void foreignFilesAreRemarkedOnAndResealsOwnAreNot() throws IOException {
    Path foreign = Files.createDirectories(scratch.resolve("sealed")).resolve("s-t01001-9");
    Files.writeString(foreign, "x");
    assertThat(examine("\"2KiB\""))
        .filteredOn(finding -> finding.verdict() == Verdict.warning)
        .extracting(CheckResult::text)
        .anySatisfy(text -> assertThat(text).contains(foreign.toString()));
  }

  @Test
  void aLocationAndAStoreThatAreGoneAreProblems() throws IOException {
    WorkerConfig config = config("\"2KiB\"");
    Files.delete(scratch);
    Files.delete(store);
    List<CheckResult> findings = examine(config);
    assertThat(of(findings, "scratch #0", Verdict.problem)).isPresent();
    assertThat(of(findings, "store \"s\"", Verdict.problem)).isPresent();
  }

  @Test
  void aStoreWithABrokenPolicyIsAProblem() throws IOException {
    Files.writeString(store.resolve("sectorstore.json"), "{");
    assertThat(of(examine("\"2KiB\""), "store \"s\"", Verdict.problem)).isPresent();
  }

  // Catches: an unmounted store that doctor takes for an empty one.
  @Test
  void aStoreThatIsNotTheOneItWasIsAProblem() throws IOException {
    WorkerConfig config = config("\"2KiB\"");
    StoreIdentities.ofWorker(config).expect("s", StoreIdentity.require(store));
    assertThat(of(examine(config), "store \"s\"", Verdict.ok)).isPresent();

    Files.delete(store.resolve(".reseal/store-id"));
    assertThat(of(examine(config), "store \"s\"", Verdict.problem).orElseThrow().text())
        .contains("may be an empty mount point")
        .contains("accept-store s");
  }
}
