package io.reseal.contract;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** The part of a scan for losses that any worker can do. */
@ActivityInterface
public interface LossScanActivities {

  /** Reads all sectors of the miner from the chain at one tipset. */
  @ActivityMethod(name = "SurveyMiner")
  LossScanChain survey(LossScan scan);

  /**
   * Makes the scan the one that counts.
   *
   * @param away the hosts that did not answer, whose copies are therefore unknown
   */
  @ActivityMethod(name = "EndLossScan")
  void end(LossScan scan, List<String> away);
}
