package io.reseal.plan;

import static io.reseal.sector.RebuildState.ALLOCATED;
import static io.reseal.sector.RebuildState.FINISHED;
import static io.reseal.sector.RebuildState.PC1_DONE;
import static io.reseal.sector.RebuildState.PC2_DONE;
import static io.reseal.sector.RebuildState.PERSISTED;
import static io.reseal.sector.RebuildState.PIECE_ADDED;
import static io.reseal.sector.RebuildState.SEALED_CHECKED;
import static io.reseal.sector.RebuildState.SNAP_DONE;
import static io.reseal.sector.RebuildState.SNAP_ENCODED;
import static io.reseal.sector.RebuildState.SNAP_PIECE_ADDED;
import static io.reseal.sector.RebuildState.SNAP_TREE_D_BUILT;
import static io.reseal.sector.RebuildState.SYNTHETIC_POREP;
import static io.reseal.sector.RebuildState.TREE_D_BUILT;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.reseal.sector.NamedValues;
import io.reseal.sector.RebuildState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The steps that plans are made of, in the order they run: each with the resource it needs on its
 * host, the states in which it can run, and the state it reaches. A step that reaches none leaves
 * the rebuild in the state it is in.
 */
public enum Step {
  FETCH_PIECES("fetch pieces", Resource.IO, in(ALLOCATED)),
  DOWNLOAD_PIECES("download pieces", Resource.IO, in(ALLOCATED)),
  ADD_PIECES("add pieces", Resource.ADD_PIECES, in(ALLOCATED), PIECE_ADDED),
  SKIP_PIECES("no pieces", Resource.NONE, in(ALLOCATED), PIECE_ADDED),
  TREE_D("tree D", Resource.TREE_D, in(PIECE_ADDED), TREE_D_BUILT),
  SKIP_TREE_D("no tree D", Resource.NONE, in(PIECE_ADDED), TREE_D_BUILT),
  PC1("PC1", Resource.PC1, in(TREE_D_BUILT), PC1_DONE),
  PC2("PC2", Resource.PC2, in(PC1_DONE), PC2_DONE),
  ENCODE("encode", Resource.PC2, in(PC1_DONE), PC2_DONE),
  SYNTHETIC("synthetic proofs", Resource.SYNTH_PROOF, in(PC2_DONE), SYNTHETIC_POREP),
  CHECK_SEALED("check sealed", Resource.C1, in(PC2_DONE, SYNTHETIC_POREP), SEALED_CHECKED),
  CHECK_ENCODED("check encoded", Resource.C1, in(PC2_DONE), SEALED_CHECKED),
  KEEP_KEY("keep key", Resource.NONE, in(ALLOCATED), SEALED_CHECKED),
  KEEP_SEALED("keep sealed file", Resource.NONE, in(ALLOCATED, PC1_DONE), SEALED_CHECKED),
  REPAIR_KEY("repair key", Resource.TREE_D, in(ALLOCATED), SEALED_CHECKED),
  SKIP_KEY("no key", Resource.NONE, in(ALLOCATED, PC1_DONE), SEALED_CHECKED),
  KEY_ADD_PIECES("add pieces for key", Resource.ADD_PIECES, in(ALLOCATED), PIECE_ADDED),
  SNAP_KEY("snap key", Resource.TREE_D, in(PIECE_ADDED), SEALED_CHECKED),
  WAIT_SEED("wait seed", Resource.NONE, in(SEALED_CHECKED)),
  C1("C1", Resource.C1, in(SEALED_CHECKED)),
  C2("C2", Resource.C2, in(SEALED_CHECKED)),
  SKIP_SNAP("no snap", Resource.NONE, in(SEALED_CHECKED), SNAP_DONE),
  SNAP_ADD_PIECES("add snap pieces", Resource.ADD_PIECES, in(SEALED_CHECKED), SNAP_PIECE_ADDED),
  SNAP_TREE_D("snap tree D", Resource.TREE_D, in(SNAP_PIECE_ADDED), SNAP_TREE_D_BUILT),
  SNAP_ENCODE("snap encode", Resource.SNAP_ENCODE, in(SNAP_TREE_D_BUILT), SNAP_ENCODED),
  CHECK_SNAP("check snap", Resource.C1, in(SNAP_ENCODED), SNAP_DONE),
  KEEP_UPDATE("keep update", Resource.NONE, in(SEALED_CHECKED, SNAP_PIECE_ADDED), SNAP_DONE),
  REPAIR_UPDATE("repair update", Resource.TREE_D, in(SEALED_CHECKED), SNAP_DONE),
  DECODE("decode", Resource.TREE_D, in(SNAP_DONE)),
  REPAIR("repair", Resource.TREE_D, in(SNAP_DONE), PERSISTED),
  PERSIST("persist", Resource.IO, in(SNAP_DONE), PERSISTED),
  CHECK_STORED("check stored", Resource.IO, in(PERSISTED), FINISHED);

