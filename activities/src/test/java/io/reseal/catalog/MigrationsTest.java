package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MigrationsTest {

  private static final Pattern REMOVAL =
      Pattern.compile(
          "\\bDROP\\s+(?!CONSTRAINT)|\\bRENAME\\b|\\bCHANGE\\s+COLUMN\\b|\\bTRUNCATE\\b",
          Pattern.CASE_INSENSITIVE);

  /**
   * The version before works with the tables while both are running. Catches: a migration that
   * removes or renames something and does not say so in its name. (Older ones came before the
   * rule.)
   */
  @Test
  void addOnlyUnlessTheirNameSaysOtherwise() throws IOException {
    List<String> additive =
        Migrations.checksums().keySet().stream()
            .filter(name -> name.compareTo("V20261128") > 0)
            .filter(name -> !Migrations.removes(name))
            .toList();
    assertThat(additive).isNotEmpty();
    for (String name : additive) {
      assertThat(REMOVAL.matcher(statements(name)).find()).as(name).isFalse();
    }
  }

  /** Catches: two pieces of work that took the same number, so that no catalog can be opened. */
  @Test
  void eachHasANumberOfItsOwn() throws IOException {
    assertThat(
            Migrations.checksums().keySet().stream().map(name -> name.split("__", 2)[0]).toList())
        .doesNotHaveDuplicates();
  }

  @Test
  void oneThatRemovesIsKnownByItsName() {
    assertThat(Migrations.removes("V20270101__remove_old_columns.sql")).isTrue();
    assertThat(Migrations.removes("V20270101__how_to_remove.sql")).isFalse();
  }

  private static String statements(String name) throws IOException {
    try (InputStream file =
        Migrations.class.getResourceAsStream("/" + Migrations.FOLDER + "/" + name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8).replaceAll("--.*", "");
    }
  }
}
