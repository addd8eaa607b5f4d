package io.reseal.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.gpu.GpuState;
import java.util.List;
import java.util.Map;

/**
 * The native core of a sealing host, and its GPUs, as its worker last reported them.
 *
 * @param flavour which flavour runs
 * @param others for each other flavour, why it does not run: a sentence without its full stop
 * @param driver version of NVIDIA's driver, or null
 * @param why why GPUs, or some of them, are missing, or null
 * @param gpus the host's GPUs, whether the flavour uses them or not
 */
public record CoreReport(
    @JsonProperty("flavour") String flavour,
    @JsonProperty("others") Map<String, String> others,
    @JsonProperty("driver") String driver,
    @JsonProperty("why") String why,
    @JsonProperty("gpus") List<GpuState> gpus) {}
