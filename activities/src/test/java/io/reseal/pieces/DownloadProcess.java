package io.reseal.pieces;

import io.reseal.config.PieceSettings;
import io.reseal.config.PieceSettings.Http;
import io.reseal.config.PieceSettings.Kind;
import io.reseal.outage.HostHeader;
import io.reseal.sector.SectorId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A process of its own that downloads a test piece into a cache, and says how far it is. */
final class DownloadProcess implements AutoCloseable {

  private static final String UNDER_WAY = "under way";

  /** Told so often, five times a second, it has long asked for what it waits for. */
  private static final int TELLS = 4;

  private final Process process;
  private final BufferedReader output;

  private DownloadProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  static DownloadProcess start(String url, Path cache, SectorId sector) throws IOException {
    return new DownloadProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DownloadProcess.class.getName(),
                url,
                cache.toString(),
                Long.toString(sector.number()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Returns once it is in the middle of its download or waits for somebody else's. */
  void awaitUnderWay() throws IOException {
    String line = output.readLine();
    if (!UNDER_WAY.equals(line)) {
      throw new AssertionError("The process said: " + line);
    }
  }

  /** What it says at its end. */
  String awaitEnd() throws IOException {
    return output.readLine();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] arguments) throws Exception {
    HostHeader.allow();
    Path dir = Path.of(arguments[1]);
    SectorId sector = new SectorId(1001, Long.parseLong(arguments[2]));
    Http store = new Http(arguments[0], List.of(), Optional.empty(), Optional.empty(), false);
    Duration stall = Duration.ofMinutes(1);
    PieceSettings settings =
        new PieceSettings(
            List.of(Kind.values()),
            Optional.of(dir),
            1 << 20,
            1,
            Optional.empty(),
            stall,
            0,
            List.of(store),
            List.of());
    PieceCache cache = new PieceCache(dir, settings.cacheBytes(), InstantSource.system());
    PieceSources sources =
        new PieceSources(
            List.of(cache), List.of(new HttpSource(store, stall, Map.of())), Optional.of(cache));
    AtomicInteger told = new AtomicInteger();
    try (HostPieces pieces = new HostPieces(settings, sources, new KnownData())) {
      pieces.download(
          sector,
          TestPieces.pieces(TestPieces.TWO),
          (done, total) -> {
            if (told.incrementAndGet() == TELLS) {
              System.out.println(UNDER_WAY);
            }
          });
      PieceFile file =
          pieces
              .look(sector, TestPieces.pieces(TestPieces.TWO))
              .atHand()
              .get(TestPieces.TWO.piece());
      System.out.println("has %d bytes".formatted(Files.size(file.path())));
    }
  }
}