  /**
   * What a step occupies on its host. Its key is the last part of the resource's task queue there,
   * and its name in the host's file.
   */
  public enum Resource {
    IO("io", Stage.NONE),
    ADD_PIECES("add_pieces", Stage.ON_CPU),
    TREE_D("tree_d", Stage.ON_CPU),
    PC1("pc1", Stage.ON_CPU),
    PC2("pc2", Stage.MAY_USE_GPU),
    C1("c1", Stage.ON_CPU),
    C2("c2", Stage.MAY_USE_GPU),
    SYNTH_PROOF("synth_proof", Stage.ON_CPU),
    SNAP_ENCODE("snap_encode", Stage.MAY_USE_GPU),
    /** The step runs in the workflow, not on a host. */
    NONE("none", Stage.NONE);

    /** Whether a stage process runs for it, and on what. */
    private enum Stage {
      NONE,
      ON_CPU,
      MAY_USE_GPU
    }

    private final String key;
    private final Stage stage;

    Resource(String key, Stage stage) {
      this.key = key;
      this.stage = stage;
    }

    /** The resources of stage processes: those with a section in the host's file. */
    public static List<Resource> stages() {
      return Arrays.stream(values()).filter(Resource::isStage).toList();
    }

    /** Whether stage processes run for it. */
    public boolean isStage() {
      return stage != Stage.NONE;
    }

    /** Whether its stage processes may run on a GPU. */
    public boolean mayUseGpu() {
      return stage == Stage.MAY_USE_GPU;
    }

    /** Name in task queues and configuration files. */
    public String key() {
      return key;
    }
  }

  private final String title;
  private final Resource resource;

  /** The first and the last of the states in which the step can run. */
  private final RebuildState first;

  private final RebuildState last;

  /** The state that the step reaches, or null if it does not change the state. */
  private final RebuildState reached;

  Step(String title, Resource resource, States from) {
    this(title, resource, from, null);
  }

  Step(String title, Resource resource, States from, RebuildState reached) {
    this.title = title;
    this.resource = resource;
    this.first = from.first();
    this.last = from.last();
    this.reached = reached;
  }

  /** One state, or two and what lies between them in the order of the states. */
  private record States(RebuildState first, RebuildState last) {}

  private static States in(RebuildState only) {
    return new States(only, only);
  }

  private static States in(RebuildState first, RebuildState last) {
    return new States(first, last);
  }

  /** For people: {@code PC1}. */
  @JsonValue
  public String title() {
    return title;
  }

  public Resource resource() {
    return resource;
  }

  /** The state that the step reaches from the given one, or nothing if it cannot run in that. */
  Optional<RebuildState> reachedFrom(RebuildState state) {
    return state.compareTo(first) >= 0 && state.compareTo(last) <= 0
        ? Optional.of(reached == null ? state : reached)
        : Optional.empty();
  }

  @JsonCreator
  public static Step ofTitle(String title) {
    return NamedValues.find(values(), step -> step.title.equals(title))
        .orElseThrow(() -> new IllegalArgumentException("'%s' is not a step.".formatted(title)));
  }
}
