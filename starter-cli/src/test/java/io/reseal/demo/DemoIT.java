package io.reseal.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.cli.Terminal;
import io.reseal.cli.Terminal.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code make demo} shows, on the real services and the real core. */
class DemoIT {

  @TempDir Path directory;

  /**
   * Fails when a rebuild does not end finished, a file came back with one other bit, or a real
   * sector's CommR is not the one of its chain, or where PC1 waits for a slow store's pieces.
   */
  @Test
  void fiveLostSectorsComeBackAsTheyWere() {
    Result demo =
        new Terminal(directory)
            .with("RESEAL_NATIVE", System.getenv("RESEAL_NATIVE"))
            .run("demo", "--home", directory.resolve("home").toString());

    assertThat(demo.status()).as(demo.out() + demo.err()).isZero();
    assertThat(demo.out())
        .contains("f01001/122  finished", "f01001/123  finished", "f01000/2  Finished")
        .contains("f01001/3  Finished")
        .contains(
            "CommR bagboea4b5abcar75leghp2z7de6zvywr7za273ayn6phrxb3cbmyiy5zjhsnp4kh  as recorded,"
                + " proven",
            "CommR bagboea4b5abcapepwftnew6ksyjdkqcdmijcvpown4sydsy3t5d5rimimpsich2r  as recorded,"
                + " proven")
        .contains("124: p_aux, sc-02-data-tree-r-last.dat were made from \"store\"")
        .contains("f01001/123  its pieces were downloaded while PC1 ran")
        .contains("/namespaces/reseal/workflows/rebuild-f01001-123/")
        .doesNotContain("DIFFERENT", "MISSING", "NOT CONFIRMED");
    assertThat(demo.lines().stream().filter(line -> line.endsWith("bytes  identical")))
        .hasSize(4 + 4 + 2 + 3);
  }
}
