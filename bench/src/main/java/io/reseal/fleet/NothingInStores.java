package io.reseal.fleet;

import io.reseal.contract.LossScan;
import io.reseal.contract.StoreLookActivities;

/** The stores of a simulated host, in which there is nothing to see. */
final class NothingInStores implements StoreLookActivities {

  @Override
  public void look(LossScan scan) {
    // There is nothing.
  }
}
