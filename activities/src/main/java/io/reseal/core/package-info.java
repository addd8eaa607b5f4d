/** The native sealing core: short calls in this process, long stages in separate processes. */
package io.reseal.core;
