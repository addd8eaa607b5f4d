package io.reseal.contract;

import io.reseal.sector.SectorId;

/** Builds requests for rebuilds in tests: any host, no batch, and neither forced nor urgent. */
public final class RequestBuilder {

  private final SectorId sector;
  private final Timings timings;
  private String requestedBy = "operator";
  private boolean prove;
  private boolean force;
  private String host;

  private Integer candidates;

  private RequestBuilder(SectorId sector, Timings timings) {
    this.sector = sector;
    this.timings = timings;
  }

  public static RequestBuilder of(SectorId sector, Timings timings) {
    return new RequestBuilder(sector, timings);
  }

  public RequestBuilder requestedBy(String value) {
    requestedBy = value;
    return this;
  }

  public RequestBuilder prove() {
    prove = true;
    return this;
  }

  public RequestBuilder force() {
    force = true;
    return this;
  }

  public RequestBuilder candidates(int value) {
    candidates = value;
    return this;
  }

  public RequestBuilder host(String value) {
    host = value;
    return this;
  }

  public RebuildRequest build() {
    return new RebuildRequest(sector, timings, requestedBy, prove, force, host, null, false)
        .withCandidates(candidates);
  }
}
