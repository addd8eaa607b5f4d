package io.reseal.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Measures how soon a person sees what happens, and how soon a command takes effect. */
final class Reactions {

  private static final int WATCHED = 3;
  private static final int PAUSES = 3;

  private final Subject subject;

  Reactions(Subject subject) {
    this.subject = subject;
  }

  List<Row> rows() throws IOException {
    List<Long> seen = new ArrayList<>();
    List<Long> looks = new ArrayList<>();
    for (int run = 0; run < WATCHED; run++) {
      watch(seen, looks);
    }
    List<Long> pauses = pauses();
    return List.of(
        Row.millis("a state change to sectors state", Figures.of(seen), "< 1 s"),
        Row.millis("  of it at most: one look", Figures.of(looks), ""),
        Row.millis("worker pause --now to the stage's end", Figures.of(pauses), "< 5 s"));
  }

  /** Polls the sector's state continuously and notes when each change is first shown. */
  private void watch(List<Long> seen, List<Long> looks) throws IOException {
    SectorId sector = sealed(SealProof.KIB_2_V1_1);
    rebuild(sector);
    int known = 0;
    boolean ended = false;
    while (!ended) {
      long began = System.currentTimeMillis();
      JsonNode state = state(sector);
      long now = System.currentTimeMillis();
      looks.add(now - began);
      JsonNode changes = state.path("changes");
      for (; known < changes.size(); known++) {
        seen.add(now - changes.get(known).get("at").asLong());
      }
      ended = isFinished(state);
    }
  }

  /**
   * Pauses the thread in the middle of PC2, which starts again each time, and resumes it; fewer
   * times if PC2 is done before.
   */
  private List<Long> pauses() throws IOException {
    List<Long> times = new ArrayList<>();
    SectorId sector = sealed(SealProof.MIB_8_V1_1);
    rebuild(sector);
    subject.await(
        "PC2 begins",
        () ->
            state(sector)
                .path("run")
                .path("state")
                .asText()
                .equals(RebuildState.PC1_DONE.toString()));
    for (int run = 0; run < PAUSES; run++) {
      subject.await(
          "a stage runs, or none is left", () -> stage().isPresent() || isFinished(sector));
      Optional<ProcessHandle> running = stage();
      if (running.isEmpty()) {
        break;
      }
      ProcessHandle stage = running.get();
      long began = System.nanoTime();
      subject.run("worker", "pause", "-i", "0", "--now");
      subject.await("the stage has ended", () -> !stage.isAlive());
      times.add((System.nanoTime() - began) / 1_000_000);
      subject.say("pause --now %d: %d ms".formatted(run + 1, times.get(run)));
      subject.run("worker", "resume", "-i", "0");
    }
    subject.await("the paused rebuild is finished", () -> isFinished(sector));
    return times;
  }

  private boolean isFinished(SectorId sector) {
    return isFinished(state(sector));
  }

  private static boolean isFinished(JsonNode state) {
    return state.path("run").path("state").asText().equals(RebuildState.FINISHED.toString());
  }

  private SectorId sealed(SealProof proof) throws IOException {
    return subject.seal(proof, subject.piece(proof)).id();
  }

  private void rebuild(SectorId sector) {
    subject.run("rebuild", Long.toString(sector.miner()), Long.toString(sector.number()));
  }

  private JsonNode state(SectorId sector) {
    return subject.json(
        "sectors", "state", Long.toString(sector.miner()), Long.toString(sector.number()));
  }

  /** The stage process that a worker started by this process is running. */
  private static Optional<ProcessHandle> stage() {
    try (Stream<ProcessHandle> children = ProcessHandle.current().descendants()) {
      return children
          .filter(
              child -> child.info().command().filter(c -> c.endsWith("reseal-stage")).isPresent())
          .findFirst();
    }
  }
}
