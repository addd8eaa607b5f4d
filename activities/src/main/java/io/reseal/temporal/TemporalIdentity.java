package io.reseal.temporal;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Which Temporal a client is connected to. Names and addresses can be mistyped, and a server can
 * come back with an empty database; ids show it.
 *
 * @param cluster the cluster's id, made together with its database
 * @param namespace the namespace's id, made together with the namespace
 */
public record TemporalIdentity(
    @JsonProperty("cluster") String cluster, @JsonProperty("namespace") String namespace) {

  /** For people and for the catalog: {@code CLUSTER/NAMESPACE}. */
  @Override
  public String toString() {
    return cluster + "/" + namespace;
  }
}
