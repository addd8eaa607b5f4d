package io.reseal.plan;

import io.reseal.plan.Survivor.Form;
import io.reseal.plan.Survivor.Kind;
import io.reseal.plan.Survivor.Trust;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is left of a sector in the stores of one host.
 *
 * @param snapped whether it was snapped, so that it has an update too
 * @param treeFiles into how many files trees C and R are cut
 * @param layers how many layers its labels have
 * @param commCRecorded whether the catalog has the root of its tree C
 * @param layersNeeded whether all layers are needed once it is sealed, as for the proofs of a
 *     synthetic proof type
 * @param files what the stores have
 */
public record Survivors(
    boolean snapped,
    int treeFiles,
    int layers,
    boolean commCRecorded,
    boolean layersNeeded,
    List<Survivor> files) {

  public Survivors {
    files = List.copyOf(files);
  }

  /** What is left of a sector that needs no layers once it is sealed. */
  public Survivors(
      boolean snapped, int treeFiles, int layers, boolean commCRecorded, List<Survivor> files) {
    this(snapped, treeFiles, layers, commCRecorded, false, files);
  }

  /** The same sector with other files. */
  public Survivors with(List<Survivor> others) {
    return new Survivors(snapped, treeFiles, layers, commCRecorded, layersNeeded, others);
  }

  /** The same without sealed files and updates of which not even a sample was proven. */
  public Survivors withoutUnproven() {
    return with(
        files.stream()
            .filter(file -> file.kind() != Kind.REPLICA || file.isAtLeast(Trust.SAMPLED))
            .toList());
  }

  /** The same without layers. */
  public Survivors withoutLayers() {
    return with(files.stream().filter(file -> file.kind() != Kind.LAYER).toList());
  }

  List<Form> forms() {
    return snapped ? List.of(Form.SEALED, Form.UPDATE) : List.of(Form.SEALED);
  }

  /**
   * Whether the root of tree C is known, which all of the sector's forms have in common: any p_aux
   * that gives the CommR of its form has it, those of older copies included, and so have proofs and
   * tree C.
   */
  boolean knowsCommC() {
    return commCRecorded
        || files.stream()
            .filter(file -> file.kind() == Kind.P_AUX || namesCommC(file))
            .anyMatch(file -> file.isAtLeast(Trust.VERIFIED));
  }

  private static boolean namesCommC(Survivor file) {
    return file.kind() == Kind.PROOFS || file.kind() == Kind.TREE_C;
  }

  /** Whether files name a root of tree C that only a tree R, which is to be computed, can prove. */
  private boolean mayKnowCommC() {
    return files.stream()
            .anyMatch(file -> file.kind() == Kind.PROOFS && file.isAtLeast(Trust.RIGHT_SIZE))
        || IntStream.range(0, treeFiles)
            .allMatch(number -> has(Form.SEALED, Kind.TREE_C, number, Trust.RIGHT_SIZE));
  }

  /** Whether a form proves as it is. Nothing that proves reads t_aux. */
  boolean proves(Form form) {
    return of(form, Kind.REPLICA).anyMatch(file -> file.isAtLeast(Trust.SAMPLED))
        && IntStream.range(0, treeFiles)
            .allMatch(number -> has(form, Kind.TREE_R, number, Trust.SAMPLED))
        && of(form, Kind.P_AUX).anyMatch(file -> file.isAtLeast(Trust.VERIFIED));
  }

  /** Whether a form can be made complete from its own file. */
  boolean isRepairable(Form form) {
    return replicaIn(form).isPresent() && (knowsCommC() || mayKnowCommC());
  }

  /** Whether the sealed file can be made again without trees C and D. */
  boolean isEncodable() {
    return knowsCommC() && !layersNeeded;
  }

  /**
   * The store whose copy of a form's file is the most trusted, if there is any that may be right.
   */
  Optional<String> replicaIn(Form form) {
    return of(form, Kind.REPLICA)
        .filter(file -> file.isAtLeast(Trust.RIGHT_SIZE))
        .max(Comparator.comparing(Survivor::trust))
        .map(Survivor::store);
  }

  /** A store whose unsealed copy of the data that the sector holds now is trusted so much. */
  public Optional<String> unsealedIn(Trust trust) {
    return of(snapped ? Form.UPDATE : Form.SEALED, Kind.UNSEALED)
        .filter(file -> file.isAtLeast(trust))
        .map(Survivor::store)
        .findFirst();
  }

  /**
   * Whether the files of tree R are known to be right by themselves, so that p_aux follows from
   * them, and a sample of the form's file can then be proven.
   */
  boolean hasTree(Form form) {
    return knowsCommC()
        && IntStream.range(0, treeFiles)
            .allMatch(number -> has(form, Kind.TREE_R, number, Trust.VERIFIED));
  }

  boolean hasPAux(Form form) {
    return of(form, Kind.P_AUX).anyMatch(file -> file.isAtLeast(Trust.VERIFIED));
  }

  boolean hasTAux(Form form) {
    return of(form, Kind.T_AUX).anyMatch(file -> file.isAtLeast(Trust.RIGHT_SIZE));
  }

  /** The numbers of the files of tree R that no store has. */
  List<Integer> missingTreeFiles(Form form) {
    List<Integer> missing = new ArrayList<>();
    for (int number = 0; number < treeFiles; number++) {
      if (!has(form, Kind.TREE_R, number, Trust.RIGHT_SIZE)) {
        missing.add(number);
      }
    }
    return missing;
  }

  /**
   * The layers that are copied from stores and not labelled: each but the last one is needed only
   * if all are, because labelling continues from the last one that there is.
   *
   * @param all whether all layers are needed
   */
  List<Integer> layersToCopy(boolean all) {
    IntPredicate isThere = number -> has(Form.SEALED, Kind.LAYER, number, Trust.RIGHT_SIZE);
    IntStream numbers = IntStream.rangeClosed(1, layers);
    return all
        ? numbers.takeWhile(isThere).boxed().toList()
        : numbers.filter(isThere).max().stream().boxed().toList();
  }

  private boolean has(Form form, Kind kind, int number, Trust trust) {
    return of(form, kind).anyMatch(file -> file.number() == number && file.isAtLeast(trust));
  }

  /** The files in place of one kind. */
  private Stream<Survivor> of(Form form, Kind kind) {
    return files.stream()
        .filter(file -> file.form() == form && file.kind() == kind && !file.kept());
  }
}
