package io.reseal.contract;

import java.util.Arrays;
import java.util.Optional;

/**
 * Everything a step or the inspection can fail with: the name that Temporal's Web UI, the catalog
 * and the lists show, what it does to the rebuild, what it means and what a person does.
 */
public enum FailureType {
  SECTOR_UNKNOWN(
      "Sector.Unknown",
      Course.PARK,
      "The catalog has no record of the sector.",
      "Bring the sector's record in (reseal import chain or another import, sectors add, state import-json), then resume."),
  SECTOR_INPUTS_INVALID(
      "Sector.InputsInvalid",
      Course.PARK,
      "The sector's recorded inputs do not fit together.",
      "See who says what (sectors facts) and correct it (sectors add, sectors decide, another import, or state import-json --override), then resume."),
  SECTOR_PIECE_MISSING(
      "Sector.PieceMissing",
      Course.PARK_AND_TRY_AGAIN,
      "No file was found for a piece, under any of the names it was looked for at.",
      "Put the data under one of the names it was looked for at, then resume."),
  SECTOR_PIECE_MISMATCH(
      "Sector.PieceMismatch",
      Course.PARK,
      "There is data for a piece, but none of it is the piece's: it has not the commitment that the"
          + " CID names.",
      "Put the piece's right bytes into one of the places that are named, then resume."),
  SECTOR_COMM_D_MISMATCH(
      "Sector.CommDMismatch",
      Course.PARK,
      "The pieces together give another CommD than the recorded one.",
      "Correct the recorded pieces or CommD (sectors facts, sectors add, sectors decide, or another import), then resume."),
  SECTOR_COMM_R_MISMATCH(
      "Sector.CommRMismatch",
      Course.PARK,
      "The sealed sector has another CommR than the recorded one; nothing was stored.",
      "Nothing was stored. Either ticket, proof type or pieces in the record are not those the sector was sealed with (sectors facts shows who says what; correct them by sectors add, sectors decide or another import), or this host computes wrongly; resume then seals from the start."),
  SECTOR_UPDATE_INVALID(
      "Sector.UpdateInvalid",
      Course.PARK,
      "The sector's update has another CommR than the recorded one, or does not prove itself, while its key is right; nothing was stored.",
      "Nothing was stored. Either the update's pieces, their order or its CommR in the record are not those the sector was updated with (sectors facts shows who says what; correct them by sectors add, sectors decide or another import), or this host computes wrongly; resume then makes the update again over the same key."),
  SECTOR_KEY_DAMAGED(
      "Sector.KeyDamaged",
      Course.BEGIN_AGAIN,
      "The key of a snapped sector, kept in a store, turned out to be damaged or gone while the update was made of it; the key is sealed again.",
      "Check the disk of that store; the rebuild seals the key by itself."),
  SECTOR_SEAL_INVALID(
      "Sector.SealInvalid",
      Course.PARK,
      "The proofs over the sealed sector do not verify; nothing was stored.",
      "Nothing was stored. This host's memory, disk or CPU may be failing; resume seals from the start."),
  SECTOR_PROOF_INVALID(
      "Sector.ProofInvalid",
      Course.PARK,
      "The seal proof was made but does not verify; it was not kept.",
      "Check the recorded seed (sectors facts) and the proof parameters (reseal params check), then resume."),
  SECTOR_NOT_PROVABLE(
      "Sector.NotProvable",
      Course.PARK,
      "The copy in the store does not answer a PoSt challenge.",
      "Do not rely on the stored copy; an older one lies under .reseal/kept of that store. Check its disk, then abort and rebuild again."),
  CONFIG_INVALID(
      "Config.Invalid",
      Course.PARK,
      "The host's set-up does not allow the step: its CPU, its settings, or foreign files in the scratch location.",
      "Mend the host's set-up, then resume."),
  HOST_NO_STORE(
      "Host.NoStore",
      Course.PARK_AND_TRY_AGAIN,
      "No store of the host takes the sector: none is writable, allows it, and has room.",
      "Make room or attach a writable store, then resume."),
  HOST_NO_PARAMETERS(
      "Host.NoParameters",
      Course.PARK_AND_TRY_AGAIN,
      "The Groth16 parameters for the proof are missing or damaged on the host.",
      "Look at reseal params check on that host, bring the parameters there, then resume."),
  HOST_NO_THREAD(
      "Host.NoThread",
      Course.RETRY,
      "No sealing thread was free for the sector; it waits in the queue.",
      "Nothing, unless it waits for ever: worker list shows what each thread does."),
  HOST_SCRATCH_FULL(
      "Host.ScratchFull",
      Course.RETRY,
      "The scratch location ran out of space.",
      "Make room in the scratch location, then resume."),
  HOST_IO(
      "Host.Io",
      Course.RETRY,
      "A file could not be read or written.",
      "Look at the host's disks and its worker's log, then resume."),
  HOST_BUSY(
      "Host.Busy",
      Course.RETRY,
      "The sector's files or its thread are still in use by an earlier attempt.",
      "Look at the host and its worker's log, then resume."),
  HOST_STAGE_DIED(
      "Host.StageDied",
      Course.RETRY,
      "The stage process ended without a result: killed, or crashed.",
      "Look at the host and its worker's log, then resume."),
  HOST_CORE(
      "Host.Core",
      Course.RETRY,
      "The proofs library failed.",
      "Look at the host and its worker's log, then resume."),
  HOST_STOPPING(
      "Host.Stopping",
      Course.RETRY,
      "The host's worker is being stopped; what is finished stays.",
      "Start the worker again."),
  HOST_MEMORY(
      "Host.Memory",
      Course.LEAVE_THREAD,
      "The stage process got no memory, or was killed for want of it.",
      "Free memory on the host or let it take smaller sectors, then resume the thread (worker resume)."),
  HOST_DISK(
      "Host.Disk",
      Course.LEAVE_THREAD,
      "The scratch disk fails: it answers with input/output errors or has become read-only.",
      "Replace the disk or mount it again, then resume the thread (worker resume)."),
  HOST_GPU(
      "Host.Gpu",
      Course.LEAVE_THREAD,
      "No GPU of the host is left for the step, and its file forbids the CPU (gpu.cpu_fallback).",
      "See why (reseal gpu list), mend it, put it back (reseal gpu test), then resume the thread (worker resume)."),
  HOST_THREAD_PAUSED(
      "Host.ThreadPaused",
      Course.WAIT_FOR_THREAD,
      "An operator paused the sealing thread and stopped its running step; what is finished stays.",
      "Resume the thread (worker resume), or move the rebuild to another host."),
  SCRATCH_LOST(
      "Scratch.Lost",
      Course.BEGIN_AGAIN,
      "Files of finished steps are gone or damaged in scratch; the rebuild begins again from its first step, three times at most.",
      "The scratch disk keeps losing files: check it, then resume.");

