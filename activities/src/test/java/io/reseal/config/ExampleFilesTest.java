package io.reseal.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.Timings;
import io.reseal.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example files that operators start from must be accepted by the program itself. */
class ExampleFilesTest {

  private static final Path EXAMPLES =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling("config");

  @TempDir Path dir;

  @Test
  void acceptsTheWorkersExample() throws IOException {
    WorkerConfig config = loadWorker(example("worker.toml"));

    assertThat(config.name()).isEqualTo("seal-host-1");
    assertThat(config.threads()).singleElement().matches(t -> t.plan() == ThreadPlan.REBUILD);
    assertThat(config.metrics()).isEmpty();
    assertThat(config.warnings()).isEmpty();
  }

  /** Seen to fail with a key misspelt in a comment of the example. */
  @Test
  void acceptsTheWorkersExampleWithEachCommentedKeySet() throws IOException {
    WorkerConfig config = loadWorker(uncommented(example("worker.toml")));

    assertThat(config.sealing().allowedMiners()).containsExactlyInAnyOrder(1001L, 1002L);
    assertThat(config.limits()).containsOnlyKeys(Step.Resource.stages());
    assertThat(config.processors()).containsOnlyKeys(Step.Resource.PC1, Step.Resource.PC2);
    assertThat(config.labelling().cores()).hasValue(16);
    assertThat(config.core().parentCache()).isPresent();
    assertThat(config.pieces().http()).singleElement().matches(h -> h.tokenFile().isPresent());
    assertThat(config.pieces().s3()).singleElement().matches(s -> s.bucket().equals("pieces"));
    assertThat(config.pieces().order()).containsExactly(PieceSettings.Kind.values());
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void acceptsTheInstallationsExampleWhoseCommentedKeysAreTheDefaults() throws IOException {
    Files.writeString(dir.resolve("catalog.password"), "p");
    Files.writeString(dir.resolve("lotus.token"), "a.b.c");
    Files.writeString(dir.resolve("miner.token"), "d.e.f");
    Installation plain = loadInstallation(example("reseal.toml"));
    Installation full = loadInstallation(uncommented(example("reseal.toml")));

    assertThat(plain.timings()).isEqualTo(Timings.standard());
    assertThat(full.timings()).isEqualTo(Timings.standard());
    assertThat(full.temporal().namespace()).isEqualTo(plain.temporal().namespace());
    assertThat(full.catalog().user()).isEqualTo(plain.catalog().user());
    assertThat(full.catalog().password()).isEqualTo("p");
    assertThat(plain.chain().nodes()).isEmpty();
    assertThat(full.chain().nodes()).hasSize(2);
    assertThat(plain.miners()).isEmpty();
    assertThat(full.miners()).containsOnlyKeys(1001L);
    assertThat(full.chain().requestsPerSecond()).isEqualTo(plain.chain().requestsPerSecond());
    assertThat(full.chain().timeout()).isEqualTo(plain.chain().timeout());
  }

  private WorkerConfig loadWorker(String example) throws IOException {
    Files.createDirectories(dir.resolve("secrets"));
    Files.writeString(dir.resolve("secrets/pieces.token"), "token");
    Files.writeString(dir.resolve("secrets/s3.credentials"), "[default]");
    String content =
        example
            .replace("/etc/reseal/", dir + "/secrets/")
            .replace("/mnt/", dir + "/")
            .replace("/opt/", dir + "/");
    Matcher paths = Pattern.compile(Pattern.quote(dir.toString()) + "[^\"]*").matcher(content);
    while (paths.find()) {
      Path path = Path.of(paths.group());
      if (!Files.exists(path)) {
        Files.createDirectories(path);
      }
    }
    return WorkerConfig.load(Files.writeString(dir.resolve("worker.toml"), content));
  }

  private Installation loadInstallation(String content) throws IOException {
    Files.writeString(dir.resolve("reseal.toml"), content);
    return Installation.load(dir, Map.of());
  }

  private static String example(String name) throws IOException {
    return Files.readString(EXAMPLES.resolve(name));
  }

  private static String uncommented(String example) {
    return Pattern.compile("^# ([a-z0-9_.]+ = |\\[)", Pattern.MULTILINE)
        .matcher(example)
        .replaceAll("$1");
  }
}
