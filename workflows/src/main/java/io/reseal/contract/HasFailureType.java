package io.reseal.contract;

/** An exception of a host that knows which failure of a step or inspection it is. */
public interface HasFailureType {

  FailureType failureType();
}
