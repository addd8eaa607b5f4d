/*
 * Reseal's native core: short calls.
 *
 * Requests and answers are JSON (see native/README.md for their shapes). Any thread may call at any time. A change of
 * these functions or numbers raises the ABI version.
 */
#ifndef RESEAL_CORE_H
#define RESEAL_CORE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RESEAL_ABI_VERSION 1

/* What reseal_call returns. Numbers are never reused. */
enum reseal_code {
    RESEAL_OK = 0,
    RESEAL_INVALID_REQUEST = 1,  /* the request is malformed, or its parts contradict each other */
    RESEAL_UNSUPPORTED_CPU = 2,  /* the CPU lacks instructions that this build needs */
    RESEAL_SETTINGS = 3,         /* environment or settings file would change how sectors are sealed */
    RESEAL_BUSY = 4,             /* another process holds the sector's lock */
    RESEAL_NO_SPACE = 5,         /* a file system has too little room */
    RESEAL_IO = 6,               /* reading or writing failed */
    RESEAL_PIECE_MISSING = 7,    /* a piece's file does not exist */
    RESEAL_PIECE_MISMATCH = 8,   /* a piece's file does not match its commitment */
    RESEAL_COMM_D_MISMATCH = 9,  /* the pieces or the data do not give the expected CommD */
    RESEAL_COMM_R_MISMATCH = 10, /* the sealed sector is not the expected one */
    RESEAL_SCRATCH_LOST = 11,    /* an earlier stage's file is missing or damaged */
    RESEAL_SEAL_INVALID = 12,    /* the sealed sector does not prove itself */
    RESEAL_NOT_PROVABLE = 13,    /* the stored copy cannot be proven */
    RESEAL_PARENT_CACHE = 14,    /* the parent cache is wrong and could not be rebuilt */
    RESEAL_PROOFS = 15,          /* the proofs library refused or failed */
    RESEAL_PANIC = 16,           /* the proofs library panicked: end the process */
    RESEAL_PARAMETERS = 17,      /* the Groth16 parameters are missing, incomplete or wrong */
    RESEAL_PROOF_INVALID = 18,   /* a Groth16 proof does not verify */
    RESEAL_NO_MEMORY = 19,       /* there is too little memory */
    RESEAL_DISK_FAILING = 20,    /* a disk returns errors or has become read-only */
    RESEAL_GPU = 21              /* the GPU or its driver is failing */
};

/*
 * Names, comma separated, of the CPU features that the rest of this library needs and this CPU lacks; "" if none. A
 * static string. Call this first: it runs on any CPU of the architecture, the other functions do not.
 */
const char *reseal_cpu_missing(void);

/* RESEAL_ABI_VERSION of the library. */
uint32_t reseal_abi_version(void);

/*
 * Answers the request in request[0..request_len], UTF-8 JSON, borrowed for the call.
 * Returns RESEAL_OK or an error's code. In both cases *out and *out_len are set to UTF-8 JSON (no terminating zero) that
 * the caller owns and passes to reseal_free: the result, or {"code":"PieceMismatch","message":"one sentence"}, which may
 * also have "file". Only if out or out_len is null is nothing set and RESEAL_INVALID_REQUEST returned.
 */
int32_t reseal_call(const uint8_t *request, size_t request_len, uint8_t **out, size_t *out_len);

/* Frees an answer of reseal_call; out_len is the length that came with it. A null out does nothing. */
void reseal_free(uint8_t *out, size_t out_len);

#ifdef __cplusplus
}
#endif

#endif
