package io.reseal.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Inputs that were damaged on their way, as terminals, pagers, mail programs and full disks do it.
 * Each sector comes in as it is, or with fewer facts and a remark, or is left out by name; never
 * with facts of another sector, and never complete but wrong.
 */
class DamagedInputsTest {

  private static final Collector<CharSequence, ?, String> LINES = Collectors.joining("\n");

  /** Lines lost, moved or repeated. */
  private static final List<BiFunction<String, Random, String>> OF_LINES =
      List.of(
          (text, random) -> lines(text, lines -> drop(lines, random)),
          (text, random) ->
              lines(text, lines -> lines.add(at(lines, random), lines.get(at(lines, random)))),
          (text, random) -> lines(text, lines -> swap(lines, random)),
          (text, random) -> lines(text, lines -> shuffle(lines, random)));

  /** What happens to any text. */
  private static final List<BiFunction<String, Random, String>> OF_TEXTS =
      List.of(
          (text, random) -> text.substring(0, random.nextInt(text.length())),
          (text, random) -> text.substring(random.nextInt(text.length())),
          (text, random) -> lines(text, lines -> lines.remove(random.nextInt(lines.size()))),
          (text, random) -> wrapped(text, 40 + random.nextInt(100)),
          (text, random) -> text.lines().map(Resources::expanded).collect(LINES),
          (text, random) -> text.replaceAll("[\t ]+", " "),
          (text, random) -> text.replace("\n", "\r\n"),
          (text, random) -> "\ufeff" + text,
          (text, random) -> text.replaceAll("(?m)^(\\w+):", "\u001b[1;32m$1\u001b[0m:"),
          (text, random) -> text.replaceAll("(?m)^", "> "),
          (text, random) -> lines(text, lines -> lines.add(at(lines, random), noise(random))),
          (text, random) -> lines(text, lines -> cut(lines, random)),
          (text, random) -> text + text);

  /** In a recovery file nothing shows that a line is another sector's. */
  private static final List<BiFunction<String, Random, String>> OF_STATUS =
      Stream.concat(OF_TEXTS.stream(), OF_LINES.stream()).toList();

  private static final List<String> TEXTS =
      List.of(
          read("lotus-miner/status-pieces.txt"),
          read("lotus-miner/status-snapped.txt"),
          read("lotus-miner/status-snapped.txt").replace("UpdateActivating", "Proving"),
          read("lotus-miner/status-old-events.txt"),
          read("lotus-miner/status-pieces.txt") + read("lotus-miner/status-snapped.txt"));

  @Property(tries = 1000, seed = "-1591183782826001791")
  void statusTexts(
      @ForAll @IntRange(max = 4) int which, @ForAll long seed, @ForAll @IntRange(max = 2) int more)
      throws IOException {
    String text = TEXTS.get(which);
    String damaged = damaged(text, OF_STATUS, seed, more + 1);
    check(text, damaged, one -> LotusStatusText.read(1001, one, "status.txt"));
  }

  @Property(tries = 500, seed = "-5408140456511392796")
  void recoveryFiles(@ForAll long seed, @ForAll @IntRange(max = 2) int more) throws IOException {
    String text = read("sealer-recover/sectors-recovery-t01001.json");
    String damaged = damaged(text, OF_TEXTS, seed, more + 1);
    Path file = Files.createTempFile("damaged", ".json");
    try {
      check(
          text,
          damaged,
          one -> {
            try {
              return SealerRecoverFile.read(Files.write(file, one), Optional.empty());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } finally {
      Files.delete(file);
    }
  }

  private static void check(String text, String damaged, Function<byte[], Reading> reader) {
    List<Findings> wanted = reader.apply(text.getBytes(UTF_8)).findings();
    Reading reading;
    try {
      reading = reader.apply(damaged.getBytes(UTF_8));
    } catch (SectorStateException e) {
      assertThat(e.getMessage()).endsWith(".");
      return;
    }
    assertThat(reading.findings().size() + reading.leftOut().size()).isPositive();
    for (Findings found : reading.findings()) {
      Facts right = facts(wanted, found.id());
      boolean complete = true;
      for (Fact<?> fact : Fact.DECIDABLE) {
        Optional<String> value = found.facts().text(fact);
        if (value.isPresent() && fact.isDetermining()) {
          assertThat(value).as("%s of\n%s", fact, damaged).isEqualTo(right.text(fact));
        } else if (value.isEmpty()
            && fact.isDetermining()
            && right.has(fact)
            && !follows(fact, found.facts())) {
          complete = false;
        }
      }
      assertThat(found.facts().get(Fact.PROOF_DUE).orElse(false)).isFalse();
      if (!complete) {
        assertThat(found.remarks().isEmpty() && isComplete(found.facts()))
            .as("complete, but with less than the original:\n%s\n%s", found, damaged)
            .isFalse();
      }
    }
  }

  private static boolean follows(Fact<?> fact, Facts facts) {
    return (fact == Fact.COMM_D && facts.has(Fact.PIECES))
        || (fact == Fact.SNAP_COMM_D && facts.has(Fact.SNAP_PIECES));
  }

  /** Whether a record that can be rebuilt would be made of these facts alone. */
  private static boolean isComplete(Facts facts) {
    return facts.has(Fact.PROOF_TYPE)
        && facts.has(Fact.TICKET)
        && facts.has(Fact.COMM_R)
        && !facts.get(Fact.PARTLY_READ).orElse(false);
  }

  private static Facts facts(List<Findings> wanted, SectorId id) {
    return wanted.stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .map(Findings::facts)
        .orElseThrow(() -> new AssertionError("There is no sector " + id));
  }

  private static String damaged(
      String text, List<BiFunction<String, Random, String>> damages, long seed, int times) {
    Random random = new Random(seed);
    String damaged = text;
    for (int time = 0; time < times && damaged.length() > 1; time++) {
      damaged = damages.get(random.nextInt(damages.size())).apply(damaged, random);
    }
    return damaged;
  }

  private static String lines(String text, Consumer<List<String>> change) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    if (!lines.isEmpty()) {
      change.accept(lines);
    }
    return String.join("\n", lines);
  }

  private static int at(List<String> lines, Random random) {
    return random.nextInt(lines.size());
  }

  private static void drop(List<String> lines, Random random) {
    int from = at(lines, random);
    lines.subList(from, from + random.nextInt(lines.size() - from + 1)).clear();
  }

  /** Of one sector: the lines of several in any order are nobody's mishap. */
  private static void shuffle(List<String> lines, Random random) {
    if (lines.stream().filter(line -> line.startsWith("SectorID:")).count() == 1) {
      Collections.shuffle(lines, random);
    }
  }

  private static void swap(List<String> lines, Random random) {
    Collections.swap(lines, at(lines, random), at(lines, random));
  }

  private static void cut(List<String> lines, Random random) {
    int at = at(lines, random);
    lines.set(at, lines.get(at).substring(0, random.nextInt(lines.get(at).length() + 1)));
  }

  private static String noise(Random random) {
    return List.of(
            "root@miner:~# lotus-miner sectors status --log 3",
            "lines 1-23",
            "--More--",
            "",
            "2024-03-01T10:00:00.000Z\tWARN\tsectors\tno file",
            "```")
        .get(random.nextInt(6));
  }

  private static String wrapped(String text, int columns) {
    return text.lines()
        .map(Resources::expanded)
        .map(line -> line.replaceAll("(.{" + columns + "})", "$1\n"))
        .collect(LINES);
  }

  private static String read(String name) {
    try {
      return Resources.text(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
