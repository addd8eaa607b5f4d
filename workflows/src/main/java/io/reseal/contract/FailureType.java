package io.reseal.contract;

import java.util.Arrays;
import java.util.Optional;

/**
 * Everything a step or the inspection can fail with: the name shown in Temporal's Web UI, the
 * catalog and lists, its effect on the rebuild, its meaning, and what a person should do.
 */
public enum FailureType {
  SECTOR_UNKNOWN(
      "Sector.Unknown",
      Course.PARK,
      "The catalog has no record of the sector.",
      "Import the sector's record (reseal import chain or another import, sectors add, state"
          + " import-json), then resume."),
  SECTOR_INPUTS_INVALID(
      "Sector.InputsInvalid",
      Course.PARK,
      "The sector's recorded inputs contradict each other or are incomplete.",
      "See which source gave which value (sectors facts) and correct it (sectors add, sectors"
          + " decide, another import, or state import-json --override), then resume."),
  SECTOR_PIECE_MISSING(
      "Sector.PieceMissing",
      Course.PARK_AND_TRY_AGAIN,
      "No file was found for a piece under any of the names that were tried.",
      "Put the data under one of the names that were tried, then resume."),
  SECTOR_PIECE_MISMATCH(
      "Sector.PieceMismatch",
      Course.PARK,
      "Data was found for a piece, but its commitment does not match the piece's CID.",
      "Put the piece's correct data in one of the places named in the message, then resume."),
  SECTOR_COMM_D_MISMATCH(
      "Sector.CommDMismatch",
      Course.PARK,
      "The CommD computed from the pieces differs from the recorded one.",
      "Correct the recorded pieces or CommD (sectors facts, sectors add, sectors decide, or another"
          + " import), then resume."),
  SECTOR_COMM_R_MISMATCH(
      "Sector.CommRMismatch",
      Course.PARK,
      "The sealed sector's CommR differs from the recorded one; nothing was stored.",
      "Either the recorded ticket, proof type or pieces are not the ones the sector was sealed"
          + " with, or this host computes incorrectly. See which source gave which value (sectors"
          + " facts) and correct it (sectors add, sectors decide or another import); resume then"
          + " seals the sector from the start."),
  SECTOR_UPDATE_INVALID(
      "Sector.UpdateInvalid",
      Course.PARK,
      "The key is correct, but the sector's update has a CommR that differs from the recorded one"
          + " or fails its proof; nothing was stored.",
      "Either the recorded pieces of the update, their order or its CommR are not the ones the"
          + " sector was updated with, or this host computes incorrectly. See which source gave"
          + " which value (sectors facts) and correct it (sectors add, sectors decide or another"
          + " import); resume then makes the update again from the same key."),
  SECTOR_KEY_DAMAGED(
      "Sector.KeyDamaged",
      Course.BEGIN_AGAIN,
      "A snapped sector's key, kept in a store, was found damaged or missing while the update was"
          + " being made from it; the key is sealed again.",
      "Check that store's disk; the rebuild seals the key again automatically."),
  SECTOR_SEAL_INVALID(
      "Sector.SealInvalid",
      Course.PARK,
      "The proofs over the sealed sector do not verify; nothing was stored.",
      "This host's memory, disk or CPU may be failing: check them. Resume seals the sector from the"
          + " start."),
  SECTOR_PROOF_INVALID(
      "Sector.ProofInvalid",
      Course.PARK,
      "The seal proof was computed but does not verify; it was discarded.",
      "Check the recorded seed (sectors facts) and the proof parameters (reseal params check), then"
          + " resume."),
  SECTOR_NOT_PROVABLE(
      "Sector.NotProvable",
      Course.PARK,
      "The copy in the store fails a PoSt challenge.",
      "Do not rely on the stored copy; if there was an older one, it is under .reseal/kept in that"
          + " store. Check the store's disk, then abort and rebuild again."),
  SECTOR_NOT_DECODED(
      "Sector.NotDecoded",
      Course.PARK,
      "The data that were decoded for the unsealed copy do not have the recorded CommD; nothing was"
          + " stored.",
      "One of the files named in the message is damaged: find out which (sectors check --level"
          + " full), abort, and rebuild the sector with --keep-unsealed; or provide the pieces,"
          + " then resume with --state Allocated."),
  CONFIG_INVALID(
      "Config.Invalid",
      Course.PARK,
      "The host cannot run the step because of its CPU, its settings, or foreign files in the"
          + " scratch location.",
      "Fix the host's configuration, then resume."),
  HOST_NO_STORE(
      "Host.NoStore",
      Course.QUEUE_OR_PARK,
      "No store of the host can take the sector: none is writable, allows it, and has enough free"
          + " space.",
      "Free space or attach a writable store. A rebuild that waits in the queue then begins by"
          + " itself; resume one that is parked."),
  HOST_NO_PARAMETERS(
      "Host.NoParameters",
      Course.PARK_AND_TRY_AGAIN,
      "The Groth16 parameters for the proof are missing or damaged on the host.",
      "Run reseal params check on that host, copy the parameters there, then resume."),
  HOST_NO_THREAD(
      "Host.NoThread",
      Course.RETRY,
      "No sealing thread was free for the sector; it waits in the queue.",
      "Nothing, unless the sector waits too long: worker list shows what each thread is doing."),
  HOST_SCRATCH_FULL(
      "Host.ScratchFull",
      Course.RETRY,
      "The scratch location ran out of space.",
      "Free space in the scratch location, then resume."),
  HOST_SCRATCH_SHORT(
      "Host.ScratchShort",
      Course.QUEUE,
      "The rebuild has to make more than its stores' files had suggested, and the scratch location"
          + " has no room for that beside what other threads of its disk will take.",
      "Free space in a scratch location: worker list shows what each thread lacks. The rebuild then"
          + " goes on by itself."),
  HOST_IO(
      "Host.Io",
      Course.RETRY,
      "A file could not be read or written.",
      "Check the host's disks and its worker's log, then resume."),
  HOST_NO_OTHER(
      "Host.NoOther",
      Course.PARK,
      "A sector was to be sealed again on another host, to find out whether the first one computes"
          + " wrongly, but no other worker runs that takes rebuilds.",
      "Start a worker on another host, then resume."),
  HOST_BUSY(
      "Host.Busy",
      Course.RETRY,
      "The sector's files or its thread are still in use by an earlier attempt.",
      "Check the host and its worker's log, then resume."),
  HOST_SUPERSEDED(
      "Host.Superseded",
      Course.RETRY,
      "A later attempt has taken over the sector in that store; this one changed nothing more"
          + " there.",
      "Nothing, unless it repeats: then check whether two workers rebuild the same sector."),
  HOST_STAGE_DIED(
      "Host.StageDied",
      Course.RETRY,
      "The stage process ended without a result: it was killed or crashed.",
      "Check the host and its worker's log, then resume."),
  HOST_CORE(
      "Host.Core",
      Course.RETRY,
      "The proofs library failed.",
      "Check the host and its worker's log, then resume."),
  HOST_STOPPING(
      "Host.Stopping",
      Course.RETRY,
      "The host's worker is being stopped; finished work is kept.",
      "Start the worker again."),
  HOST_MEMORY(
      "Host.Memory",
      Course.LEAVE_THREAD,
      "The stage process could not allocate memory, or was killed because memory ran out.",
      "Free memory on the host or let it take smaller sectors, then resume the thread (worker"
          + " resume)."),
  HOST_DISK(
      "Host.Disk",
      Course.LEAVE_THREAD,
      "The scratch disk is failing: it reports input/output errors or has become read-only.",
      "Replace the disk or mount it again, then resume the thread (worker resume)."),
  HOST_STALLED(
      "Host.Stalled",
      Course.LEAVE_THREAD,
      "The stage made no progress for far longer than it usually takes, more than once, and was"
          + " ended.",
      "Check the host's disks, GPUs and its worker's log, then resume the thread (worker resume)."
          + " If the stage is only slow, raise the limits in [watchdog]."),
  HOST_GPU(
      "Host.Gpu",
      Course.LEAVE_THREAD,
      "The host has no usable GPU left for the step, and its configuration forbids using the CPU"
          + " (gpu.cpu_fallback).",
      "Find the cause (reseal gpu list), fix it, put the GPU back into service (reseal gpu test),"
          + " then resume the thread (worker resume)."),
  HOST_PARENT_CACHE(
      "Host.ParentCache",
      Course.BEGIN_AGAIN,
      "The host's parent cache was damaged, so the layers made with it are wrong; nothing was"
          + " stored. The cache and all layers are made again, up to three times.",
      "The disk of the parent cache or the host's memory changes data: check both, then resume."),
  HOST_THREAD_PAUSED(
      "Host.ThreadPaused",
      Course.WAIT_FOR_THREAD,
      "An operator paused the sealing thread and stopped its running step; finished work is kept.",
      "Resume the thread (worker resume), or move the rebuild to another host."),
  SCRATCH_LOST(
      "Scratch.Lost",
      Course.BEGIN_AGAIN,
      "Files of finished steps are missing or damaged in scratch; the rebuild begins again from its"
          + " first step, up to three times.",
      "The scratch disk keeps losing files: check it, then resume."),
  SCRATCH_SEALED_DAMAGED(
      "Scratch.SealedDamaged",
      Course.MAKE_AGAIN,
      "A sealed file in scratch has changed since PC2 made it; nothing was stored. PC2 makes the"
          + " files again from the layers, up to three times.",
      "The scratch disk or the host's memory changes data: check both, then resume."),
  SCRATCH_UPDATE_DAMAGED(
      "Scratch.UpdateDamaged",
      Course.MAKE_AGAIN,
      "A file of the update in scratch has changed since it was made; nothing was stored. The"
          + " update is made again from its key, up to three times.",
      "The scratch disk or the host's memory changes data: check both, then resume."),
  STORE_COPY_DAMAGED(
      "Store.CopyDamaged",
      Course.MAKE_AGAIN,
      "The copy that was put into a store has changed before its final check; it is stored again"
          + " from scratch, up to three times.",
      "Do not rely on the stored copy. Check the store's disk, then resume."),
  STORE_LAYERS_WRONG(
      "Store.LayersWrong",
      Course.BEGIN_AGAIN,
      "Layers that were copied from a store's cache directory turned out not to be this sector's,"
          + " or damaged; nothing was stored, and all layers are made now.",
      "The layers in that store are of no use: its cache directory can be cleared. The rebuild goes"
          + " on automatically."),
  STORE_REPLICA_DAMAGED(
      "Store.ReplicaDamaged",
      Course.BEGIN_AGAIN,
      "A sealed file or an update that was to be kept turned out to be damaged when tree R was"
          + " computed from it; nothing was written, and what is damaged is made again.",
      "Check that store's disk; the rebuild goes on automatically.");

