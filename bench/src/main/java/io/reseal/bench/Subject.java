package io.reseal.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.config.Installation;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.StateChange;
import io.reseal.files.SectorFiles;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.standin.DirectProgram;
import io.reseal.standin.SectorMaker;
import io.reseal.standin.Stages;
import io.reseal.temporal.TemporalConnection;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The running embedded installation that is measured: its commands, its catalog, its Temporal, and
 * sectors that are sealed directly so that their CommR is known before they are rebuilt.
 */
final class Subject implements AutoCloseable {

  static final long MINER = 1001;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LIMIT_MINUTES = 180;
  private static final long POLL_MILLIS = 2;

  /**
   * A sector that was sealed by the proofs library's own calls.
   *
   * @param record its inputs and CommR, in the catalog
   * @param direct how long the calls took
   */
  record Sealed(SectorRecord record, DirectProgram.Times direct) {
    SectorId id() {
      return record.id();
    }
  }

  private final Path home;
  private final Program reseal;
  private final Consumer<String> progress;
  private final SectorMaker maker;
  private final DirectProgram direct;
  private final CatalogSettings settings;
  private final Catalog catalog;
  private final TemporalConnection temporal;

  /** The number of the newest sector; they start at 1. */
  private long number;

  Subject(Path home, Map<String, String> environment, Program reseal, Consumer<String> progress) {
    this.home = home;
    this.reseal = reseal;
    this.progress = progress;
    this.maker = new SectorMaker(new Stages(environment), home.resolve("pieces"));
    this.direct = DirectProgram.find(environment);
    Installation installation = Installation.load(home, Map.of());
    this.settings = CatalogSettings.of(installation);
    this.catalog = Catalog.open(settings);
    this.temporal =
        TemporalConnection.open(
            installation.temporal().address(), installation.temporal().namespace(), Map.of());
    catalog.sectors().each(java.util.Optional.of(MINER), sector -> number++);
  }

  Path home() {
    return home;
  }

  Catalog catalog() {
    return catalog;
  }

  CatalogContents contents() {
    return new CatalogContents(settings);
  }

  TemporalConnection temporal() {
    return temporal;
  }

  void say(String line) {
    progress.accept(line);
  }

  /** A piece of random data that fills a sector of this size. */
  Piece piece(SealProof proof) throws IOException {
    return maker.piece(proof.size().bytes(), 0);
  }

  /** A new sector of this piece, sealed directly. */
  Sealed seal(SealProof proof, Piece piece) throws IOException {
    List<DirectProgram.Times> times = new ArrayList<>();
    SectorRecord record =
        maker.seal(
            new SectorId(MINER, ++number),
            proof,
            List.of(piece),
            request -> {
              times.add(direct.seal(request));
              return times.get(0).commR();
            });
    catalog.sectors().add(record);
    return new Sealed(record, times.get(0));
  }

  /** The last layer of a sector that was sealed into the installation's store. */
  Path lastLayer(SectorId sector) {
    return home.resolve("layers").resolve(sector.fileName());
  }

  /** A new sector of this piece, sealed by the core into the installation's store. */
  SectorRecord store(SealProof proof, Piece piece) throws IOException {
    SectorId id = new SectorId(MINER, ++number);
    SectorRecord record = maker.seal(id, proof, List.of(piece), store(), lastLayer(id));
    catalog.sectors().add(record);
    return record;
  }

  /** Updates such a sector with another piece. */
  SectorRecord snap(SectorRecord key, Piece piece) throws IOException {
    SectorRecord record = maker.snap(key, List.of(piece), store());
    catalog.sectors().replace(record);
    return record;
  }

  /** The files of a sector in the installation's store. */
  SectorFiles files(SectorId sector) {
    return new SectorFiles(store(), sector);
  }

  private Path store() {
    return home.resolve("store");
  }

  /** Where the worker finds pieces without downloading them. */
  Path pieces() {
    return home.resolve("pieces");
  }

  /** A new sector of this piece with a made-up CommR: its rebuild works until that is checked. */
  SectorId unsealed(SealProof proof, Piece piece) {
    SectorId id = new SectorId(MINER, ++number);
    Randomness ticket = maker.ticket();
    catalog
        .sectors()
        .add(
            SectorRecord.of(
                id,
                Facts.builder()
                    .put(Fact.PROOF_TYPE, proof)
                    .put(Fact.TICKET, ticket.value())
                    .put(Fact.TICKET_EPOCH, ticket.epoch())
                    .put(Fact.COMM_D, Cid.unsealed(piece.commitment()))
                    .put(Fact.COMM_R, Cid.sealed(new Commitment("07".repeat(32))))
                    .put(Fact.PIECES, List.of(piece))
                    .build(),
                "bench"));
    return id;
  }

  /** The state changes of a sector's latest rebuild so far. */
  List<StateChange> changes(SectorId sector) {
    return catalog
        .runs()
        .latest(sector)
        .map(run -> catalog.runs().changes(run.runId()))
        .orElse(List.of());
  }

  WorkflowStub workflow(SectorId sector) {
    return temporal.client().newUntypedWorkflowStub(Names.workflowId(sector));
  }

  /** Waits for the end of a sector's rebuild and returns how it ended. */
  RebuildStatus end(SectorId sector) {
    try {
      return workflow(sector).getResult(LIMIT_MINUTES, TimeUnit.MINUTES, RebuildStatus.class);
    } catch (TimeoutException e) {
      throw new BenchException(
          "The rebuild of %s has not ended after %d minutes: see the logs in %s."
              .formatted(sector, LIMIT_MINUTES, home.resolve("logs")));
    }
  }

  /** Rebuilds a sector as an operator would. */
  RebuildTimes rebuild(SectorId sector, String... options) {
    long began = System.nanoTime();
    run(
        Stream.concat(
                Stream.of("rebuild", Long.toString(sector.miner()), Long.toString(sector.number())),
                Stream.of(options))
            .toArray(String[]::new));
    RebuildStatus end = end(sector);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    if (end.run().state() != RebuildState.FINISHED) {
      throw new BenchException(
          "The rebuild of %s ended as %s.".formatted(sector, end.run().state()));
    }
    return new RebuildTimes(
        millis,
        catalog.runs().changes(end.run().runId()),
        workflow(sector).describe().getHistoryLength());
  }

  /** Runs a command; the bench ends if it fails. */
  String run(String... arguments) {
    Program.Answer answer = reseal.run(arguments);
    if (answer.status() != 0) {
      throw new BenchException(
          "The command %s ended with status %d."
              .formatted(String.join(" ", arguments), answer.status()));
    }
    return answer.out();
  }

  /** The result of a command with {@code --output json}. */
  JsonNode json(String... arguments) {
    try {
      return JSON.readTree(
          run(
              Stream.concat(Arrays.stream(arguments), Stream.of("--output", "json"))
                  .toArray(String[]::new)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for something, checking every two milliseconds. */
  void await(String what, BooleanSupplier condition) {
    await(what, Duration.ofMillis(POLL_MILLIS), condition);
  }

  /** Waits for something, checking at this interval. */
  void await(String what, Duration every, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(LIMIT_MINUTES);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new BenchException(
            "Still not true after %d minutes: %s. See the logs in %s."
                .formatted(LIMIT_MINUTES, what, home.resolve("logs")));
      }
      try {
        TimeUnit.NANOSECONDS.sleep(every.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BenchException("The measurement was interrupted.");
      }
    }
  }

  @Override
  public void close() {
    temporal.close();
    catalog.close();
  }
}
