package io.reseal.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.reseal.sector.NamedValues;
import io.reseal.sector.RebuildState;
import java.util.Arrays;
import java.util.List;

/**
 * The steps that plans are made of, in the order they run, each with the resource it needs on its
 * host and the state it reaches. A step without a state leaves the rebuild in the one it is in.
 */
public enum Step {
  FETCH_PIECES("fetch pieces", Resource.IO),
  DOWNLOAD_PIECES("download pieces", Resource.IO),
  ADD_PIECES("add pieces", Resource.ADD_PIECES, RebuildState.PIECE_ADDED),
  TREE_D("tree D", Resource.TREE_D, RebuildState.TREE_D_BUILT),
  PC1("PC1", Resource.PC1, RebuildState.PC1_DONE),
  PC2("PC2", Resource.PC2, RebuildState.PC2_DONE),
  SYNTHETIC("synthetic proofs", Resource.SYNTH_PROOF, RebuildState.SYNTHETIC_POREP),
  CHECK_SEALED("check sealed", Resource.C1, RebuildState.SEALED_CHECKED),
  KEEP_KEY("keep key", Resource.NONE, RebuildState.SEALED_CHECKED),
  WAIT_SEED("wait seed", Resource.NONE),
  C1("C1", Resource.C1),
  C2("C2", Resource.C2),
  SKIP_SNAP("no snap", Resource.NONE, RebuildState.SNAP_DONE),
  SNAP_ADD_PIECES("add snap pieces", Resource.ADD_PIECES, RebuildState.SNAP_PIECE_ADDED),
  SNAP_TREE_D("snap tree D", Resource.TREE_D, RebuildState.SNAP_TREE_D_BUILT),
  SNAP_ENCODE("snap encode", Resource.SNAP_ENCODE, RebuildState.SNAP_ENCODED),
  CHECK_SNAP("check snap", Resource.C1, RebuildState.SNAP_DONE),
  PERSIST("persist", Resource.IO, RebuildState.PERSISTED),
  CHECK_STORED("check stored", Resource.IO, RebuildState.FINISHED);

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

  /** The state that the step reaches, or null if it does not change the state. */
  private final RebuildState reached;

  Step(String title, Resource resource) {
    this(title, resource, null);
  }

  Step(String title, Resource resource, RebuildState reached) {
    this.title = title;
    this.resource = resource;
    this.reached = reached;
  }

  /** For people: {@code PC1}. */
  @JsonValue
  public String title() {
    return title;
  }

  public Resource resource() {
    return resource;
  }

  /** The state of a rebuild when the step has succeeded in the given state. */
  RebuildState reachedFrom(RebuildState state) {
    return reached == null ? state : reached;
  }

  @JsonCreator
  public static Step ofTitle(String title) {
    return NamedValues.find(values(), step -> step.title.equals(title))
        .orElseThrow(() -> new IllegalArgumentException("'%s' is not a step.".formatted(title)));
  }
}
