package io.reseal.plan;

import io.reseal.sector.RebuildState;
import java.util.ArrayList;
import java.util.List;

/** Turns what is known about a sector into the list of steps that rebuild it. */
public final class RebuildPlan {

  private RebuildPlan() {}

  /**
   * What a plan depends on. A plain sector is sealed from pieces that are on the host.
   *
   * @param prove whether to make a seal proof as well
   * @param synthetic whether its proof type has synthetic proofs
   * @param snapped whether it was snapped
   * @param download whether pieces have to be downloaded first
   * @param keyStored whether a store has the key of a snapped sector intact, but not its update
   * @param repair what can be done instead of sealing, or null
   * @param empty whether what was sealed are zeros
   * @param unsealing how the unsealed copy is made, or null if none is wanted
   */
  public record Needs(
      boolean prove,
      boolean synthetic,
      boolean snapped,
      boolean download,
      boolean keyStored,
      Repair repair,
      boolean empty,
      Unsealing unsealing) {

    public static final Needs PLAIN = new Needs(false, false, false, false, false);

    public Needs(
        boolean prove, boolean synthetic, boolean snapped, boolean download, boolean keyStored) {
      this(prove, synthetic, snapped, download, keyStored, null, false, null);
    }

    /** Whether nothing but the unsealed copy is made. */
    private boolean onlyUnseals() {
      return unsealing != null && unsealing.only();
    }

    private boolean unsealsFrom(Unsealing.From from) {
      return unsealing != null && unsealing.from() == from;
    }

    /** A proof needs the layers, which no store has. */
    private boolean keepsKey() {
      return snapped && keyStored && !prove;
    }

    /** Whether the stores have every sealed form that is to be, so that none is made. */
    private boolean repairsAll() {
      return keepsSealed() && snapped == (repair.updateIn() != null);
    }

    /** Whether a lost key is made from its update. */
    private boolean makesKey() {
      return repair != null && !prove && snapped && repair.makesLostKey();
    }

    /** Whether the key is repaired, and the update made again from it. */
    private boolean repairsKey() {
      return keepsSealed() && snapped && repair.updateIn() == null;
    }

    private boolean keepsSealed() {
      return repair != null && !prove && !repair.encodes() && !repair.makesLostKey();
    }

    /** Whether the sealed file is made again with the known root of tree C. */
    private boolean encodes() {
      return repair != null && !prove && repair.encodes();
    }
  }

  /** The steps that rebuild a sector, in order. */
  public static List<Step> of(Needs needs) {
    if (needs.onlyUnseals()) {
      return keepingAll(needs, Step.PERSIST);
    }
    if (needs.repairsAll()) {
      return keepingAll(needs, Step.REPAIR);
    }
    List<Step> plan = new ArrayList<>(List.of(Step.FETCH_PIECES));
    if (needs.download()) {
      plan.add(Step.DOWNLOAD_PIECES);
    }
    plan.addAll(key(needs));
    plan.addAll(update(needs));
    plan.addAll(List.of(Step.PERSIST, Step.CHECK_STORED));
    return List.copyOf(plan);
  }

  /**
   * The steps of a rebuild that makes none of the sealed forms. If it is to store the unsealed copy
   * as well, the data are assembled or decoded first.
   *
   * @param stores the step that puts into a store what is made
   */
  private static List<Step> keepingAll(Needs needs, Step stores) {
    List<Step> plan = new ArrayList<>(List.of(Step.FETCH_PIECES));
    boolean pieces = needs.unsealsFrom(Unsealing.From.PIECES);
    if (pieces && needs.download()) {
      plan.add(Step.DOWNLOAD_PIECES);
    }
    if (pieces && !needs.snapped()) {
      plan.add(Step.ADD_PIECES);
    }
    if (needs.unsealsFrom(Unsealing.From.LABELS)) {
      plan.addAll(List.of(Step.SKIP_PIECES, Step.SKIP_TREE_D, Step.PC1));
    }
    boolean leavesKey = needs.repair() != null && needs.repair().leavesKey();
    plan.add(leavesKey ? Step.SKIP_KEY : Step.KEEP_SEALED);
    if (pieces && needs.snapped()) {
      plan.add(Step.SNAP_ADD_PIECES);
    }
    plan.add(needs.snapped() ? Step.KEEP_UPDATE : Step.SKIP_SNAP);
    if (needs.unsealing() != null && needs.unsealing().decodes()) {
      plan.add(Step.DECODE);
    }
    plan.addAll(List.of(stores, Step.CHECK_STORED));
    return List.copyOf(plan);
  }

  private static List<Step> update(Needs needs) {
    if (!needs.snapped()) {
      return List.of(Step.SKIP_SNAP);
    }
    if (needs.makesKey()) {
      return List.of(needs.repair().what() == null ? Step.KEEP_UPDATE : Step.REPAIR_UPDATE);
    }
    return List.of(Step.SNAP_ADD_PIECES, Step.SNAP_TREE_D, Step.SNAP_ENCODE, Step.CHECK_SNAP);
  }

  private static List<Step> key(Needs needs) {
    if (needs.makesKey()) {
      return List.of(Step.KEY_ADD_PIECES, Step.SNAP_KEY);
    }
    if (needs.repairsKey()) {
      return List.of(Step.REPAIR_KEY);
    }
    if (needs.keepsKey()) {
      return List.of(Step.KEEP_KEY);
    }
    return needs.encodes() ? encoding(needs) : sealing(needs);
  }

  private static List<Step> encoding(Needs needs) {
    return List.of(
        needs.empty() ? Step.SKIP_PIECES : Step.ADD_PIECES,
        Step.SKIP_TREE_D,
        Step.PC1,
        Step.ENCODE,
        Step.CHECK_ENCODED);
  }

  private static List<Step> sealing(Needs needs) {
    List<Step> steps = new ArrayList<>(List.of(Step.ADD_PIECES, Step.TREE_D, Step.PC1, Step.PC2));
    if (needs.synthetic()) {
      steps.add(Step.SYNTHETIC);
    }
    steps.add(Step.CHECK_SEALED);
    if (needs.prove()) {
      steps.addAll(List.of(Step.WAIT_SEED, Step.C1, Step.C2));
    }
    return steps;
  }

  /**
   * The next step when a plan is replaced: the first one of the new plan that comes after all steps
   * that are done.
   *
   * @param done the finished steps of the old plan, in order
   */
  public static int positionAfter(List<Step> done, List<Step> plan) {
    if (done.isEmpty()) {
      return 0;
    }
    Step last = done.get(done.size() - 1);
    return (int) plan.stream().filter(step -> step.compareTo(last) <= 0).count();
  }

  /** The next step in a state: the first one of the plan that begins in it. */
  public static int positionAt(RebuildState state, List<Step> plan) {
    RebuildState reached = StateTable.next(RebuildState.EMPTY, Happening.THREAD_HELD);
    for (int position = 0; position < plan.size(); position++) {
      if (state == reached || state == RebuildState.EMPTY) {
        return position;
      }
      reached = StateTable.next(reached, plan.get(position));
    }
    throw new IllegalArgumentException("No step of the plan begins in %s.".formatted(state));
  }
}
