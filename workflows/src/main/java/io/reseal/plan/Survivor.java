package io.reseal.plan;

/**
 * A file of a sector that a store still has.
 *
 * @param form which of the sector's sealed forms it belongs to
 * @param kind which of that form's files it is
 * @param number which of the files of tree R or tree C, from 0; which of the layers, from 1; 0 for
 *     all others
 * @param store the store's name, or for an older copy the directory that it is kept in
 * @param kept whether it is an older copy that was set aside
 * @param trust what is known about its content
 */
public record Survivor(Form form, Kind kind, int number, String store, boolean kept, Trust trust) {

  /** The sealed forms of a sector. */
  public enum Form {
    /** What sealing made of its data; in a snapped sector, the key. */
    SEALED("sealed file"),
    /** What an update made of the key. */
    UPDATE("update");

    private final String title;

    Form(String title) {
      this.title = title;
    }

    /** For people: the name of its own file. */
    public String title() {
      return title;
    }
  }

  /** The files of a sealed form. */
  public enum Kind {
    /** The sealed file or the update itself. */
    REPLICA,
    /** One of the files of tree R's upper part. */
    TREE_R,
    P_AUX,
    T_AUX,
    /** Vanilla proofs, of an update or of sealing, which have the root of tree C. */
    PROOFS,
    /** A layer of labels, which whoever sealed the sector did not remove. */
    LAYER,
    /** One of the files of tree C, likewise. */
    TREE_C,
    /** Tree D, likewise. */
    TREE_D,
    /** The unsealed copy of the data that the form holds, which no proof reads. */
    UNSEALED
  }

  /** How well a file is known to be intact, from worst to best. */
  public enum Trust {
    /** It has another size than it must have, or it is known to have other content. */
    DAMAGED,
    /** It has the right size, and a p_aux may be that of something else. */
    RIGHT_SIZE,
    /** It answered a PoSt challenge together with others of its form. */
    SAMPLED,
    /**
     * All of it is right; of files of tree R, together with the others of their form; of an
     * unsealed copy, its CommD is the recorded one; of proofs and of files of tree C, the root that
     * they have is the right one.
     */
    VERIFIED
  }

  /** The same file, now that more is known about its content. */
  public Survivor trusted(Trust known) {
    return new Survivor(form, kind, number, store, kept, known);
  }

  boolean isAtLeast(Trust wanted) {
    return trust.compareTo(wanted) >= 0;
  }
}
