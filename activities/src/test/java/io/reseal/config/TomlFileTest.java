package io.reseal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TomlFileTest {

  @TempDir Path dir;

  @Test
  void givesTheLineAndColumnOfASyntaxError() throws IOException {
    Path file = write("[worker]\nname = \"a\"\nlocal = = 3\n");

    assertThatThrownBy(() -> TomlFile.read(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(file + " line 3, column 9: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[worker", "a = 'x", "a = 1\na = 2", "= 1", "a = [1, 2", "a = 2020-13-45"})
  void refusesWhatIsNoToml(String content) throws IOException {
    Path file = write(content);

    assertThatThrownBy(() -> TomlFile.read(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file + " line ");
  }

  @Test
  void refusesAFileThatIsMissingOrADirectoryOrNoText() throws IOException {
    assertThatThrownBy(() -> TomlFile.read(dir.resolve("none.toml")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("There is no file %s.", dir.resolve("none.toml"));
    assertThatThrownBy(() -> TomlFile.read(dir))
        .isInstanceOf(ConfigException.class)
        .hasMessage(dir + " is a directory, not a file.");
    Path latin = Files.write(dir.resolve("latin.toml"), new byte[] {'#', (byte) 0xe4, '\n'});
    assertThatThrownBy(() -> TomlFile.read(latin))
        .isInstanceOf(ConfigException.class)
        .hasMessage(latin + " is not UTF-8 text, as TOML must be.");
  }

  /** Seen to fail with the check for unknown keys left out: a typo would silently do nothing. */
  @Test
  void refusesAnUnknownKeyWithItsLineAndTheNearestKnownOne() throws IOException {
    TomlFile file = TomlFile.read(write("# one\n\n[sealing]\nalowed_miners = [1]\n"));
    file.root().section("sealing").list("allowed_miners", Long::valueOf);

    assertThatThrownBy(file::finish)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "unknown key `sealing.alowed_miners` in %s line 4; did you mean `allowed_miners`?",
            file.path());
  }

  @Test
  void listsTheKnownKeysWhereNoneIsNear() throws IOException {
    TomlFile file = TomlFile.read(write("[sealing]\nzzz = 1\n[other]\n"));
    file.root().section("sealing").count("attempts", 0);

    assertThatThrownBy(file::finish)
        .hasMessage(
            "unknown key `other` in %1$s line 3; known here: sealing.\n"
                + "unknown key `sealing.zzz` in %1$s line 2; known here: attempts.",
            file.path());
  }

  /** Seen to fail with the first fault thrown at once: a person would mend them one by one. */
  @Test
  void reportsAllFaultsOfAFileTogether() throws IOException {
    TomlFile file =
        TomlFile.read(
            write(
                "a = 1\nb = 'x'\nc = 'no'\nd = -1\ne = '5 parsecs'\nf = 'rel/path'\ng = [1.5]\n"));
    TomlSection root = file.root();
    assertThat(root.string("a")).isEmpty();
    assertThat(root.count("b", 0)).isEmpty();
    assertThat(root.flag("c")).isEmpty();
    assertThat(root.count("d", 0)).isEmpty();
    assertThat(root.parsed("e", Durations::parse)).isEmpty();
    assertThat(root.path("f")).isEmpty();
    assertThat(root.list("g", String::valueOf)).isEmpty();

    ConfigException refusal = catchThrowableOfType(ConfigException.class, file::finish);

    assertThat(refusal.faults())
        .containsExactly(
            "`a` in %s line 1 must be a text in quotes.".formatted(file.path()),
            "`b` in %s line 2 must be a whole number.".formatted(file.path()),
            "`c` in %s line 3 must be true or false.".formatted(file.path()),
            "`d` in %s line 4 is -1; it must be at least 0 and at most 2147483647."
                .formatted(file.path()),
            "`e` in %s line 5: '5 parsecs' is not a duration: write it as 30s, 5m or 2h."
                .formatted(file.path()),
            "`f` in %s line 6: 'rel/path' is not an absolute path; write it from the root, e.g. /mnt/disk1."
                .formatted(file.path()),
            "`g` in %s line 7, element 1, must be a text or a whole number."
                .formatted(file.path()));
    assertThat(refusal).hasMessage(String.join("\n", refusal.faults()));
  }

  @Test
  void refusesASectionWhereAListOfSectionsBelongsAndTheOtherWayRound() throws IOException {
    TomlFile file = TomlFile.read(write("[attached]\nlocation = '/a'\n[[worker]]\nname = 'x'\n"));
    assertThat(file.root().sections("attached")).isEmpty();
    file.root().section("worker").string("name");

    assertThatThrownBy(file::finish)
        .hasMessageContaining("must be a list of sections, [[attached]].")
        .hasMessageContaining("must be a section.");
  }

  @ParameterizedTest
  @CsvSource({
    "30s, PT30S",
    "5m, PT5M",
    "5min, PT5M",
    "2h, PT2H",
    "1h 30m, PT1H30M",
    "500ms, PT0.5S",
    "1day, PT24H",
    "2H, PT2H",
    "0s, PT0S"
  })
  void readsDurations(String text, Duration expected) {
    assertThat(Durations.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "30", "s", "-5s", "5 parsecs", "1.5h", "5m!", "m5", "9999999999s", "İs"})
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a duration");
  }

  private Path write(String content) throws IOException {
    return Files.writeString(dir.resolve("some.toml"), content);
  }
}
