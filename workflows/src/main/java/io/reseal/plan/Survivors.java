package io.reseal.plan;

import io.reseal.plan.Survivor.Form;
import io.reseal.plan.Survivor.Kind;
import io.reseal.plan.Survivor.Trust;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is left of a sector in the stores of one host.
 *
 * @param snapped whether it was snapped, so that it has an update too
 * @param treeFiles into how many files tree R's upper part is cut
 * @param commCRecorded whether the catalog has the root of its tree C
 * @param layersNeeded whether all layers are needed once it is sealed, as for the proofs of a
 *     synthetic proof type
 * @param files what the stores have
 */
public record Survivors(
    boolean snapped,
    int treeFiles,
    boolean commCRecorded,
    boolean layersNeeded,
    List<Survivor> files) {

  public Survivors {
    files = List.copyOf(files);
  }

  /** What is left of a sector that needs no layers once it is sealed. */
  public Survivors(boolean snapped, int treeFiles, boolean commCRecorded, List<Survivor> files) {
    this(snapped, treeFiles, commCRecorded, false, files);
  }

  /** The same sector with other files. */
  public Survivors with(List<Survivor> others) {
    return new Survivors(snapped, treeFiles, commCRecorded, layersNeeded, others);
  }

  /** The same without sealed files and updates of which not even a sample was proven. */
  public Survivors withoutUnproven() {
    return with(
        files.stream()
            .filter(file -> file.kind() != Kind.REPLICA || file.isAtLeast(Trust.SAMPLED))
            .toList());
  }

  List<Form> forms() {
    return snapped ? List.of(Form.SEALED, Form.UPDATE) : List.of(Form.SEALED);
  }

  /**
   * Whether the root of tree C is known, which all of the sector's forms have in common: any p_aux
   * that gives the CommR of its form has it, those of older copies included, and so have proofs of
   * the update.
   */
  boolean knowsCommC() {
    return commCRecorded || files.stream().anyMatch(file -> hasVerifiedCommC(file));
  }

  private static boolean hasVerifiedCommC(Survivor file) {
    return (file.kind() == Kind.P_AUX || file.kind() == Kind.PROOFS)
        && file.isAtLeast(Trust.VERIFIED);
  }

  /** Whether a form proves as it is. Nothing that proves reads t_aux. */
  boolean proves(Form form) {
    return of(form, Kind.REPLICA).anyMatch(file -> file.isAtLeast(Trust.SAMPLED))
        && IntStream.range(0, treeFiles)
            .allMatch(number -> hasTreeFile(form, number, Trust.SAMPLED))
        && of(form, Kind.P_AUX).anyMatch(file -> file.isAtLeast(Trust.VERIFIED));
  }

  /** Whether a form can be made complete from its own file. */
  boolean isRepairable(Form form) {
    return replicaIn(form).isPresent() && knowsCommC();
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
    return IntStream.range(0, treeFiles)
        .allMatch(number -> hasTreeFile(form, number, Trust.VERIFIED));
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
      if (!hasTreeFile(form, number, Trust.RIGHT_SIZE)) {
        missing.add(number);
      }
    }
    return missing;
  }

  private boolean hasTreeFile(Form form, int number, Trust trust) {
    return of(form, Kind.TREE_R).anyMatch(file -> file.number() == number && file.isAtLeast(trust));
  }

  /** The files in place of one kind. */
  private Stream<Survivor> of(Form form, Kind kind) {
    return files.stream()
        .filter(file -> file.form() == form && file.kind() == kind && !file.kept());
  }
}