  /** What a failure does to a rebuild. */
  public enum Course {
    /** The rebuild waits for a person. */
    PARK("parks until an operator resumes it"),
    /** The rebuild waits for a person, but also tries again automatically after a while. */
    PARK_AND_TRY_AGAIN("parks, and tries again automatically from time to time"),
    /** A rebuild without work to keep waits until the host can take it; others park as above. */
    QUEUE_OR_PARK(
        "waits in the queue; if it is sealed already, it parks, and tries again automatically from"
            + " time to time"),
    /** The rebuild gives its thread back and waits until one has room for all that it may need. */
    QUEUE("gives the thread back and waits in the queue for one with enough room"),
    /**
     * The same step is tried again, with exponential backoff; when its attempts are used up the
     * rebuild parks.
     */
    RETRY("tries the step again; parks when the step has used all its attempts"),
    /** The thread is marked as faulted and takes no more work; the rebuild moves to another one. */
    LEAVE_THREAD("marks the thread as faulted and moves to another one"),
    /** The rebuild keeps its thread and continues when the thread is resumed. */
    WAIT_FOR_THREAD("waits until the thread is resumed"),
    /** The rebuild begins again from its first step. */
    BEGIN_AGAIN("begins again from the first step"),
    /** The rebuild goes back to the step that makes the damaged files. */
    MAKE_AGAIN("goes back to the step that makes the damaged files");

