package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * After a rebuild that used all of them, no password, token or private variable is anywhere that
 * people look: logs, workflows, tables, scratch, stores, command lines, answers and errors.
 */
@ExtendWith(FleetExtension.class)
@Timeout(180)
class SecretsIT {

  private static final String PIECE_TOKEN = "piece-token-7d1f0c5e9b";
  private static final String VARIABLE = "private-variable-51c0a7e2";
  private static final String NODE_TOKEN = "eyJhbGciOi.eyJBbGxvdyI6.node-token-93be77";

  private final Fleet fleet;
  private final Lab lab;
  private final Ask ask;
  private String before;

  SecretsIT(Fleet fleet, Lab lab, Ask ask) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
  }

  @BeforeEach
  void oneHostHasSecretsAndTheOtherIsPaused() throws IOException {
    before = Files.readString(fleet.workerFile());
    Path token = Files.writeString(fleet.home().resolve("piece.token"), PIECE_TOKEN + "\n");
    ask.reseal("util", "worker", "pause", Fleet.HOST_B, "0");
    restart(
        before
            .replace("\n[[pieces.http]]\n", "\n[[pieces.http]]\ntoken_file = \"" + token + "\"\n")
            .concat("\n[[processors.pc1]]\nenvs = { PRIVATE = \"" + VARIABLE + "\" }\n"));
  }

  @AfterEach
  void asBefore() throws IOException {
    restart(before);
    ask.reseal("util", "worker", "resume", Fleet.HOST_B, "0");
  }

  private void restart(String workerFile) throws IOException {
    fleet.worker(Fleet.HOST_A).terminate(Await.LIMIT);
    Files.writeString(fleet.workerFile(), workerFile);
    fleet.startWorker(Fleet.HOST_A);
  }

  // Catches: a secret in a log line, an error, a workflow's input or a stored record.
  @Test
  void noSecretIsAnywhereThatPeopleLook() throws Exception {
    Piece piece = lab.piece(1024, 0);
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1, piece);
    Path file = fleet.pieces().resolve(piece.cid());
    fleet.pieceServer().offer(piece.cid(), Files.readAllBytes(file));
    Files.delete(file);
    ask.rebuildAndWait(sector);
    assertThat(fleet.pieceServer().sent()).contains(piece.cid());

    Map<String, String> places = new TreeMap<>(answers(sector));
    places.putAll(commandLines());
    places.putAll(files());

    for (String secret : List.of(password(), PIECE_TOKEN, VARIABLE, NODE_TOKEN)) {
      List<String> found =
          places.entrySet().stream()
              .filter(place -> place.getValue().contains(secret))
              .map(Map.Entry::getKey)
              .toList();
      assertThat(found).as("places that show " + secret).isEmpty();
    }
  }

  private String password() throws IOException {
    return Files.readString(fleet.home().resolve("catalog.password")).strip();
  }

  /** What commands print, also those that fail. */
  private Map<String, String> answers(LostSector sector) throws IOException {
    Map<String, String> answers = new TreeMap<>();
    List<Ask.Answer> all = new ArrayList<>();
    all.add(ask.sectors("state", sector));
    all.add(ask.sectors("history", sector));
    all.add(ask.reseal("util", "worker", "info", Fleet.HOST_A, "--output", "json"));
    all.add(ask.reseal("doctor", "-c", fleet.workerFile().toString()));
    all.add(
        ask.reseal(
            Map.of("FULLNODE_API_INFO", NODE_TOKEN + ":/ip4/127.0.0.1/tcp/1/http"),
            "import",
            "chain",
            "f01001",
            "7"));
    all.add(
        ask.reseal(
            Map.of("RESEAL_CATALOG_PASSWORD", NODE_TOKEN), "util", "sealer", "sectors", "list"));
    Path bundle = fleet.home().resolve("bundle.zip");
    all.add(
        0, ask.reseal("support", "bundle", bundle.toString(), "-c", fleet.workerFile().toString()));
    answers.putAll(contents(bundle));
    Files.delete(bundle);
    assertThat(all).as("the last two fail").extracting(Ask.Answer::status).endsWith(3, 3);
    for (int i = 0; i < all.size(); i++) {
      answers.put("answer " + i, all.get(i).out() + all.get(i).err());
    }
    return answers;
  }

  /** The files in a support bundle. */
  private static Map<String, String> contents(Path bundle) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(bundle))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(
            "bundle " + entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    assertThat(files.keySet())
        .contains(
            "bundle machine.txt",
            "bundle commands/version.txt",
            "bundle commands/util-worker-list.txt",
            "bundle settings/reseal.toml.json",
            "bundle settings/worker.toml.json",
            "bundle logs/worker.log");
    assertThat(files.get("bundle commands/util-worker-list.txt"))
        .contains(Fleet.HOST_A, "status 0");
    assertThat(files.get("bundle settings/worker.toml.json")).contains("PRIVATE", "token_file");
    return files;
  }

  private static Map<String, String> commandLines() throws IOException {
    Map<String, String> lines = new TreeMap<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process :
          processes.filter(path -> path.toString().matches("/proc/\\d+")).toList()) {
        try {
          lines.put(process + "/cmdline", Files.readString(process.resolve("cmdline")));
        } catch (IOException | UncheckedIOException e) {
          // It has ended meanwhile.
          lines.remove(process + "/cmdline");
        }
      }
    }
    return lines;
  }

  /** Everything that is stored, but the files that secrets are read from. */
  private Map<String, String> files() throws IOException {
    List<Path> own =
        List.of(
            fleet.home().resolve("catalog.password"),
            fleet.home().resolve("piece.token"),
            fleet.workerFile());
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(fleet.home())) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        if (!own.contains(file)) {
          files.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return files;
  }
}
