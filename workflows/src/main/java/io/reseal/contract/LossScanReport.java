package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * How far a scan has come, or how it ended.
 *
 * @param scan which scan
 * @param chain what it found on the chain, or null before it has
 * @param waiting the hosts that still look at their stores
 * @param away the hosts that did not answer
 */
public record LossScanReport(
    @JsonProperty("scan") LossScan scan,
    @JsonProperty("chain") LossScanChain chain,
    @JsonProperty("waiting") List<String> waiting,
    @JsonProperty("away") List<String> away) {}
