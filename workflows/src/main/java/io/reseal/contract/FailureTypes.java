package io.reseal.contract;

import java.util.Set;

/**
 * The types of failure a step or the inspection can end with; the text is what Temporal's Web UI
 * and the catalog show. Compared by these constants, never by message.
 */
public final class FailureTypes {

  // Wrong or missing inputs: a person must act.
  public static final String SECTOR_UNKNOWN = "Sector.Unknown";
  public static final String SECTOR_INPUTS_INVALID = "Sector.InputsInvalid";
  public static final String SECTOR_PIECE_MISMATCH = "Sector.PieceMismatch";
  public static final String SECTOR_COMM_D_MISMATCH = "Sector.CommDMismatch";
  public static final String SECTOR_COMM_R_MISMATCH = "Sector.CommRMismatch";
  public static final String SECTOR_SEAL_INVALID = "Sector.SealInvalid";
  public static final String SECTOR_NOT_PROVABLE = "Sector.NotProvable";
  public static final String CONFIG_INVALID = "Config.Invalid";

  // May pass when a person has brought something: parked, and tried again from time to time.
  public static final String SECTOR_PIECE_MISSING = "Sector.PieceMissing";
  public static final String HOST_NO_STORE = "Host.NoStore";

  // Temporary: retried in place.
  public static final String HOST_NO_THREAD = "Host.NoThread";
  public static final String HOST_SCRATCH_FULL = "Host.ScratchFull";
  public static final String HOST_IO = "Host.Io";
  public static final String HOST_BUSY = "Host.Busy";
  public static final String HOST_STAGE_DIED = "Host.StageDied";
  public static final String HOST_CORE = "Host.Core";
  public static final String HOST_STOPPING = "Host.Stopping";

  // The scratch files are gone or damaged: the rebuild begins again from its first step.
  public static final String SCRATCH_LOST = "Scratch.Lost";

  private static final Set<String> PERMANENT =
      Set.of(
          SECTOR_UNKNOWN,
          SECTOR_INPUTS_INVALID,
          SECTOR_PIECE_MISMATCH,
          SECTOR_COMM_D_MISMATCH,
          SECTOR_COMM_R_MISMATCH,
          SECTOR_SEAL_INVALID,
          SECTOR_NOT_PROVABLE,
          CONFIG_INVALID,
          SECTOR_PIECE_MISSING,
          HOST_NO_STORE,
          SCRATCH_LOST);

  private static final Set<String> MAY_PASS =
      Set.of(
          SECTOR_PIECE_MISSING,
          HOST_NO_STORE,
          HOST_NO_THREAD,
          HOST_SCRATCH_FULL,
          HOST_IO,
          HOST_BUSY,
          HOST_STAGE_DIED,
          HOST_CORE,
          HOST_STOPPING);

  private FailureTypes() {}

  /** Whether retrying the same step at once is pointless. */
  public static boolean isPermanent(String type) {
    return PERMANENT.contains(type);
  }

  /** Whether a parked rebuild may try again by itself after a while. */
  public static boolean mayPass(String type) {
    return MAY_PASS.contains(type);
  }

  /** What a person does about a failure that parked a rebuild: one sentence. */
  public static String whatToDo(String type) {
    return switch (type) {
      case SECTOR_UNKNOWN, SECTOR_INPUTS_INVALID ->
          "Correct the sector's record (state import-json --override), then resume.";
      case SECTOR_PIECE_MISSING ->
          "Put the data under one of the names it was looked for at, then resume.";
      case SECTOR_PIECE_MISMATCH -> "Put the piece's right bytes there, then resume.";
      case SECTOR_COMM_D_MISMATCH ->
          "Correct the recorded pieces or CommD (state import-json --override), then resume.";
      case SECTOR_COMM_R_MISMATCH ->
          "Nothing was stored. Either ticket, proof type or pieces in the record are not those the sector was sealed with (correct them by state import-json --override), or this host computes wrongly; resume then seals from the start.";
      case SECTOR_SEAL_INVALID ->
          "Nothing was stored. This host's memory, disk or CPU may be failing; resume seals from the start.";
      case SECTOR_NOT_PROVABLE ->
          "Do not rely on the stored copy; an older one lies under .reseal/kept of that store. Check its disk, then abort and rebuild again.";
      case CONFIG_INVALID -> "Mend the host's set-up, then resume.";
      case HOST_NO_STORE -> "Make room or attach a writable store, then resume.";
      case HOST_SCRATCH_FULL -> "Make room in the scratch location, then resume.";
      case SCRATCH_LOST -> "The scratch disk keeps losing files: check it, then resume.";
      default -> "Look at the host and its worker's log, then resume.";
    };
  }
}
