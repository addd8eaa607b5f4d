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
}