  /** What a failure does to a rebuild. */
  public enum Course {
    /** The rebuild waits for a person. */
    PARK("parks until an operator resumes it"),
    /** The rebuild waits for a person, and also tries again by itself after a while. */
    PARK_AND_TRY_AGAIN("parks, and tries again by itself from time to time"),
    /**
     * The same step is tried again, exponentially later; when its attempts are used up it parks.
     */
    RETRY("tries the step again; parks when its attempts are used up"),
    /** The thread is marked and takes nothing; the rebuild goes to another one. */
    LEAVE_THREAD("marks the thread and goes to another one"),
    /** The rebuild keeps its thread and goes on when that is resumed. */
    WAIT_FOR_THREAD("waits until the thread is resumed"),
    /** The rebuild begins again from its first step. */
    BEGIN_AGAIN("begins again from the first step");

    private final String text;

    Course(String text) {
      this.text = text;
    }

    /** For people: what the rebuild does. */
    public String text() {
      return text;
    }
  }

  private final String code;
  private final Course course;
  private final String meaning;
  private final String whatToDo;

  FailureType(String code, Course course, String meaning, String whatToDo) {
    this.code = code;
    this.course = course;
    this.meaning = meaning;
    this.whatToDo = whatToDo;
  }

  /** The name that travels with a failure: {@code Sector.CommRMismatch}. */
  public String code() {
    return code;
  }

  /** What it does to the rebuild. */
  public Course course() {
    return course;
  }

  /** What has happened: one sentence. */
  public String meaning() {
    return meaning;
  }

  /** What a person does about it: one or two sentences. */
  public String whatToDo() {
    return whatToDo;
  }

  /** Whether Temporal retries the step in place. */
  public boolean isRetried() {
    return course == Course.RETRY;
  }

  /** Whether a rebuild that is parked for it may try again by itself after a while. */
  public boolean mayPass() {
    return course == Course.RETRY
        || course == Course.PARK_AND_TRY_AGAIN
        || course == Course.LEAVE_THREAD;
  }

  /** The type of that name, if there is one. */
  public static Optional<FailureType> find(String code) {
    return Arrays.stream(values()).filter(type -> type.code.equals(code)).findFirst();
  }

  /** For people: {@code Host.Io}. */
  @Override
  public String toString() {
    return code;
  }
}
