/* Stands in for NVIDIA's libnvidia-ml.so.1 in tests: RESEAL_STUB_DRIVER is the driver's version; without it all fails. */
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
