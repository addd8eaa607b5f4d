/*
 * Stands in for NVIDIA's libcuda.so.1: at link time, so that flavours for its GPUs can be built without a driver, and
 * in tests, where it has made-up devices and fails on demand:
 *
 *   RESEAL_STUB_GPUS=2                             number of devices; without it there are none
 *   RESEAL_STUB_NAMES="NVIDIA A;NVIDIA B"          their names
 *   RESEAL_STUB_MEMORY="85899345920;8589934592"    their bytes
 *   RESEAL_STUB_FAIL="cuInit=999;cuDeviceGetName=hang"  calls that return this error, or hang or crash
 *
 * It computes nothing: every call except those that list devices fails.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, NOT_INITIALIZED = 3, STUB_LIBRARY = 34, NO_DEVICE = 100, INVALID_DEVICE = 101 };
enum { ATTRIBUTE_MULTIPROCESSORS = 16, ATTRIBUTE_PCI_BUS = 33, ATTRIBUTE_PCI_DEVICE = 34, ATTRIBUTE_MAJOR = 75,
       ATTRIBUTE_MINOR = 76 };

static int initialised;

static int devices(void) {
    const char *count = getenv("RESEAL_STUB_GPUS");
    return count == NULL ? 0 : atoi(count);
}

/* Copies the entry with this index from the list in the environment variable; returns whether there is one. */
static int part(const char *variable, int index, char *to, size_t size) {
    const char *at = getenv(variable);
    for (; at != NULL && index > 0; index--) {
        at = strchr(at, ';');
        at = at == NULL ? NULL : at + 1;
    }
    if (at == NULL) {
        return 0;
    }
    snprintf(to, size, "%.*s", (int)strcspn(at, ";"), at);
    return 1;
}

/* How this call must fail; may not return. */
static int failure(const char *call) {
    char entry[128];
    size_t length = strlen(call);
    for (int i = 0; part("RESEAL_STUB_FAIL", i, entry, sizeof entry); i++) {
        if (strncmp(entry, call, length) != 0 || entry[length] != '=') {
            continue;
        }
        const char *how = entry + length + 1;
        if (strcmp(how, "hang") == 0) {
            for (;;) {
                pause();
            }
        }
        if (strcmp(how, "crash") == 0) {
            *(volatile int *)NULL = 0;
        }
        return atoi(how);
    }
    return SUCCESS;
}

static int ready(const char *call, int device) {
    int failed = failure(call);
    if (failed != SUCCESS) {
        return failed;
    }
    if (!initialised) {
        return NOT_INITIALIZED;
    }
    return device < 0 || device >= devices() ? INVALID_DEVICE : SUCCESS;
}

int cuInit(unsigned flags) {
    (void)flags;
    int failed = failure("cuInit");
    if (failed == SUCCESS && devices() == 0) {
        return NO_DEVICE;
    }
    initialised = failed == SUCCESS;
    return failed;
}

int cuDriverGetVersion(int *version) {
    *version = 13000;
    return failure("cuDriverGetVersion");
}

int cuGetErrorName(int error, const char **name) {
    switch (error) {
    case 2: *name = "CUDA_ERROR_OUT_OF_MEMORY"; return SUCCESS;
    case STUB_LIBRARY: *name = "CUDA_ERROR_STUB_LIBRARY"; return SUCCESS;
    case NO_DEVICE: *name = "CUDA_ERROR_NO_DEVICE"; return SUCCESS;
    case 214: *name = "CUDA_ERROR_ECC_UNCORRECTABLE"; return SUCCESS;
    case 999: *name = "CUDA_ERROR_UNKNOWN"; return SUCCESS;
    default: *name = NULL; return INVALID_VALUE;
    }
}

int cuGetErrorString(int error, const char **text) {
    return cuGetErrorName(error, text);
}

int cuDeviceGetCount(int *count) {
    *count = devices();
    return failure("cuDeviceGetCount");
}

int cuDeviceGet(int *device, int ordinal) {
    *device = ordinal;
    return ready("cuDeviceGet", ordinal);
}

int cuDeviceGetName(char *name, int length, int device) {
    int failed = ready("cuDeviceGetName", device);
    if (failed == SUCCESS && !part("RESEAL_STUB_NAMES", device, name, (size_t)length)) {
        snprintf(name, (size_t)length, "Stub GPU %d", device);
    }
    return failed;
}

