package io.reseal.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.reseal.sector.NamedValues;

/**
 * The kinds of work a plan is made of, in the order they are done in, with the resource each needs
 * on its host.
 *
 * <p>The resource is also the last part of the host's task queue and, where a host's file limits
 * it, the key in {@code [processors.limitation.concurrent]}.
 */
public enum Step {
  FETCH_PIECES("fetch pieces", Resource.IO, Event.PIECES_FETCHED),
  DOWNLOAD_PIECES("download pieces", Resource.IO, Event.PIECES_DOWNLOADED),
  ADD_PIECES("add pieces", Resource.ADD_PIECES, Event.PIECES_ADDED),
  TREE_D("tree D", Resource.TREE_D, Event.TREE_D_BUILT),
  PC1("PC1", Resource.PC1, Event.LAYERS_BUILT),
  PC2("PC2", Resource.PC2, Event.TREES_BUILT),
  SYNTHETIC("synthetic proofs", Resource.SYNTH_PROOF, Event.SYNTHETIC_PROVED),
  CHECK_SEALED("check sealed", Resource.C1, Event.SEAL_CHECKED),
  KEEP_KEY("keep key", Resource.NONE, Event.KEY_KEPT),
  WAIT_SEED("wait seed", Resource.NONE, Event.SEED_KNOWN),
  C1("C1", Resource.C1, Event.VANILLA_PROVED),
  C2("C2", Resource.C2, Event.PROOF_KEPT),
  SKIP_SNAP("no snap", Resource.NONE, Event.SNAP_SKIPPED),
  SNAP_ADD_PIECES("add snap pieces", Resource.ADD_PIECES, Event.SNAP_PIECES_ADDED),
  SNAP_TREE_D("snap tree D", Resource.TREE_D, Event.SNAP_TREE_D_BUILT),
  SNAP_ENCODE("snap encode", Resource.SNAP_ENCODE, Event.SNAP_ENCODED),
  CHECK_SNAP("check snap", Resource.C1, Event.SNAP_CHECKED),
  PERSIST("persist", Resource.IO, Event.FILES_STORED),
  CHECK_STORED("check stored", Resource.IO, Event.STORED_CHECKED);

  /** What a step keeps busy on its host; each has a queue of its own there. */
  public enum Resource {
    IO("io"),
    ADD_PIECES("add_pieces"),
    TREE_D("tree_d"),
    PC1("pc1"),
    PC2("pc2"),
    C1("c1"),
    C2("c2"),
    SYNTH_PROOF("synth_proof"),
    SNAP_ENCODE("snap_encode"),
    /** Nothing to run on a host. */
    NONE("none");

    private final String key;

    Resource(String key) {
      this.key = key;
    }

    /** Name in task queues and configuration files. */
    public String key() {
      return key;
    }
  }

  private final String title;
  private final Resource resource;
  private final Event done;

  Step(String title, Resource resource, Event done) {
    this.title = title;
    this.resource = resource;
    this.done = done;
  }

  /** For people: {@code PC1}. */
  @JsonValue
  public String title() {
    return title;
  }

  public Resource resource() {
    return resource;
  }

  /** What has happened when the step has succeeded. */
  public Event done() {
    return done;
  }

  @JsonCreator
  public static Step ofTitle(String title) {
    return NamedValues.find(values(), step -> step.title.equals(title))
        .orElseThrow(() -> new IllegalArgumentException("'%s' is not a step.".formatted(title)));
  }
}
