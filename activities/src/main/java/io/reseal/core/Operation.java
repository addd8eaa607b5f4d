package io.reseal.core;

import io.reseal.plan.Step;

/** The operations of the stage program: mirrors {@code operations.rs} of the native core. */
public enum Operation {
  ADD_PIECES("add_pieces", Step.Resource.ADD_PIECES),
  TREE_D("tree_d", Step.Resource.TREE_D),
  PC1("pc1", Step.Resource.PC1),
  PC1_GROUP("pc1_group", Step.Resource.PC1),
  COPY_LAYERS("copy_layers", Step.Resource.PC1),
  PC2("pc2", Step.Resource.PC2),
  /** Reseal's own code alone encodes: it is as fast as the disk. */
  ENCODE("encode", Step.Resource.PC2, false),
  SYNTHETIC("synthetic", Step.Resource.SYNTH_PROOF),
  CHECK_SEALED("check_sealed", Step.Resource.C1),
  C1("c1", Step.Resource.C1),
  C2("c2", Step.Resource.C2),
  SNAP_ENCODE("snap_encode", Step.Resource.SNAP_ENCODE),
  SNAP_KEY("snap_key", Step.Resource.TREE_D),
  DECODE("decode", Step.Resource.TREE_D),
  TREE_R("tree_r", Step.Resource.TREE_D),
  TREE_R_ROOT("tree_r_root"),
  COMM_C("comm_c"),
  POST_CHECK("post_check"),
  CHECK_REPLICA("check_replica"),
  DIAGNOSE("diagnose"),
  VERIFY_SEAL("verify_seal"),
  UNSEAL_KEY("unseal_key"),
  PIECE_COMMITMENT("piece_commitment"),
  LABEL_SPEED("label_speed"),
  PARAMS_CHECK("params_check"),
  PARAMS_GENERATE("params_generate"),
  DESCRIBE("describe"),
  GPUS("gpus");

  private final String wireName;
  private final Step.Resource resource;
  private final boolean mayUseGpu;

  /** An operation that occupies no resource of the host, because it is short or reads a sample. */
  Operation(String wireName) {
    this(wireName, Step.Resource.NONE);
  }

  Operation(String wireName, Step.Resource resource) {
    this(wireName, resource, resource.mayUseGpu());
  }

  Operation(String wireName, Step.Resource resource, boolean mayUseGpu) {
    this.wireName = wireName;
    this.resource = resource;
    this.mayUseGpu = mayUseGpu;
  }

  /** The resource it occupies on the host; {@code NONE} if none. */
  public Step.Resource resource() {
    return resource;
  }

  /** Whether it may run on a GPU. */
  public boolean mayUseGpu() {
    return mayUseGpu;
  }

  /** Its name in requests, e.g. {@code pc2}. */
  @Override
  public String toString() {
    return wireName;
  }
}
