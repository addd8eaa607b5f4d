/** The native sealing core: short calls in this process, long stages as processes of their own. */
package io.reseal.core;