    private final String text;

    Course(String text) {
      this.text = text;
    }

    /** What the rebuild does, as text for people. */
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

  /** The name that identifies the failure everywhere, e.g. {@code Sector.CommRMismatch}. */
  public String code() {
    return code;
  }

  /** The effect on the rebuild. */
  public Course course() {
    return course;
  }

  /** What has happened: one sentence. */
  public String meaning() {
    return meaning;
  }

  /** What a person should do about it: one or two sentences. */
  public String whatToDo() {
    return whatToDo;
  }

  /** The effect of a failure on the rebuild: one of no known type parks it. */
  public static Course courseOf(Optional<FailureType> type) {
    return type.map(FailureType::course).orElse(Course.PARK);
  }

  /** Whether Temporal retries the step in place. */
  public boolean isRetried() {
    return course == Course.RETRY;
  }

  /** Whether a rebuild parked by this failure may try again automatically after a while. */
  public boolean mayPass() {
    return course == Course.RETRY
        || course == Course.PARK_AND_TRY_AGAIN
        || course == Course.QUEUE_OR_PARK
        || course == Course.LEAVE_THREAD;
  }

  /** The type with that name, if there is one. */
  public static Optional<FailureType> find(String code) {
    return Arrays.stream(values()).filter(type -> type.code.equals(code)).findFirst();
  }

  /** The code, e.g. {@code Host.Io}. */
  @Override
  public String toString() {
    return code;
  }
}
