package io.reseal.threads;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Whether a sector's scratch files are needed, as far as that can be known.
 *
 * @param kind what may be done with them
 * @param reason why, as a sentence for people
 * @param advice what a person can do, as a sentence; or null if nothing needs doing
 */
public record ScratchVerdict(Kind kind, String reason, String advice) {

  /** What may be done with scratch files. */
  public enum Kind {
    /** Their rebuild runs: they are never touched. */
    RUNNING("running"),
    /** Their rebuild is stopped with nothing sealed: they may make room for one that can go on. */
    PARKED("parked"),
    /** Their rebuild began again on another host: they may make room. */
    MOVED("moved"),
    /** Catalog and Temporal agree that their rebuild finished or was aborted: they are removed. */
    ENDED("ended"),
    /** Catalog or Temporal cannot be asked at present: they are kept until then. */
    UNDECIDED("undecided"),
    /** Nothing shows that their rebuild has ended: they are kept until a person decides. */
    KEPT("kept");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** Whether they may be removed if a rebuild that can go on needs their room. */
    boolean mayMakeRoom() {
      return this == PARKED || this == MOVED || this == ENDED;
    }

    /** Whether a person may remove them. */
    public boolean isRemovable() {
      return this == MOVED || this == ENDED || this == KEPT;
    }

    @JsonValue
    @Override
    public String toString() {
      return text;
    }
  }
}
