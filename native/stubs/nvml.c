/*
 * Stands in for NVIDIA's libnvidia-ml.so.1 in tests: RESEAL_STUB_DRIVER is the driver's version; without it all calls fail.
 * Its GPUs are half busy.
 */
#include <stdio.h>
#include <stdlib.h>

enum { SUCCESS = 0, DRIVER_NOT_LOADED = 9 };

int nvmlInit_v2(void) {
    return getenv("RESEAL_STUB_DRIVER") == NULL ? DRIVER_NOT_LOADED : SUCCESS;
}

int nvmlShutdown(void) {
    return SUCCESS;
}

int nvmlSystemGetDriverVersion(char *version, unsigned length) {
    snprintf(version, length, "%s", getenv("RESEAL_STUB_DRIVER"));
    return SUCCESS;
}

int nvmlDeviceGetHandleByUUID(const char *uuid, void **device) {
    *device = (void *)uuid;
    return SUCCESS;
}

int nvmlDeviceGetUtilizationRates(void *device, unsigned rates[2]) {
    (void)device;
    rates[0] = rates[1] = 50;
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(void *device, unsigned long long memory[3]) {
    (void)device;
    memory[0] = 24ULL << 30;
    memory[1] = memory[2] = 12ULL << 30;
    return SUCCESS;
}

int nvmlDeviceGetPcieThroughput(void *device, unsigned counter, unsigned *kilobytes) {
    (void)device;
    *kilobytes = counter == 0 ? 1000000 : 2000000;
    return SUCCESS;
}

int nvmlDeviceGetCurrPcieLinkGeneration(void *device, unsigned *generation) {
    (void)device;
    *generation = 4;
    return SUCCESS;
}

int nvmlDeviceGetCurrPcieLinkWidth(void *device, unsigned *lanes) {
    (void)device;
    *lanes = 16;
    return SUCCESS;
}
