package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.SectorId;
import java.util.List;

/**
 * How far a batch has come.
 *
 * @param next ordinal of the first sector not yet considered
 * @param running sectors whose rebuilds are running
 * @param parked sectors whose rebuilds wait for a person
 * @param finished how many are finished
 * @param aborted how many were dropped
 * @param paused whether starting new ones is paused
 */
public record BatchProgress(
    @JsonProperty("next") int next,
    @JsonProperty("running") List<SectorId> running,
    @JsonProperty("parked") List<SectorId> parked,
    @JsonProperty("finished") int finished,
    @JsonProperty("aborted") int aborted,
    @JsonProperty("paused") boolean paused) {}
