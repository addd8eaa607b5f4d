package io.reseal.plan;

import io.reseal.plan.Survivor.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The cheapest way to make a sector whole again from what is left of it.
 *
 * @param actions what is to be done, in order; nothing if the sector is whole
 */
public record RepairPlan(List<Action> actions) {

  public RepairPlan {
    actions = List.copyOf(actions);
  }

  /** Kinds of work. */
  public enum Work {
    /** Write t_aux, which follows from the sector's size. */
    WRITE_T_AUX("t_aux"),
    /**
     * Compute tree R from all of the form's file, compare its root, together with the known root of
     * tree C, with CommR, and write what is missing or wrong of its files.
     */
    TREE_R("tree R"),
    /**
     * Write p_aux from the roots of trees C and R. If tree R was not computed before, its root
     * comes from its files, and a sample of the form's file is compared with them.
     */
    WRITE_P_AUX("p_aux"),
    /** Encode the update's data over the key. */
    ENCODE("encoding"),
    /** Remove the update's data from the update, which leaves the key. */
    DECODE("key from the update"),
    /**
     * Label the sector and encode its data over the last layer, and compare the root of tree R,
     * together with the known root of tree C, with CommR.
     */
    SEAL_WITH_ROOT("sealing with the known comm_c"),
    /** Seal the sector's data, and encode those of its update. */
    SEAL("sealing");

    private final String title;

    Work(String title) {
      this.title = title;
    }
  }

  /**
   * One piece of work.
   *
   * @param form the form that it makes files of; both, for a snapped sector that is sealed
   * @param missing numbers of the files of tree R that no store has; empty for other work
   */
  public record Action(Work work, Form form, List<Integer> missing) {

    public Action {
      missing = List.copyOf(missing);
    }

    Action(Work work, Form form) {
      this(work, form, List.of());
    }

    @Override
    public String toString() {
      return work == Work.DECODE ? work.title : "%s of the %s".formatted(work.title, form.title());
    }
  }

  /**
   * What a plan costs; the first number counts most.
   *
   * @param pc1 how often a sector is labelled
   * @param pc2 how often trees C and D are built, and the sealed file is made with them
   * @param encodings how often a form is made without trees C and D
   * @param reads how often all of a form's file is read
   */
  public record Cost(int pc1, int pc2, int encodings, int reads) {

    private static final Cost NONE = new Cost(0, 0, 0, 0);

    private static Cost of(Work work, boolean snapped) {
      return switch (work) {
        case WRITE_T_AUX, WRITE_P_AUX -> NONE;
        case TREE_R -> new Cost(0, 0, 0, 1);
        case ENCODE, DECODE -> new Cost(0, 0, 1, 1);
        case SEAL_WITH_ROOT -> new Cost(1, 0, 1, 0);
        case SEAL -> snapped ? new Cost(1, 1, 1, 1) : new Cost(1, 1, 0, 0);
      };
    }

    @Override
    public String toString() {
      List<String> parts = new ArrayList<>();
      if (pc1 > 0) {
        parts.add("PC1");
      }
      if (pc2 > 0) {
        parts.add("PC2");
      }
      if (encodings > 0) {
        parts.add(encodings == 1 ? "encoding" : "encoding twice");
      }
      if (reads > 0) {
        parts.add("reading all of %s".formatted(reads == 1 ? "one file" : reads + " files"));
      }
      return parts.isEmpty() ? "next to nothing" : String.join(", ", parts);
    }

    private Cost plus(Cost other) {
      return new Cost(
          pc1 + other.pc1, pc2 + other.pc2, encodings + other.encodings, reads + other.reads);
    }
  }

  /** The cheapest plan for what is left of a sector. */
  public static RepairPlan cheapest(Survivors left) {
    List<Action> actions = new ArrayList<>();
    if (keeps(left, Form.SEALED)) {
      addRepair(left, Form.SEALED, actions);
      addUpdate(left, actions);
    } else if (keeps(left, Form.UPDATE)) {
      actions.add(new Action(Work.DECODE, Form.SEALED));
      addRepair(left, Form.UPDATE, actions);
    } else if (left.isEncodable()) {
      actions.add(new Action(Work.SEAL_WITH_ROOT, Form.SEALED));
      addUpdate(left, actions);
    } else {
      return sealing();
    }
    return new RepairPlan(actions);
  }

  private static boolean keeps(Survivors left, Form form) {
    return left.forms().contains(form) && (left.proves(form) || left.isRepairable(form));
  }