int cuDeviceGetUuid(unsigned char *uuid, int device) {
    int failed = ready("cuDeviceGetUuid", device);
    if (failed == SUCCESS) {
        memset(uuid, 0x5e, 16);
        uuid[15] = (unsigned char)device;
    }
    return failed;
}

int cuDeviceGetUuid_v2(unsigned char *uuid, int device) {
    int failed = failure("cuDeviceGetUuid_v2");
    return failed == SUCCESS ? cuDeviceGetUuid(uuid, device) : failed;
}

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
    char memory[32];
    int told = part("RESEAL_STUB_MEMORY", device, memory, sizeof memory);
    *bytes = told ? strtoull(memory, NULL, 10) : (size_t)24 << 30;
    return ready("cuDeviceTotalMem_v2", device);
}

int cuDeviceGetPCIBusId(char *id, int length, int device) {
    snprintf(id, (size_t)length, "0000:%02X:00.0", 0x41 + device);
    return ready("cuDeviceGetPCIBusId", device);
}

int cuDeviceGetAttribute(int *value, int attribute, int device) {
    switch (attribute) {
    case ATTRIBUTE_MULTIPROCESSORS: *value = 82; break;
    case ATTRIBUTE_PCI_BUS: *value = 0x41 + device; break;
    case ATTRIBUTE_PCI_DEVICE: *value = 0; break;
    case ATTRIBUTE_MAJOR: *value = 8; break;
    case ATTRIBUTE_MINOR: *value = 6; break;
    default: *value = 0;
    }
    return ready("cuDeviceGetAttribute", device);
}

/* The other functions that the flavours link to. */
#define FAILS(call)             \
    int call(void) {            \
        int told = failure(#call); \
        return told == SUCCESS ? STUB_LIBRARY : told; \
    }
FAILS(cuArray3DCreate_v2)
FAILS(cuArray3DGetDescriptor_v2)
FAILS(cuArrayDestroy)
FAILS(cuCtxCreate_v2)
FAILS(cuCtxDestroy_v2)
FAILS(cuCtxGetApiVersion)
FAILS(cuCtxGetCacheConfig)
FAILS(cuCtxGetCurrent)
FAILS(cuCtxGetDevice)
FAILS(cuCtxGetFlags)
FAILS(cuCtxGetLimit)
FAILS(cuCtxGetSharedMemConfig)
FAILS(cuCtxGetStreamPriorityRange)
FAILS(cuCtxPopCurrent_v2)
FAILS(cuCtxPushCurrent_v2)
FAILS(cuCtxSetCacheConfig)
FAILS(cuCtxSetCurrent)
FAILS(cuCtxSetLimit)
FAILS(cuCtxSetSharedMemConfig)
FAILS(cuCtxSynchronize)
FAILS(cuEventCreate)
FAILS(cuEventDestroy_v2)
FAILS(cuEventElapsedTime)
FAILS(cuEventQuery)
FAILS(cuEventRecord)
FAILS(cuEventSynchronize)
FAILS(cuFuncGetAttribute)
FAILS(cuFuncSetCacheConfig)
FAILS(cuFuncSetSharedMemConfig)
FAILS(cuLaunchKernel)
FAILS(cuMemAlloc)
FAILS(cuMemAllocHost)
FAILS(cuMemAllocHost_v2)
FAILS(cuMemAllocManaged)
FAILS(cuMemAllocPitch)
FAILS(cuMemAlloc_v2)
FAILS(cuMemFreeHost)
FAILS(cuMemFree_v2)
FAILS(cuMemcpyDtoDAsync_v2)
FAILS(cuMemcpyDtoD_v2)
FAILS(cuMemcpyDtoHAsync_v2)
FAILS(cuMemcpyDtoH_v2)
FAILS(cuMemcpyHtoDAsync_v2)
FAILS(cuMemcpyHtoD_v2)
FAILS(cuMemsetD8_v2)
FAILS(cuModuleGetFunction)
FAILS(cuModuleGetGlobal_v2)
FAILS(cuModuleLoad)
FAILS(cuModuleLoadData)
FAILS(cuModuleUnload)
FAILS(cuStreamAddCallback)
FAILS(cuStreamCreateWithPriority)
FAILS(cuStreamDestroy_v2)
FAILS(cuStreamGetFlags)
FAILS(cuStreamGetPriority)
FAILS(cuStreamSynchronize)
FAILS(cuStreamWaitEvent)
