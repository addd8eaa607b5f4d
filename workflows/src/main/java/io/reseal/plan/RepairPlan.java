package io.reseal.plan;

import io.reseal.plan.Survivor.Form;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

  /** The work whose files go next to what is there. */
  private static final Set<Work> MAKING_FILES_THAT_STAY =
      EnumSet.of(Work.WRITE_T_AUX, Work.TREE_R, Work.WRITE_P_AUX, Work.SEAL_WITH_ROOT);

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
    /** Copy layers that some store has. */
    COPY_LAYERS("copying of layer"),
    /** Make the layers that no store has. */
    LABEL("labelling"),
    /**
     * Encode the data over the last layer, and compare the root of tree R, together with the known
     * root of tree C, with CommR.
     */
    SEAL_WITH_ROOT("sealing with the known comm_c"),
    /** Seal the data over all layers, and encode those of the update. */
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
   * @param missing numbers of the files of tree R that no store has, or of the layers that are
   *     copied or made; empty for other work
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
      return switch (work) {
        case DECODE -> work.title;
        case COPY_LAYERS -> "%s %s".formatted(work.title, numbers());
        case LABEL -> work.title + (missing.get(0) == 1 ? "" : " from layer " + missing.get(0));
        default -> "%s of the %s".formatted(work.title, form.title());
      };
    }

    /** E.g. {@code 3}, {@code 1 to 11}. */
    private String numbers() {
      int first = missing.get(0);
      int last = missing.get(missing.size() - 1);
      return first == last ? Integer.toString(first) : "%d to %d".formatted(first, last);
    }
  }

  /**
   * What a plan costs; the first number counts most.
   *
   * @param pc1 how many layers are labelled
   * @param pc2 how often trees C and D are built, and the sealed file is made with them
   * @param encodings how often a form is made without trees C and D
   * @param reads how often all of a form's file, or of a layer, is read in a store
   */
  public record Cost(int pc1, int pc2, int encodings, int reads) {

    private static final Cost NONE = new Cost(0, 0, 0, 0);

    private static Cost of(Action action, boolean snapped) {
      return switch (action.work()) {
        case WRITE_T_AUX, WRITE_P_AUX -> NONE;
        case TREE_R -> new Cost(0, 0, 0, 1);
        case ENCODE, DECODE -> new Cost(0, 0, 1, 1);
        case COPY_LAYERS -> new Cost(0, 0, 0, action.missing().size());
        case LABEL -> new Cost(action.missing().size(), 0, 0, 0);
        case SEAL_WITH_ROOT -> new Cost(0, 0, 1, 0);
        case SEAL -> snapped ? new Cost(0, 1, 1, 1) : new Cost(0, 1, 0, 0);
      };
    }

    @Override
    public String toString() {
      List<String> parts = new ArrayList<>();
      if (pc1 > 0) {
        parts.add("PC1 (%d %s)".formatted(pc1, pc1 == 1 ? "layer" : "layers"));
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
      addLabels(left, false, actions);
      actions.add(new Action(Work.SEAL_WITH_ROOT, Form.SEALED));
      addUpdate(left, actions);
    } else {
      return sealing(left);
    }
    return new RepairPlan(actions);
  }

  private static void addLabels(Survivors left, boolean all, List<Action> actions) {
    List<Integer> copied = left.layersToCopy(all);
    if (!copied.isEmpty()) {
      actions.add(new Action(Work.COPY_LAYERS, Form.SEALED, copied));
    }
    int last = copied.isEmpty() ? 0 : copied.get(copied.size() - 1);
    if (last < left.layers()) {
      actions.add(
          new Action(
              Work.LABEL,
              Form.SEALED,
              IntStream.rangeClosed(last + 1, left.layers()).boxed().toList()));
    }
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

  /** The plan that makes all files that a finished sector has, whatever is left of them. */
  public static RepairPlan sealing(Survivors left) {
    List<Action> actions = new ArrayList<>();
    addLabels(left, true, actions);
    actions.add(new Action(Work.SEAL, Form.SEALED));
    return new RepairPlan(actions);
  }

  private static void addTAux(Survivors left, Form form, List<Action> actions) {
    if (!left.hasTAux(form)) {
      actions.add(new Action(Work.WRITE_T_AUX, form));
    }
  }

  /** What it costs for a sector that was snapped, or was not. */
  public Cost cost(boolean snapped) {
    return actions.stream().map(action -> Cost.of(action, snapped)).reduce(Cost.NONE, Cost::plus);
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
    return action.form() == form && MAKING_FILES_THAT_STAY.contains(action.work());
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