  private static void addUpdate(Survivors left, List<Action> actions) {
    if (keeps(left, Form.UPDATE)) {
      addRepair(left, Form.UPDATE, actions);
    } else if (left.snapped()) {
      actions.add(new Action(Work.ENCODE, Form.UPDATE));
    }
  }

  private static void addRepair(Survivors left, Form form, List<Action> actions) {
    if (!left.proves(form)) {
      if (left.hasPAux(form) || !left.hasTree(form)) {
        actions.add(new Action(Work.TREE_R, form, left.missingTreeFiles(form)));
      }
      if (!left.hasPAux(form)) {
        actions.add(new Action(Work.WRITE_P_AUX, form));
      }
    }
    addTAux(left, form, actions);
  }

  /** The plan that makes everything, whatever is left. */
  public static RepairPlan sealing() {
    return new RepairPlan(List.of(new Action(Work.SEAL, Form.SEALED)));
  }

  private static void addTAux(Survivors left, Form form, List<Action> actions) {
    if (!left.hasTAux(form)) {
      actions.add(new Action(Work.WRITE_T_AUX, form));
    }
  }

  /** What it costs for a sector that was snapped, or was not. */
  public Cost cost(boolean snapped) {
    return actions.stream()
        .map(action -> Cost.of(action.work(), snapped))
        .reduce(Cost.NONE, Cost::plus);
  }

  /**
   * The steps of a rebuild that carries it out; none if nothing is lost. Pieces are taken to be on
   * the host.
   *
   * @param synthetic whether the sector's proof type has synthetic proofs
   * @param empty whether what was sealed are zeros
   * @param prove whether a seal proof is made as well
   */
  public List<Step> steps(Survivors left, boolean synthetic, boolean empty, boolean prove) {
    return actions.isEmpty()
        ? List.of()
        : RebuildPlan.of(
            new RebuildPlan.Needs(
                prove,
                synthetic,
                left.snapped(),
                false,
                left.proves(Form.SEALED) && !does(Work.SEAL),
                repair(left).orElse(null),
                empty,
                null));
  }

  @Override
  public String toString() {
    return actions.stream().map(Action::toString).collect(Collectors.joining(", "));
  }

  private boolean does(Work work) {
    return actions.stream().anyMatch(action -> action.work() == work);
  }

  /**
   * What a rebuild is to do instead of sealing all. Empty if everything is sealed or nothing is to
   * be repaired, be it that the update is made again over a key that is whole.
   */
  public Optional<Repair> repair(Survivors left) {
    if (does(Work.DECODE)) {
      return Optional.of(
          Repair.ofLostKey(
              left.replicaIn(Form.UPDATE).orElseThrow(),
              actions.size() > 1 ? what() : null,
              LostKey.MAKE));
    }
    boolean encodes = does(Work.SEAL_WITH_ROOT);
    if (does(Work.SEAL) || !(encodes || does(Work.TREE_R) || does(Work.WRITE_P_AUX))) {
      return Optional.empty();
    }
    return Optional.of(
        new Repair(
            encodes ? null : left.replicaIn(Form.SEALED).orElseThrow(),
            left.snapped() && !does(Work.ENCODE) ? left.replicaIn(Form.UPDATE).orElseThrow() : null,
            what()));
  }

  /** What is made next to what is there, e.g. {@code tree-r-last and p_aux of the sealed file}. */
  private String what() {
    return Stream.of(Form.values())
        .filter(form -> actions.stream().anyMatch(action -> repairs(action, form)))
        .map(form -> "%s of the %s".formatted(files(form), form.title()))
        .collect(Collectors.joining(", "));
  }

  private static boolean repairs(Action action, Form form) {
    return action.form() == form && action.work() != Work.ENCODE && action.work() != Work.DECODE;
  }

  private String files(Form form) {
    if (form == Form.SEALED && does(Work.SEAL_WITH_ROOT)) {
      return "all files";
    }
    List<String> names =
        actions.stream()
            .filter(action -> repairs(action, form))
            .flatMap(RepairPlan::missing)
            .toList();
    return names.isEmpty() ? "damaged files" : String.join(" and ", names);
  }

  private static Stream<String> missing(Action action) {
    return switch (action.work()) {
      case WRITE_T_AUX -> Stream.of("t_aux");
      case WRITE_P_AUX -> Stream.of("p_aux");
      default -> action.missing().isEmpty() ? Stream.empty() : Stream.of("tree-r-last");
    };
  }
}
