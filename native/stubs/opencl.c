/*
 * Preloaded in tests, makes an OpenCL device that is not a GPU (PoCL's, on the CPU) look like the GPUs that cuda.c makes
 * up, so that the flavour `opencl` computes with its real kernels without a GPU:
 *
 *   RESEAL_STUB_GPUS=2            number of GPUs; the platform must have as many devices (POCL_DEVICES="pthread pthread")
 *   CUDA_VISIBLE_DEVICES=GPU-…    shows only this one, like NVIDIA's driver
 *   RESEAL_STUB_OPENCL_FAIL="clBuildProgram=-11;clEnqueueNDRangeKernel=-5"  calls that return this error
 */
#define _GNU_SOURCE
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VENDOR_NVIDIA = 0x10de, UUID = 0x106a, COMPUTE_MAJOR_NV = 0x4000, COMPUTE_MINOR_NV = 0x4001,
       PCI_BUS_NV = 0x4008, PCI_SLOT_NV = 0x4009, MOST = 16, UUID_TEXT = 41 };

static cl_device_id known[MOST];

static int count(void) {
    const char *gpus = getenv("RESEAL_STUB_GPUS");
    int wanted = gpus == NULL ? 0 : atoi(gpus);
    return wanted > MOST ? MOST : wanted;
}

/* The same as cuda.c's. */
static void uuid_of(int index, unsigned char *uuid) {
    memset(uuid, 0x5e, 16);
    uuid[15] = (unsigned char)index;
}

static int visible(int index) {
    const char *only = getenv("CUDA_VISIBLE_DEVICES");
    unsigned char uuid[16];
    char text[UUID_TEXT], *to = text;
    uuid_of(index, uuid);
    to += sprintf(to, "GPU-");
    for (int i = 0; i < 16; i++) {
        to += sprintf(to, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", uuid[i]);
    }
    return only == NULL || strcmp(only, text) == 0;
}

static cl_int failure(const char *call) {
    const char *at = getenv("RESEAL_STUB_OPENCL_FAIL");
    size_t length = strlen(call);
    for (; at != NULL; at = (at = strchr(at, ';')) == NULL ? NULL : at + 1) {
        if (strncmp(at, call, length) == 0 && at[length] == '=') {
            return atoi(at + length + 1);
        }
    }
    return CL_SUCCESS;
}

cl_int clGetDeviceIDs(cl_platform_id platform, cl_device_type type, cl_uint room, cl_device_id *devices,
                      cl_uint *number) {
    cl_int (*real)(cl_platform_id, cl_device_type, cl_uint, cl_device_id *, cl_uint *) =
        dlsym(RTLD_NEXT, "clGetDeviceIDs");
    if (type != CL_DEVICE_TYPE_GPU) {
        return real(platform, type, room, devices, number);
    }
    cl_uint there = 0, shown = 0;
    cl_int status = real(platform, CL_DEVICE_TYPE_ALL, MOST, known, &there);
    for (int i = 0; status == CL_SUCCESS && i < count() && i < (int)there; i++) {
        if (visible(i)) {
            if (devices != NULL && shown < room) {
                devices[shown] = known[i];
            }
            shown++;
        }
    }
    if (number != NULL) {
        *number = shown;
    }
    return status != CL_SUCCESS ? status : shown == 0 ? CL_DEVICE_NOT_FOUND : CL_SUCCESS;
}

static cl_int tell(const void *value, size_t size, size_t room, void *to, size_t *needed) {
    if (to != NULL && room < size) {
        return CL_INVALID_VALUE;
    }
    if (to != NULL) {
        memcpy(to, value, size);
    }
    if (needed != NULL) {
        *needed = size;
    }
    return CL_SUCCESS;
}

cl_int clGetDeviceInfo(cl_device_id device, cl_device_info what, size_t room, void *to, size_t *needed) {
    cl_int (*real)(cl_device_id, cl_device_info, size_t, void *, size_t *) = dlsym(RTLD_NEXT, "clGetDeviceInfo");
    int index = 0;
    while (index < MOST && known[index] != device) {
        index++;
    }
    if (index == MOST) {
        return real(device, what, room, to, needed);
    }
    cl_device_type type = CL_DEVICE_TYPE_GPU;
    cl_uint number = 0;
    unsigned char uuid[16];
    switch (what) {
    case CL_DEVICE_TYPE: return tell(&type, sizeof type, room, to, needed);
    case CL_DEVICE_VENDOR_ID: number = VENDOR_NVIDIA; break;
    case COMPUTE_MAJOR_NV: number = 8; break;
    case COMPUTE_MINOR_NV: number = 6; break;
    case PCI_BUS_NV: number = 0x41 + (cl_uint)index; break;
    case PCI_SLOT_NV: number = 0; break;
    case UUID: uuid_of(index, uuid); return tell(uuid, sizeof uuid, room, to, needed);
    default: return real(device, what, room, to, needed);
    }
    return tell(&number, sizeof number, room, to, needed);
}

cl_context clCreateContext(const cl_context_properties *properties, cl_uint number, const cl_device_id *devices,
                           void(CL_CALLBACK *told)(const char *, const void *, size_t, void *), void *data,
                           cl_int *status) {
    cl_context (*real)(const cl_context_properties *, cl_uint, const cl_device_id *,
                       void(CL_CALLBACK *)(const char *, const void *, size_t, void *), void *, cl_int *) =
        dlsym(RTLD_NEXT, "clCreateContext");
    cl_int failed = failure("clCreateContext");
    if (failed == CL_SUCCESS) {
        return real(properties, number, devices, told, data, status);
    }
    if (status != NULL) {
        *status = failed;
    }
    return NULL;
}

cl_int clBuildProgram(cl_program program, cl_uint number, const cl_device_id *devices, const char *options,
                      void(CL_CALLBACK *done)(cl_program, void *), void *data) {
    cl_int (*real)(cl_program, cl_uint, const cl_device_id *, const char *, void(CL_CALLBACK *)(cl_program, void *),
                   void *) = dlsym(RTLD_NEXT, "clBuildProgram");
    cl_int failed = failure("clBuildProgram");
    return failed != CL_SUCCESS ? failed : real(program, number, devices, options, done, data);
}

cl_mem clCreateBuffer(cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *status) {
    cl_mem (*real)(cl_context, cl_mem_flags, size_t, void *, cl_int *) = dlsym(RTLD_NEXT, "clCreateBuffer");
    cl_int failed = failure("clCreateBuffer");
    if (failed == CL_SUCCESS) {
        return real(context, flags, size, host, status);
    }
    if (status != NULL) {
        *status = failed;
    }
    return NULL;
}

cl_int clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset,
                              const size_t *global, const size_t *local, cl_uint number, const cl_event *events,
                              cl_event *event) {
    cl_int (*real)(cl_command_queue, cl_kernel, cl_uint, const size_t *, const size_t *, const size_t *, cl_uint,
                   const cl_event *, cl_event *) = dlsym(RTLD_NEXT, "clEnqueueNDRangeKernel");
    cl_int failed = failure("clEnqueueNDRangeKernel");
    return failed != CL_SUCCESS ? failed
                                : real(queue, kernel, dimensions, offset, global, local, number, events, event);
}
